"""Topic classification: news and other documents, long ones too, into few classes or a thousand, rare ones too."""

from __future__ import annotations

import numpy as np

from nlprnn.experiment import Run, recipe
from nlprnn.models import TextClassifier
from nlprnn.modules import OutputHead, RecurrentEncoder
from nlprnn.modules.pooling import POOLINGS
from nlprnn.pipelines import Classifier
from nlprnn.tasks.adaptation.start import adapted_plan
from nlprnn.tasks.adaptation.texts import adapted_network, open_texts
from nlprnn.tasks.classification import ClassificationOptions
from nlprnn.tasks.ngrams import NgramFit
from nlprnn.tasks.pretraining import init_from, pretrained_words
from nlprnn.tasks.text_metrics import score_texts
from nlprnn.tasks.text_plan import plan_text
from nlprnn.tasks.vocabulary import train_vocabulary
from nlprnn.training import SplitValidation, Trainer


@recipe("news")
def main(run: Run, options: ClassificationOptions) -> None:
    """Train a classifier of documents by topic, with two classes or a thousand, or with several labels a document.

    \b
    python recipes/news.py
    python recipes/news.py --dataset hotels --multi-label --label-field topics
    python recipes/news.py --dataset reports.csv --text-field title,body --label-field topic --class-weights balanced
    """
    # Data
    data, start, options = open_texts(run, options)
    run.log_data(data.report)

    # Hyperparameters
    plan = run.choose(adapted_plan(plan_text(data, options), start, options))
    loss, criterion = options.loss(data, r_drop=plan.r_drop)

    # Tokenizer and model
    def build() -> Classifier:
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
        model = TextClassifier(
            embedding=embedding,
            encoder=encoder,
            pooling=pooling,
            head=OutputHead(pooling.output_size, len(data.labels), dropout=options.dropout),
            labels=data.labels,
            max_length=plan.max_length,
            truncate=options.truncate,
            multi_label=options.multi_label,
            threshold=options.threshold,
        )
        if options.init_from:
            init_from(options.init_from, embedding, encoder, vocabulary.tokenizer.words)
        return Classifier(model, vocabulary.tokenizer)

    network = adapted_network(run, build, start, data, options, plan)
    model, tokenizer = network.network_model, network.tokenizer

    # N-gram model beside the network
    tokens, splits = data.encode(tokenizer), run.scored(data.held_out)
    ngrams = None
    if plan.ngrams:
        ngrams = NgramFit(network, tokens, data, **plan.orders, criterion=criterion)
        run.log(ngrams.describe())

    # Train
    def score(classifier: Classifier, split: str, rows: np.ndarray | slice) -> dict[str, float]:
        return score_texts(classifier, tokens[split].select(rows), data.targets[split][rows])

    trainer = Trainer(
        model,
        options.optimizer(model, plan.learning_rate),
        data.batches(network, tokens, batch_size=plan.batch_size, seed=options.seed),
        loss,
        SplitValidation(
            lambda averaged, rows: score(Classifier(averaged, tokenizer), "validation", rows),
            len(tokens["validation"]),
            final_rows=(3 if ngrams else 1) * sum(data.sizes(splits).values()),
        ),
        metric=options.metric,
        folder=run.folder,
        options=run.training_options(schedule=options.schedule, warmup=options.warmup, **plan.length),
        callbacks=run.callbacks,
    )
    summary = trainer.fit(resume=run.resume)

    # Evaluate
    classifier = ngrams.ensemble(network) if ngrams else network
    final = run.score(lambda split, rows: score(classifier, split, rows), data.sizes(splits), passes=3 if ngrams else 1)
    if ngrams:
        run.save(classifier)
        run.log("\n".join(ngrams.compare(network, classifier, options.metric, rows=final.rows)))
    usage = [f"nlprnn classify --model MODEL -- {data.example()}"]
    if not data.report.streamed:
        usage.append(options.evaluation_command(data.held_out[-1]))
    run.finish(final.scores, summary=summary, usage=usage, labels=data.labels)


if __name__ == "__main__":
    main()
