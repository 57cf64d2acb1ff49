"""TF-IDF and logistic regression: the bag-of-words baseline of text classification.

python benchmarks/tfidf.py [--dataset sentiment]

Unigrams and bigrams of at least two training texts, lower-cased, sublinear term frequency 1 + log(count), smooth
inverse document frequency, rows of norm 1; logistic regression with an L2 penalty, one class against the rest, since
the multinomial model takes minutes with twenty classes (Wang & Manning 2012, "Baselines and Bigrams", show that such
models are strong baselines). The inverse penalty C has the best validation accuracy of a short list, the smallest of
equal ones; the test split is scored a single time. Nothing is trained on the validation split.
"""

from __future__ import annotations

import time

import click
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from nlprnn.data import label_names, load_table
from nlprnn.metrics import class_scores, confusion_matrix

PENALTIES = (1.0, 4.0, 16.0, 64.0)


def scores(predictions: np.ndarray, gold: np.ndarray, classes: int) -> tuple[float, float]:
    """Return accuracy and macro-F1 in percent, as `nlprnn evaluate` computes them."""
    matrix = confusion_matrix(predictions, gold, classes)
    return 100.0 * float(np.trace(matrix)) / len(gold), float(class_scores(matrix).f1.mean())


@click.command(context_settings={"show_default": True})
@click.option("--dataset", default="sentiment", help="Sample name, Hub id, folder or file with texts and labels.")
@click.option("--text-field", help="Column with the text; detected if omitted.")
@click.option("--label-field", help="Column with the label; detected if omitted.")
def main(dataset: str, text_field: str | None, label_field: str | None) -> None:
    """Print accuracy and macro-F1 on validation and test, and the seconds of feature extraction and training."""
    splits = load_table(dataset, {"text": text_field, "label": label_field})
    labels = label_names(splits)
    number = {label: index for index, label in enumerate(labels)}
    gold = {split: np.array([number[label] for label in rows["label"]]) for split, rows in splits.items()}

    began = time.perf_counter()
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    features = {"train": vectorizer.fit_transform(splits["train"]["text"])}
    features |= {split: vectorizer.transform(rows["text"]) for split, rows in splits.items() if split != "train"}
    counted = time.perf_counter() - began

    trained_models: list[tuple[float, float, OneVsRestClassifier]] = []
    for penalty in PENALTIES:
        # The dual problem is faster where features outnumber texts; its order of texts is random, hence the seed.
        regression = LogisticRegression(
            C=penalty, solver="liblinear", dual=True, tol=0.01, max_iter=1000, random_state=0
        )
        model = OneVsRestClassifier(regression).fit(features["train"], gold["train"])
        accuracy, f1 = scores(model.predict(features["validation"]), gold["validation"], len(labels))
        click.echo(f"C {penalty:<4g}  validation  accuracy {accuracy:.2f}   macro_f1 {f1:.2f}")
        trained_models.append((accuracy, penalty, model))
    _, best_penalty, best_model = max(trained_models, key=lambda trained: trained[0])  # the first of equal ones
    trained = time.perf_counter() - began - counted

    sizes = "  ".join(f"{split} {len(rows):,}" for split, rows in splits.items())
    click.echo(f"{sizes}  labels {len(labels)}  features {features['train'].shape[1]:,}")
    click.echo(f"{counted:.1f} s for features, {trained:.1f} s for {len(PENALTIES)} trainings; C {best_penalty:g}")
    for split in ("validation", "test"):
        accuracy, f1 = scores(best_model.predict(features[split]), gold[split], len(labels))
        click.echo(f"{split:<10}  accuracy {accuracy:.2f}   macro_f1 {f1:.2f}")


if __name__ == "__main__":
    main()
