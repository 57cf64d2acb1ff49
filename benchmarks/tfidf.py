"""TF-IDF and logistic regression: the bag-of-words baseline of text classification.

python benchmarks/tfidf.py [--dataset sentiment]

Words and word pairs, or one to three characters in scripts without spaces between words; lower-cased, sublinear term
frequency 1 + log(count), smooth inverse document frequency, rows of norm 1; logistic regression with an L2 penalty, one
class against the rest, since the multinomial model takes minutes with twenty classes (Wang & Manning 2012, "Baselines
and Bigrams", show that such models are strong baselines). The inverse penalty C has the best validation accuracy of a
short list, the smallest of equal ones; the test split is scored a single time. Nothing is trained on the validation
split. The splits are those of the recipes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import click
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from nlprnn.metrics import class_scores, confusion_matrix
from nlprnn.tasks.labelled_texts import LabelledTexts, load_classes
from nlprnn.text.word_rules import is_unspaced

PENALTIES = (1.0, 10.0, 100.0)


@dataclass(frozen=True)
class Baseline:
    """The model with the best validation accuracy.

    Attributes:
        unit: "words" or "characters".
        features: number of distinct n-grams.
        penalty: inverse penalty C.
        validation: inverse penalty -> accuracy and macro-F1 on the validation split, in percent.
        scores: held-out split -> accuracy and macro-F1 in percent.
        seconds: of feature extraction and all trainings.
    """

    unit: str
    features: int
    penalty: float
    validation: dict[float, dict[str, float]]
    scores: dict[str, dict[str, float]]
    seconds: float


def scores(predictions: np.ndarray, gold: np.ndarray, classes: int) -> dict[str, float]:
    """Return accuracy and macro-F1 in percent, as `nlprnn evaluate` computes them."""
    matrix = confusion_matrix(predictions, gold, classes)
    accuracy = 100.0 * float(np.trace(matrix)) / len(gold)
    return {"accuracy": accuracy, "macro_f1": float(class_scores(matrix).f1.mean())}


def fit_baseline(data: LabelledTexts, *, min_frequency: int = 1) -> Baseline:
    """Fit the baseline and score it on the held-out splits.

    Args:
        data: texts that have one label each.
        min_frequency: number of training texts below which an n-gram is left out.
    """
    began = time.perf_counter()
    unspaced = is_unspaced(data.texts["train"])
    units = {"analyzer": "char", "ngram_range": (1, 3)} if unspaced else {"ngram_range": (1, 2)}
    vectorizer = TfidfVectorizer(**units, min_df=min_frequency, sublinear_tf=True)
    features = {"train": vectorizer.fit_transform(data.texts["train"])}
    features |= {split: vectorizer.transform(data.texts[split]) for split in data.held_out}

    models: dict[float, OneVsRestClassifier] = {}
    validation: dict[float, dict[str, float]] = {}
    for penalty in PENALTIES:
        # The dual problem is faster where features outnumber texts; its order of texts is random, hence the seed.
        regression = LogisticRegression(
            C=penalty, solver="liblinear", dual=True, tol=0.01, max_iter=1000, random_state=0
        )
        models[penalty] = OneVsRestClassifier(regression).fit(features["train"], data.targets["train"])
        predictions = models[penalty].predict(features["validation"])
        validation[penalty] = scores(predictions, data.targets["validation"], len(data.labels))
    best = max(PENALTIES, key=lambda penalty: validation[penalty]["accuracy"])  # the first of equal ones
    return Baseline(
        unit="characters" if unspaced else "words",
        features=features["train"].shape[1],
        penalty=best,
        validation=validation,
        scores={
            split: scores(models[best].predict(features[split]), data.targets[split], len(data.labels))
            for split in data.held_out
        },
        seconds=time.perf_counter() - began,
    )


@click.command(context_settings={"show_default": True})
@click.option("--dataset", default="sentiment", help="Sample name, Hub id, folder or file with texts and labels.")
@click.option("--text-field", help="Column with the text; detected if omitted.")
@click.option("--label-field", help="Column with the label; detected if omitted.")
@click.option("--min-frequency", default=1, help="Number of training texts below which an n-gram is left out.")
def main(dataset: str, text_field: str | None, label_field: str | None, min_frequency: int) -> None:
    """Print accuracy and macro-F1 on validation and test, and the seconds of feature extraction and training."""
    data = load_classes(dataset, text_field=text_field, label_field=label_field)
    baseline = fit_baseline(data, min_frequency=min_frequency)
    for penalty, values in baseline.validation.items():
        click.echo(f"C {penalty:<4g}  validation  {_figures(values)}")
    sizes = "  ".join(f"{split} {len(texts):,}" for split, texts in data.texts.items())
    click.echo(f"{sizes}  labels {len(data.labels)}  features {baseline.features:,} of {baseline.unit}")
    click.echo(f"{baseline.seconds:.1f} s for features and {len(PENALTIES)} trainings; C {baseline.penalty:g}")
    for split, values in baseline.scores.items():
        click.echo(f"{split:<10}  {_figures(values)}")


def _figures(values: dict[str, float]) -> str:
    return "   ".join(f"{name} {value:.2f}" for name, value in values.items())


if __name__ == "__main__":
    main()
