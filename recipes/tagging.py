"""Tagging: a bidirectional LSTM-CRF that finds names, or parts of speech, in any sentences whose words have tags."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
import torch
from torch import nn

from nlprnn import Tagger
from nlprnn.batching import BucketBatches, SequenceArray, TaggedBatch
from nlprnn.data import load_tagged, tag_labels
from nlprnn.experiment.command import recipe
from nlprnn.experiment.run import Run
from nlprnn.metrics import ACCURACY, F1, tagging_scores
from nlprnn.models import TokenTagger
from nlprnn.modules import CharacterEmbedding, Embedding, LinearChainCRF, OutputHead, RecurrentEncoder
from nlprnn.modules.character_embedding import NETWORKS
from nlprnn.text import WordCharTokenizer, read_vectors
from nlprnn.training.losses.tagging import tagging_loss
from nlprnn.training.trainer import Trainer

SIZE = click.IntRange(min=1)
RATE = click.FloatRange(min=0, min_open=True)
PROBABILITY = click.FloatRange(0, 1, max_open=True)


@recipe("tagging", dataset="tagging", epochs=20, sample={"epochs": 8})
@click.option("--token-field", help="Field with the words, or number of their column; guessed if not given.")
@click.option("--tag-field", help="Field with the tags, or number of their column; guessed if not given.")
@click.option("--vectors", type=click.Path(path_type=Path), help="Pretrained word vectors; the first 100,000 are read.")
@click.option("--min-frequency", type=SIZE, default=2, help="Words seen less often in training are unknown.")
@click.option("--embedding-size", type=SIZE, default=100, help="Width of a word's trained vector.")
@click.option(
    "--characters", type=click.Choice([*NETWORKS, "none"]), default="lstm", help="What reads a word's letters."
)
@click.option("--character-size", type=SIZE, default=25, help="Width of a character's vector, and of what reads it.")
@click.option("--cell", type=click.Choice(["lstm", "gru", "rnn"]), default="lstm", help="Recurrent cell.")
@click.option("--hidden-size", type=SIZE, default=100, help="Width of a recurrent layer, in each direction.")
@click.option("--layers", type=SIZE, default=1, help="Recurrent layers.")
@click.option("--crf/--no-crf", default=True, help="Score whole sequences of tags, or each tag by itself.")
@click.option("--dropout", type=PROBABILITY, default=0.5, help="Between layers and before the tags.")
@click.option("--embedding-dropout", type=PROBABILITY, default=0.3, help="On words' vectors.")
@click.option("--word-dropout", type=PROBABILITY, default=0.2, help="Words made unknown in training.")
@click.option("--batch-size", type=SIZE, default=32, help="Most sentences of a batch.")
@click.option("--learning-rate", type=RATE, default=5e-3, help="Highest rate, after warm-up.")
def main(
    run: Run,
    token_field: str | None,
    tag_field: str | None,
    vectors: Path | None,
    min_frequency: int,
    embedding_size: int,
    characters: str,
    character_size: int,
    cell: str,
    hidden_size: int,
    layers: int,
    crf: bool,
    dropout: float,
    embedding_dropout: float,
    word_dropout: float,
    batch_size: int,
    learning_rate: float,
) -> None:
    """Train a tagger of words, which finds spans such as names where tags tell them (B-PER, I-PER, O).

    \b
    python recipes/tagging.py
    python recipes/tagging.py --dataset corpus --token-field 1 --tag-field 4
    """
    splits = load_tagged(run.dataset, token_field=token_field, tag_field=tag_field)
    labels = tag_labels(splits)
    counts = "  ".join(f"{split} {len(part):,}" for split, part in splits.items())
    run.say(f"{counts}  labels {', '.join(labels[:10])}{' ...' if len(labels) > 10 else ''}")

    pretrained = read_vectors(vectors).standardized() if vectors else None
    sentences = splits["train"].tokens
    tokenizer = WordCharTokenizer.train_on_words(sentences, min_frequency=min_frequency)
    num_trained = tokenizer.vocab_size
    if pretrained:  # words that training never shows are known by their vectors
        more = pretrained.words
        tokenizer = WordCharTokenizer.train_on_words(sentences, min_frequency=min_frequency, extra_words=more)
    embedding = Embedding(
        tokenizer.vocab_size,
        embedding_size,
        pretrained_dim=pretrained.dimension if pretrained else 0,
        num_trained=num_trained,
        std=0.1,
        dropout=embedding_dropout,
        word_dropout=word_dropout,
    )
    if pretrained:
        table, found = pretrained.table(tokenizer.words, seed=run.seed)
        embedding.load_vectors(torch.from_numpy(table))
        run.say(f"vectors for {found[1:num_trained].mean():.1%} of the {num_trained - 4:,} words of train")

    spelled = None
    if characters != "none":
        sizes = tokenizer.characters.vocab_size, character_size, character_size
        spelled = CharacterEmbedding(*sizes, network=characters, dropout=embedding_dropout, character_dropout=0.01)
    width = embedding.output_size + (spelled.output_size if spelled else 0)
    encoder = RecurrentEncoder(width, hidden_size, cell=cell, num_layers=layers, bidirectional=True, dropout=dropout)
    model = TokenTagger(
        embedding=embedding,
        characters=spelled,
        encoder=encoder,
        head=OutputHead(encoder.output_size, len(labels), dropout=dropout),
        crf=LinearChainCRF(len(labels), scheme_labels=labels) if crf else None,
        labels=labels,
    )
    tagger = Tagger(model, tokenizer)
    if not run.resume:
        tagger.save(run.folder)
    words = {split: tagger.encode(part.tokens) for split, part in splits.items()}
    gold = {split: SequenceArray.from_sequences(part.numbers(labels)) for split, part in splits.items()}

    def collate(rows: np.ndarray) -> TaggedBatch:
        return TaggedBatch(words["train"].pad(rows), gold["train"].pad(rows)[0])

    def score(model: nn.Module, split: str) -> dict[str, float]:
        current = Tagger(model, tokenizer)  # of the averaged weights
        scores = tagging_scores(current.labels(words[split]), splits[split].tags, span_scheme=tagger.is_span_tagger)
        return {**scores, "loss": current.nats(words[split], gold[split])}

    trainer = Trainer(
        model,
        torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=0.01, fused=True),
        BucketBatches(words["train"].lengths, collate, max_rows=batch_size, seed=run.seed),
        tagging_loss,
        lambda model: score(model, "validation"),
        metric=F1 if tagger.is_span_tagger else ACCURACY,
        folder=run.folder,
        options=run.training_options(warmup=0.05, ema=0.99),
    )
    summary = trainer.fit(resume=run.resume)

    scores = {split: score(model, split) for split in splits if split != "train"}
    run.finish(scores, summary=summary, use='nlprnn tag --model MODEL "Emma Torsson flew to Lindford on Monday."')


if __name__ == "__main__":
    main()
