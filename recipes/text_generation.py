"""Text generation, character by character, by subwords or by words: a recurrent language model on any text."""

from __future__ import annotations

import shlex

import click
import numpy as np

from nlprnn.errors import DataError
from nlprnn.experiment import Run, recipe
from nlprnn.metrics import LOSS
from nlprnn.models import LanguageModel
from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.pipelines import GenerationOptions, Generator, TextScore
from nlprnn.pipelines.text_guide import TextGuide
from nlprnn.tasks.adaptation.running_text import adapted_corpus, adapted_generator
from nlprnn.tasks.adaptation.start import adapted_plan, open_start
from nlprnn.tasks.evaluation.language_model import log_unknown_tokens, main_metrics
from nlprnn.tasks.language_model import WHOLE_TEXT, LanguageModelOptions, first_rows, text_rows
from nlprnn.tasks.language_model_plan import plan_language_model
from nlprnn.training import SplitValidation, Trainer, adamw
from nlprnn.training.losses import language_model_loss


@recipe("text_generation")
def main(run: Run, options: LanguageModelOptions) -> None:
    """Train a language model and generate text with it.

    The loss is in nats per token over the whole held-out text, read once with the state carried on.

    \b
    python recipes/text_generation.py
    python recipes/text_generation.py --dataset my_novel.txt --max-minutes 30
    python recipes/text_generation.py --dataset folder_of_texts --level subword
    """
    # Data
    start, options = open_start(run, options, Generator)
    corpus = adapted_corpus(options.load(), start, options)
    run.log_data(corpus.report)
    texts = corpus.texts

    # Hyperparameters
    plan = run.choose(adapted_plan(plan_language_model(texts["train"], options), start, options))

    # Tokenizer and model
    def build() -> Generator:
        tokenizer = options.train_tokenizer(texts["train"], vocab_size=plan.vocab_size)
        model = LanguageModel(
            embedding=Embedding(tokenizer.vocab_size, plan.embedding_size, row_dropout=options.embedding_dropout),
            encoder=RecurrentEncoder(
                plan.embedding_size,
                plan.hidden_size,
                cell=options.cell,
                num_layers=plan.num_layers,
                locked_dropout=plan.dropout,
                weight_dropout=options.weight_dropout,
                residual=options.residual or options.minimal,
                layer_norm=options.residual or options.minimal,
            ),
            output_dropout=plan.dropout,
            text_start=options.text_start(corpus.documents),
        )
        return Generator(model, tokenizer, guide=TextGuide.of(texts["train"]) if options.guide else None)

    generator = adapted_generator(run, build, start, corpus, options)
    model, tokenizer = generator.model, generator.tokenizer
    batches = corpus.batches(generator.encode, batch_size=plan.batch_size, length=plan.bptt, seed=options.seed)
    run.log(f"{batches.describe_size()} {options.unit}, vocabulary of {tokenizer.vocab_size:,}")
    ids = {split: generator.encode(texts[split]) for split in corpus.held_out}
    scored = run.scored(corpus.held_out)
    if len(ids["validation"]) < 2:
        raise DataError(f"the validation text of {options.dataset} has fewer than 2 {options.unit}: give more text")

    # Train
    def validate(averaged: LanguageModel, windows: np.ndarray) -> dict[str, float]:
        first = ids["validation"][: plan.bptt * len(windows) + 1]
        return {"loss": Generator(averaged, tokenizer).mean_nll(first, streams=32)}

    trainer = Trainer(
        model,
        adamw(model.parameters(), plan.learning_rate, weight_decay=options.weight_decay),
        batches,
        language_model_loss(
            label_smoothing=options.label_smoothing, ar_alpha=options.ar_alpha, tar_beta=options.tar_beta
        ),
        SplitValidation(
            validate,
            -(-len(ids["validation"]) // plan.bptt),
            unit="windows",
            final_rows=WHOLE_TEXT * sum(len(ids[split]) for split in scored) / plan.bptt,
        ),
        metric=LOSS,
        folder=run.folder,
        options=run.training_options(warmup=0.02, ema=plan.ema, **plan.length),
        callbacks=run.callbacks,
    )
    summary = trainer.fit(resume=run.resume)

    # Evaluate
    results: dict[str, TextScore] = {}

    def score(split: str, rows: np.ndarray | slice) -> dict[str, float]:
        results[split] = generator.score(first_rows(texts[split], rows))
        return main_metrics(results[split])

    final = run.score(score, {split: text_rows(texts[split]) for split in scored})
    for split, result in results.items():
        log_unknown_tokens(result, split)
    sample = generator.stream(options.prompt, GenerationOptions(length=400, seed=options.seed))
    click.echo(f"\n{options.prompt}" + "".join(sample))
    run.finish(
        final.scores, summary=summary, usage=[f"nlprnn generate --model MODEL --prompt {shlex.quote(options.prompt)}"]
    )


if __name__ == "__main__":
    main()
