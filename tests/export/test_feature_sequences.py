"""Exported models of feature sequences answer as the models, on arrays with missing values and of any length."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from nlprnn.export import export_onnx, verification
from nlprnn.models.feature_models import FeatureClassifier, FeatureRegressor
from nlprnn.modules import OutputHead, RecurrentEncoder
from nlprnn.modules.feature_projection import FeatureProjection
from nlprnn.modules.pooling import POOLINGS
from nlprnn.pipelines import SequenceClassifier, SequenceRegressor
from nlprnn.series.feature_columns import FeatureColumns
from nlprnn.series.feature_processor import FeatureProcessor

NAMES = ("x", "y", "z")


@pytest.fixture
def processor():
    values = np.random.default_rng(0).normal([1, -2, 30], [1, 2, 9], (50, 3))
    values[::7, 1] = np.nan
    return FeatureProcessor.fit(values, NAMES, FeatureColumns("steps", NAMES))


@pytest.fixture
def make(processor):
    def build(kind, *, truncate="head", **options):
        torch.manual_seed(0)
        encoder = RecurrentEncoder(5, 4, bidirectional=True)
        pooling = POOLINGS["max"](encoder.output_size)
        head = OutputHead(pooling.output_size, len(options.get("labels", [0])), hidden_size=6)
        projection = FeatureProjection(processor.size, 5, dropout=0.1)
        parts = {"embedding": projection, "encoder": encoder, "pooling": pooling, "head": head}
        model = kind(**parts, max_length=20, truncate=truncate, **options)
        return (SequenceClassifier if kind is FeatureClassifier else SequenceRegressor)(model.eval(), processor)

    return build


@pytest.fixture
def sequences():
    rows = [np.random.default_rng(length).normal([1, -2, 30], [1, 2, 9], (length, 3)) for length in (4, 33, 1)]
    rows[0][[0, 2], [1, 0]] = np.nan
    return rows


def answers(folder, sequences):
    """Run the example script of an export on the sequences as files; return its lines."""
    paths = []
    for number, sequence in enumerate(sequences):
        paths.append(folder.parent / f"{number}.csv")
        rows = [",".join("" if np.isnan(cell) else repr(float(cell)) for cell in row) for row in sequence]
        text = "\n".join([",".join(NAMES), *rows]) + "\n"
        paths[-1].write_text(text, encoding="utf-8-sig")  # with a byte order mark, as of spreadsheets
    command = [sys.executable, folder / "example.py", *paths]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("truncate", ["head", "both"])
def test_exported_classifier_and_its_script_are_equal(make, sequences, tmp_path, truncate):
    pipeline = make(FeatureClassifier, labels=["a", "b"], truncate=truncate)
    assert export_onnx(pipeline, tmp_path / "out").difference < verification.TOLERANCE
    expected = [f"{one.label}  {one.probability:.1%}" for one in pipeline(sequences)]
    assert [line.rpartition("  ")[0] for line in answers(tmp_path / "out", sequences)] == expected


def test_exported_regressor_answers_in_the_unit_of_the_data(make, sequences, tmp_path):
    pipeline = make(FeatureRegressor, mean=300.0, std=20.0)
    assert export_onnx(pipeline, tmp_path / "out").difference < verification.TOLERANCE
    numbers = [float(line.split()[0]) for line in answers(tmp_path / "out", sequences)]
    assert numbers == pytest.approx(pipeline(sequences), rel=1e-3)
