"""flair: training of a recurrent text classifier and its predictions of texts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from driver import Work, serve


def _classifier(settings: dict[str, Any]) -> Any:
    """Return flair's classifier on a bidirectional LSTM with embeddings of the words that occur twice."""
    import flair
    import torch
    from flair.data import Dictionary
    from flair.embeddings import DocumentRNNEmbeddings, OneHotEmbeddings
    from flair.models import TextClassifier

    flair.device = torch.device("cpu")
    torch.set_num_threads(settings["threads"])
    torch.manual_seed(0)
    words = Dictionary(add_unk=True)
    for word, count in Counter(word for text in settings["texts"] for word in text.split()).items():
        if count > 1:
            words.add_item(word)
    labels = Dictionary(add_unk=False)
    for label in sorted(set(settings["labels"])):
        labels.add_item(str(label))
    embedding = OneHotEmbeddings(words, embedding_length=settings["embedding"])
    document = DocumentRNNEmbeddings(
        [embedding], hidden_size=settings["hidden"], rnn_type="LSTM", bidirectional=True, reproject_words=False
    )
    return TextClassifier(document, label_type="label", label_dictionary=labels)


def training(settings: dict[str, Any]) -> Work:
    """Return an epoch of steps on shuffled batches, with clipping and AdamW."""
    classifier = _classifier(settings)
    import torch
    from flair.data import Sentence
    from flair.training_utils import store_embeddings

    optimizer, size = torch.optim.AdamW(classifier.parameters(), lr=1e-3), settings["batch_size"]
    sentences = [
        Sentence(text).add_label("label", str(label))
        for text, label in zip(settings["texts"], settings["labels"], strict=True)
    ]

    def work() -> int:
        order = torch.randperm(len(sentences)).tolist()
        for start in range(0, len(order), size):
            batch = [sentences[index] for index in order[start : start + size]]
            loss, count = classifier.forward_loss(batch)
            (loss / count).backward()
            torch.nn.utils.clip_grad_norm_(classifier.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            store_embeddings(batch, "none")
        return len(order)

    classifier.train()
    return work


def prediction(settings: dict[str, Any]) -> Work:
    """Return predictions of texts, tokenizing included."""
    classifier = _classifier(settings)
    from flair.data import Sentence

    def work() -> int:
        classifier.predict([Sentence(text) for text in settings["texts"]], mini_batch_size=settings["batch_size"])
        return len(settings["texts"])

    return work


if __name__ == "__main__":
    serve({"training": training, "prediction": prediction})
