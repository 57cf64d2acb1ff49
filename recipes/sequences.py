"""Feature sequences: a class or a number for sensor readings, per-frame features of videos, or any arrays (T, D)."""

from __future__ import annotations

import numpy as np

from nlprnn.experiment import Run, recipe
from nlprnn.tasks.sequences.batches import FeatureBatches
from nlprnn.tasks.sequences.confusion import draw_confusions
from nlprnn.tasks.sequences.model import AnySequencePipeline, build_pipeline, sequence_loss, standard_targets
from nlprnn.tasks.sequences.options import SequenceOptions
from nlprnn.tasks.sequences.plan import plan_sequences
from nlprnn.tasks.sequences.scores import NETWORK, comparison, metric_of, score_outputs, score_sequences
from nlprnn.tasks.sequences.statistics_baseline import StatisticsBaseline
from nlprnn.training import SplitValidation, Trainer, adamw, cosine


@recipe("sequences")
def main(run: Run, options: SequenceOptions) -> None:
    """Train a classifier or a regressor of feature sequences.

    \b
    python recipes/sequences.py
    python recipes/sequences.py --dataset activities.parquet --label-field activity --split-by subject
    python recipes/sequences.py --dataset log.csv --group machine,day --time timestamp --label-field hours_left
    """
    # Data
    data = options.load()
    run.log_data(data.report)

    # Hyperparameters
    plan = run.choose(plan_sequences(data, options))

    # Model
    network = run.pipeline(lambda: build_pipeline(data, plan, options))
    model, processor, build = network.model, network.processor, type(network)
    splits = run.scored(data.held_out)
    sequences = {split: network.process(data.splits[split].values) for split in ["train", *data.held_out]}

    # Baseline
    targets = standard_targets(network, data)
    baseline = StatisticsBaseline(sequences, targets, num_classes=len(data.labels))

    # Train
    def score(pipeline: AnySequencePipeline, split: str, rows: np.ndarray | slice) -> dict[str, float]:
        return score_sequences(pipeline, sequences[split].select(rows), data.targets[split][rows])

    trainer = Trainer(
        model,
        adamw(model.parameters(), plan.learning_rate),
        FeatureBatches(
            network.truncate(sequences["train"]),
            targets["train"],
            options.augmentation(plan.noise),
            num_features=processor.num_features,
            batch_size=plan.batch_size,
            seed=options.seed,
        ),
        sequence_loss(data, options),
        SplitValidation(
            lambda averaged, rows: score(build(averaged, processor), "validation", rows),
            len(sequences["validation"]),
            unit="sequences",
            final_rows=sum(data.sizes(splits).values()),
        ),
        metric=metric_of(network),
        folder=run.folder,
        options=run.training_options(schedule=cosine, warmup=0.05, **plan.length),
        callbacks=run.callbacks,
    )
    summary = trainer.fit(resume=run.resume)

    # Evaluate
    final = run.score(lambda split, rows: score(network, split, rows), data.sizes(splits))
    scores = dict(final.scores)
    for split, rows in final.rows.items():
        outputs = baseline.outputs(sequences[split].select(rows))
        scores[f"{split}: {baseline.name}"] = score_outputs(network, outputs, data.targets[split][rows])
        beside = {NETWORK: scores[split], baseline.name: scores[f"{split}: {baseline.name}"]}
        run.log(f"\n{split}, {len(outputs):,} sequences:\n{comparison(beside)}")
        if split == splits[-1]:
            draw_confusions(network, sequences[split].select(rows), data.targets[split][rows], run)
    usage = options.usage(splits[-1], numbers=not data.labels)
    run.finish(scores, summary=summary, usage=usage, labels=data.labels)


if __name__ == "__main__":
    main()
