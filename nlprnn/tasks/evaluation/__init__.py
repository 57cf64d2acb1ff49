"""Evaluation of a trained pipeline on a dataset, one file a task.

    from nlprnn.tasks.evaluation import evaluate

    evaluate(nlprnn.load("runs/sentiment"), "reviews.csv").scores["accuracy"]

Importing this package loads no torch: the command line reads the options from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlprnn.tasks.evaluation.options import (
    TASK_OPTIONS,
    ClassificationEvaluationOptions,
    EvaluationOptions,
    ForecastingEvaluationOptions,
    LanguageModelEvaluationOptions,
    RegressionEvaluationOptions,
    SearchOptions,
    SequenceEvaluationOptions,
    SpeechEvaluationOptions,
    TaggingEvaluationOptions,
    TranslationEvaluationOptions,
)
from nlprnn.tasks.evaluation.result import EvaluationResult

if TYPE_CHECKING:
    from nlprnn.data.read_options import ReadOptions
    from nlprnn.pipelines.loading import AnyPipeline

    Evaluate = Callable[[Any, str, Any, ReadOptions], EvaluationResult]

__all__ = [
    "TASK_OPTIONS",
    "ClassificationEvaluationOptions",
    "EvaluationOptions",
    "EvaluationResult",
    "ForecastingEvaluationOptions",
    "LanguageModelEvaluationOptions",
    "RegressionEvaluationOptions",
    "SearchOptions",
    "SequenceEvaluationOptions",
    "SpeechEvaluationOptions",
    "TaggingEvaluationOptions",
    "TranslationEvaluationOptions",
    "evaluate",
    "evaluation_options",
]


def evaluate(
    pipeline: AnyPipeline,
    dataset: str,
    options: EvaluationOptions | None = None,
    *,
    trained_columns: Mapping[str, str] | None = None,
) -> EvaluationResult:
    """Score a pipeline on one split of a dataset. The size of the split, and what is odd about it, is logged.

    Args:
        pipeline: a trained model.
        dataset: a sample's name, a Hub id, a folder or a file; of a folder with a test split alone, that is scored.
        options: of the class `evaluation_options(pipeline)`; None = the defaults.
        trained_columns: role -> column that the model was trained on, such as `{"text": "body"}`; it comes before a
            guess where the dataset has it.

    Raises:
        DataError: the data are missing or damaged, or have a label that the model does not know; names the place.
        OptionError: an option does not fit the model.
        TypeError: the options are of another task, or there is no evaluation of this kind of pipeline.
    """
    from nlprnn.data.folders import only_held_out

    run, options_class = _task(pipeline)
    options = options_class() if options is None else options
    if not isinstance(options, options_class):
        raise TypeError(f"a {type(pipeline).__name__} takes {options_class.__name__}, got {options!r}")
    if (held_out := only_held_out(Path(dataset))) and options.split in (None, held_out[0]):
        dataset, options = str(held_out[1]), replace(options, split=None)  # all of the file
    reading = replace(options.read_options(), trained_columns=dict(trained_columns or {}))
    return run(pipeline, dataset, options, reading)


def evaluation_options(pipeline: AnyPipeline) -> type[EvaluationOptions]:
    """Return the class of the options that fit a pipeline.

    Raises:
        TypeError: there is no evaluation of this kind of pipeline.
    """
    return _task(pipeline)[1]


def _task(pipeline: AnyPipeline) -> tuple[Evaluate, type[EvaluationOptions]]:
    from nlprnn import pipelines
    from nlprnn.tasks.evaluation import (
        classification,
        forecasting,
        language_model,
        regression,
        sequences,
        speech,
        tagging,
        translation,
    )

    tasks: dict[type, tuple[Evaluate, type[EvaluationOptions]]] = {
        pipelines.Classifier: (classification.evaluate_classifier, ClassificationEvaluationOptions),
        pipelines.Forecaster: (forecasting.evaluate_forecaster, ForecastingEvaluationOptions),
        pipelines.Generator: (language_model.evaluate_language_model, LanguageModelEvaluationOptions),
        pipelines.SpeechPipeline: (speech.evaluate_recognizer, SpeechEvaluationOptions),
        pipelines.Regressor: (regression.evaluate_regressor, RegressionEvaluationOptions),
        pipelines.SequenceClassifier: (sequences.evaluate_sequences, SequenceEvaluationOptions),
        pipelines.SequenceRegressor: (sequences.evaluate_sequences, SequenceEvaluationOptions),
        pipelines.Tagger: (tagging.evaluate_tagger, TaggingEvaluationOptions),
        pipelines.Translator: (translation.evaluate_translator, TranslationEvaluationOptions),
    }
    for kind, task in tasks.items():
        if isinstance(pipeline, kind):
            return task
    raise TypeError(f"there is no evaluation of a {type(pipeline).__name__}")
