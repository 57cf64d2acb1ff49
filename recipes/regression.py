"""Regression on text: stars, grades, prices, or any other number that belongs to a text."""

from __future__ import annotations

import numpy as np
from torch.nn import functional

from nlprnn.experiment import Run, recipe
from nlprnn.metrics import RMSE
from nlprnn.models import TextRegressor
from nlprnn.modules import OutputHead, RecurrentEncoder
from nlprnn.modules.pooling import POOLINGS
from nlprnn.pipelines import Regressor
from nlprnn.tasks.adaptation.start import adapted_plan, open_start
from nlprnn.tasks.adaptation.texts import adapted_network, adapted_texts
from nlprnn.tasks.labelled_texts import text_batches
from nlprnn.tasks.ngrams import NgramFit
from nlprnn.tasks.pretraining import init_from, pretrained_words
from nlprnn.tasks.regression import RegressionOptions
from nlprnn.tasks.text_metrics import score_texts
from nlprnn.tasks.text_plan import plan_text
from nlprnn.tasks.vocabulary import train_vocabulary
from nlprnn.training import SplitValidation, Trainer
from nlprnn.training.losses import regression_loss


@recipe("regression")
def main(run: Run, options: RegressionOptions) -> None:
    """Train a regressor of texts.

    \b
    python recipes/regression.py
    python recipes/regression.py --dataset wines.csv --text-field notes --label-field points
    """
    # Data
    start, options = open_start(run, options, Regressor)
    data = adapted_texts(options.load(), start, options)
    numbers = data.targets["train"]
    run.log_data(data.report)

    # Hyperparameters
    plan = run.choose(adapted_plan(plan_text(data, options), start, options))

    # Tokenizer and model
    def build() -> Regressor:
        words = pretrained_words(options.init_from)
        vocabulary = train_vocabulary(data.texts["train"], vectors=options.vectors, words=words, **plan.vocabulary)
        run.log(vocabulary.describe())
        embedding = vocabulary.embedding(
            plan.embedding_size, seed=options.seed, dropout=options.embedding_dropout, word_dropout=plan.word_dropout
        )
        encoder = RecurrentEncoder(
            embedding.output_size,
            plan.hidden_size,
            cell=options.cell,
            num_layers=options.num_layers,
            bidirectional=True,
            dropout=options.dropout,
        )
        pooling = POOLINGS[options.pooling](encoder.output_size)
        model = TextRegressor(
            embedding=embedding,
            encoder=encoder,
            pooling=pooling,
            head=OutputHead(pooling.output_size, 1, dropout=options.dropout),
            mean=float(numbers.mean()),
            std=float(numbers.std()),
            max_length=plan.max_length,
            truncate=options.truncate,
        )
        if options.init_from:
            init_from(options.init_from, embedding, encoder, vocabulary.tokenizer.words)
        return Regressor(model, vocabulary.tokenizer)

    network = adapted_network(run, build, start, data, options, plan)
    model, tokenizer = network.network_model, network.tokenizer

    # N-gram model beside the network
    tokens, splits = data.encode(tokenizer), run.scored(data.held_out)
    ngrams = None
    if plan.ngrams:
        ngrams = NgramFit(network, tokens, data, **plan.orders, criterion=functional.mse_loss)
        run.log(ngrams.describe())

    # Train
    def score(regressor: Regressor, split: str, rows: np.ndarray | slice) -> dict[str, float]:
        return score_texts(regressor, tokens[split].select(rows), data.targets[split][rows])

    trainer = Trainer(
        model,
        options.optimizer(model, plan.learning_rate),
        text_batches(
            network.truncate(tokens["train"]), model.normalize(numbers), batch_size=plan.batch_size, seed=options.seed
        ),
        regression_loss(r_drop=plan.r_drop),
        SplitValidation(
            lambda averaged, rows: score(Regressor(averaged, tokenizer), "validation", rows),
            len(tokens["validation"]),
            final_rows=(3 if ngrams else 1) * sum(data.sizes(splits).values()),
        ),
        metric=RMSE,
        folder=run.folder,
        options=run.training_options(schedule=options.schedule, warmup=options.warmup, **plan.length),
        callbacks=run.callbacks,
    )
    summary = trainer.fit(resume=run.resume)

    # Evaluate
    regressor = ngrams.ensemble(network) if ngrams else network
    final = run.score(lambda split, rows: score(regressor, split, rows), data.sizes(splits), passes=3 if ngrams else 1)
    if ngrams:
        run.save(regressor)
        run.log("\n".join(ngrams.compare(network, regressor, RMSE, rows=final.rows)))
    usage = [f"nlprnn rate --model MODEL -- {data.example()}", options.evaluation_command(splits[-1])]
    run.finish(final.scores, summary=summary, usage=usage)


if __name__ == "__main__":
    main()
