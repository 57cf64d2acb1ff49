"""Forecasting: the next values of series, such as sales, traffic or weather, with bands."""

from __future__ import annotations

import shlex

from nlprnn.data.report import DataReport
from nlprnn.experiment import Run, recipe
from nlprnn.metrics import LOSS
from nlprnn.models import RecurrentForecaster
from nlprnn.models.forecaster import LEVELS
from nlprnn.modules import OutputHead, RecurrentEncoder
from nlprnn.pipelines import Forecaster
from nlprnn.series.value_distributions import value_distribution
from nlprnn.tasks.forecasting.fit import fit_series
from nlprnn.tasks.forecasting.options import ForecastingOptions
from nlprnn.tasks.forecasting.plan import plan_forecasting
from nlprnn.tasks.forecasting.plot import draw_forecasts
from nlprnn.tasks.forecasting.scores import (
    NETWORK,
    calibrate,
    comparison,
    refit,
    score_baselines,
    score_forecaster,
    validate_forecaster,
)
from nlprnn.tasks.forecasting.series_tables import load_series, series_form
from nlprnn.training import SplitValidation, Trainer
from nlprnn.training.losses import forecasting_loss
from nlprnn.training.optimizer import adamw


@recipe("forecasting")
def main(run: Run, options: ForecastingOptions) -> None:
    """Train a forecaster of series.

    \b
    python recipes/forecasting.py --horizon 14
    python recipes/forecasting.py --dataset traffic.csv --target flow --date time --horizon 24
    """
    # Data
    form = series_form(options, options.frequency)
    splits = load_series(
        options.dataset,
        options.choose_columns,
        reading=options.read_options(),
        form=form,
        guess_group=options.group is None,
    )
    run.log_data(DataReport.of(splits.rows()))

    # Hyperparameters, scales and linear forecasts
    plan = run.choose(plan_forecasting(splits, options))
    fitted = fit_series(splits, plan, options)
    run.log(fitted.describe())

    # Model
    def build() -> Forecaster:
        processor, (input_size, linear_size) = fitted.processor, fitted.maker.sizes()
        encoder = RecurrentEncoder(
            input_size, plan.hidden_size, cell=options.cell, num_layers=options.num_layers, dropout=options.dropout
        )
        outputs = processor.num_targets * value_distribution(options.distribution, LEVELS).size
        model = RecurrentForecaster(
            encoder=encoder,
            head=OutputHead(encoder.output_size, outputs, hidden_size=plan.hidden_size, dropout=options.dropout),
            horizon=processor.horizon,
            num_targets=processor.num_targets,
            linear_size=linear_size,
            strategy=options.strategy,
            distribution=options.distribution,
        )
        model.set_linear(*fitted.linear_tensors)
        return Forecaster(model, processor)

    forecaster = run.pipeline(build)
    model, processor = forecaster.model, forecaster.processor

    # Train
    sizes = {split: len(fitted.cutoffs[split]) for split in run.scored(["validation", "test"])}
    trainer = Trainer(
        model,
        adamw(model.parameters(), plan.learning_rate),
        fitted.batches(batch_size=plan.batch_size, seed=options.seed),
        forecasting_loss(model.values),
        SplitValidation(
            lambda averaged, rows: validate_forecaster(Forecaster(averaged, processor), fitted, rows),
            len(fitted.cutoffs["validation"]),
            final_rows=2 * sum(sizes.values()),
        ),
        metric=LOSS,
        folder=run.folder,
        options=run.training_options(warmup=0.05, **plan.length),
        callbacks=run.callbacks,
    )
    summary = trainer.fit(resume=run.resume)

    # Calibrate, and fit the linear forecast again: to the validation split, too
    calibrate(forecaster, fitted)
    stages = {"validation": (forecaster, fitted), "test": refit(forecaster, fitted)}
    run.save(stages["test"][0])

    # Evaluate
    final = run.score(lambda split, rows: score_forecaster(*stages[split], split, rows), sizes, passes=2)
    last = list(sizes)[-1]
    others = score_baselines(stages[last][1], last, final.rows[last], fitted)
    run.log(f"\n{last}, {sizes[last]:,} cutoffs:\n" + comparison({NETWORK: final.scores[last], **others}))
    run.log(f"\nForecasts: {draw_forecasts(stages['test'][0], splits.data, run.folder)}")
    scores = final.scores | {f"{last}: {name}": values for name, values in others.items()}
    data = shlex.quote(options.dataset)
    usage = [f"nlprnn forecast --model MODEL {data}", f"nlprnn evaluate --model MODEL --dataset {data}"]
    run.finish(scores, summary=summary, usage=usage)


if __name__ == "__main__":
    main()
