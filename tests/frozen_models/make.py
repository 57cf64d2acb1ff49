"""Write tiny models of the present format, with what they give, into `v<format>/`.

    python tests/frozen_models/make.py

To be run once, when a format is released. A folder that is there is never touched again: what it holds is what
users have on their disks, and every later version of nlprnn must load it and give the same.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import nn

from nlprnn import Classifier, Generator
from nlprnn.models import LanguageModel, TextClassifier
from nlprnn.models.pretrained import FORMAT_VERSION
from nlprnn.modules import ClassificationHead, ConcatPooling, Embedding, RecurrentEncoder
from nlprnn.text import CharacterTokenizer, WordTokenizer

TEXTS = ["A quiet film, and a good one.", "Not good!", "", "Zzyzx?"]


def main() -> None:
    torch.manual_seed(5)
    folder = Path(__file__).parent / f"v{FORMAT_VERSION}"
    folder.mkdir()
    for name, pipeline in (("classifier", classifier()), ("language_model", language_model())):
        shake(pipeline.model.eval())
        pipeline.save(folder / name)
        expected = classified(pipeline) if name == "classifier" else scored(pipeline)
        (folder / name / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")


def classifier() -> Classifier:
    tokenizer = WordTokenizer.train(TEXTS[:2])
    embedding = Embedding(tokenizer.vocab_size, 4, word_dropout=0.1, dropout=0.2, std=0.5)
    encoder = RecurrentEncoder(4, 3, cell="lstm", num_layers=2, bidirectional=True, dropout=0.2, weight_dropout=0.1)
    pooling = ConcatPooling(6, bidirectional=True)
    head = ClassificationHead(18, 3, hidden_size=4, dropout=0.2)
    labels = ["bad", "good", "naïve"]
    model = TextClassifier(
        embedding=embedding, encoder=encoder, pooling=pooling, head=head, labels=labels, max_length=7
    )
    return Classifier(model, tokenizer)


def language_model() -> Generator:
    tokenizer = CharacterTokenizer.train(TEXTS)
    encoder = RecurrentEncoder(4, 5, cell="gru", num_layers=2, locked_dropout=0.2)
    model = LanguageModel(embedding=Embedding(tokenizer.vocab_size, 4), encoder=encoder, output_dropout=0.2)
    return Generator(model, tokenizer)


def shake(model: nn.Module) -> None:
    """Make every weight count, the biases too, so that none can change places unnoticed."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=1.5)
        model.embedding.weight[model.embedding.padding_id].zero_()


def classified(pipeline: Classifier) -> dict:
    """Texts and the probabilities of their classes."""
    return {text: prediction.probabilities for text, prediction in zip(TEXTS, pipeline(TEXTS), strict=True)}


def scored(pipeline: Generator) -> dict:
    """Token ids, what the language model says after them, and what it writes."""
    ids = pipeline.encode(TEXTS)
    with torch.inference_mode():
        logits, _ = pipeline.model(torch.from_numpy(ids)[None])
    return {
        "ids": ids.tolist(),
        "last_logits": logits[0, -1].tolist(),
        "nats": pipeline.nats(ids),
        "greedy": pipeline(["Not ", ""], length=10, temperature=0.0),
    }


if __name__ == "__main__":
    main()
