"""Pretraining: word embeddings and a recurrent encoder as language models of both directions, for --init-from."""

from __future__ import annotations

from functools import partial

import numpy as np

from nlprnn.errors import DataError
from nlprnn.experiment import Run, recipe
from nlprnn.metrics import LOSS
from nlprnn.models import BidirectionalLanguageModel
from nlprnn.modules import RecurrentEncoder
from nlprnn.pipelines import TextEncoder
from nlprnn.tasks.adaptation.running_text import adapted_corpus, adapted_encoder
from nlprnn.tasks.adaptation.start import open_start, score_before
from nlprnn.tasks.pretraining import PretrainingOptions, bidirectional_nll, running_text
from nlprnn.tasks.vocabulary import train_vocabulary
from nlprnn.training import SplitValidation, Trainer, adamw
from nlprnn.training.losses import bidirectional_language_model_loss

VALIDATION_TOKENS = 20_000


@recipe("pretrain")
def main(run: Run, options: PretrainingOptions) -> None:
    """Pretrain an encoder on text without labels; news.py, regression.py and tagging.py start from it by --init-from.

    The loss is of both directions, in nats per word (Dai & Le 2015; Peters et al. 2018).

    \b
    python recipes/pretrain.py --dataset reviews.csv --text-field body --out runs/pretrained
    python recipes/news.py --dataset reviews.csv --text-field body --init-from runs/pretrained
    """
    # Data
    start, options = open_start(run, options, TextEncoder)
    corpus = adapted_corpus(options.load(), start, options)
    run.log_data(corpus.report)

    # Tokenizer and model
    def build() -> TextEncoder:
        vocabulary = train_vocabulary(
            corpus.texts["train"], min_frequency=options.min_frequency, vectors=options.vectors
        )
        run.log(vocabulary.describe())
        embedding = vocabulary.embedding(
            options.embedding_size,
            seed=options.seed,
            dropout=options.embedding_dropout,
            word_dropout=options.word_dropout,
        )
        encoder = RecurrentEncoder(embedding.output_size, options.hidden_size, cell=options.cell, bidirectional=True)
        model = BidirectionalLanguageModel(embedding=embedding, encoder=encoder, output_dropout=options.dropout)
        return TextEncoder(model, vocabulary.tokenizer)

    pretrained = adapted_encoder(run, build, start, corpus, options)
    model, tokenizer = pretrained.model, pretrained.processor

    join = partial(running_text, tokenizer, seed=options.seed)
    batches = corpus.batches(join, batch_size=options.batch_size, length=options.bptt, seed=options.seed)
    run.log(f"{batches.describe_size()} words to read")
    held_out = {split: join(corpus.texts[split])[:VALIDATION_TOKENS] for split in corpus.held_out if split != "test"}
    if min(map(len, held_out.values())) <= options.bptt:
        raise DataError(f"{options.dataset} has too little text to validate on: give more, or a smaller --bptt")
    num_windows = (len(held_out["validation"]) - 1) // options.bptt

    def score(split: str, rows: np.ndarray | slice = slice(None)) -> dict[str, float]:
        unknown = 100.0 * float((held_out[split] == tokenizer.unk_id).mean())
        loss = bidirectional_nll(model, held_out[split], length=options.bptt)
        return {"loss": loss, "unknown_percent": unknown}

    score_before(run, start, score, dict.fromkeys(held_out, 1))

    # Train
    def validate(averaged: BidirectionalLanguageModel, windows: np.ndarray) -> dict[str, float]:
        first = held_out["validation"][: options.bptt * len(windows) + 1]
        return {"loss": bidirectional_nll(averaged, first, length=options.bptt)}

    trainer = Trainer(
        model,
        adamw(model.parameters(), options.learning_rate),
        batches,
        bidirectional_language_model_loss(samples=options.samples),
        SplitValidation(validate, num_windows, unit="windows", final_rows=num_windows),
        metric=LOSS,
        folder=run.folder,
        options=run.training_options(warmup=0.02),
        callbacks=run.callbacks,
    )
    summary = trainer.fit(resume=run.resume)

    # Evaluate
    scores = {split: score(split) for split in held_out}
    usage = [f"python recipes/news.py --dataset {options.dataset} --init-from MODEL"]
    run.finish(scores, summary=summary, usage=usage)


if __name__ == "__main__":
    main()
