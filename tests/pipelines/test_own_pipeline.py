"""A user's model, processor and pipeline on sequences of numbers, through the same code as text."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
import torch
from torch import Tensor
from torch.optim import Adam

import nlprnn
from nlprnn.batching import BucketBatches, LabelledBatch, SequenceArray, adaptive_batches
from nlprnn.errors import ModelError
from nlprnn.metrics import ACCURACY, RMSE, classification_scores, regression_scores
from nlprnn.models.pretrained import PretrainedModel
from nlprnn.modules import LastPooling, OutputHead, RecurrentEncoder
from nlprnn.pipelines import Pipeline
from nlprnn.serialization.registry import REGISTRY
from nlprnn.training.losses.classification import classification_loss
from nlprnn.training.losses.regression import regression_loss
from nlprnn.training.options import TrainingOptions
from nlprnn.training.trainer import Trainer

ROWS = 120


class Standardizer:
    """A processor: subtracts the mean of each feature and divides by its standard deviation."""

    kind = "standardizer"

    def __init__(self, mean: list[float], std: list[float]) -> None:
        self.mean, self.std = mean, std

    @classmethod
    def fit(cls, series: list[np.ndarray]) -> Standardizer:
        values = np.concatenate(series)
        return cls(values.mean(axis=0).tolist(), values.std(axis=0).tolist())

    def __call__(self, series: list[np.ndarray]) -> SequenceArray:
        rows = [(row - self.mean) / self.std for row in series]
        return SequenceArray.from_sequences(rows, dtype=np.float32)

    def save(self, folder: str | Path) -> None:
        (Path(folder) / "standardizer.json").write_text(json.dumps({"mean": self.mean, "std": self.std}))

    @classmethod
    def load(cls, folder: str | Path) -> Standardizer:
        return cls(**json.loads((Path(folder) / "standardizer.json").read_text()))


class SeriesModel(PretrainedModel):
    def __init__(self, *, encoder: RecurrentEncoder, pooling: LastPooling, head: OutputHead) -> None:
        super().__init__()
        self.encoder, self.pooling, self.head = encoder, pooling, head

    def forward(self, inputs: Tensor, mask: Tensor) -> Tensor:
        outputs, _ = self.encoder(inputs, mask)
        return self.head(self.pooling(outputs, mask))


class SeriesPipeline(Pipeline[SeriesModel, Standardizer]):
    model_classes = (SeriesModel,)

    def __call__(self, series):
        outputs = []
        with torch.inference_mode():
            for batch in adaptive_batches(series):
                outputs += self.model.eval()(*self.processor(batch).pad(np.arange(len(batch)))).tolist()
        return outputs


@pytest.fixture
def registered(monkeypatch):
    for kinds in ("modules", "processors", "pipelines"):
        monkeypatch.setattr(REGISTRY, kinds, dict(getattr(REGISTRY, kinds)))
    nlprnn.register(SeriesModel, Standardizer, SeriesPipeline)


@pytest.fixture
def table(tmp_path):
    """The rows of a table of numbers as it is written to a file: series of temperatures that rise or fall."""
    rng = np.random.default_rng(0)
    columns: dict[str, list[float]] = {"series": [], "temperature": [], "pressure": []}
    for number in range(ROWS):
        length, slope = int(rng.integers(5, 12)), rng.choice([-1, 1]) * rng.uniform(0.5, 1.5)
        columns["series"] += [number] * length
        columns["temperature"] += (20 + slope * np.arange(length) + rng.normal(scale=0.1, size=length)).tolist()
        columns["pressure"] += rng.normal(1000, 10, size=length).tolist()
    return pa.table(columns)


def read_series(path: Path) -> list[np.ndarray]:
    """(T, 2) float64 of each series, from the columns of a CSV or Parquet file."""
    table = (pa.csv.read_csv if path.suffix == ".csv" else pa.parquet.read_table)(path)
    values = np.stack([table["temperature"], table["pressure"]], axis=1)
    return np.split(values, np.flatnonzero(np.diff(table["series"])) + 1)


def train(series: list[np.ndarray], labels: Tensor, outputs: int, folder: Path) -> SeriesPipeline:
    """Train on the first series with labels (rows,) int64 or float32, and save after validation on the others."""
    torch.manual_seed(0)
    encoder = RecurrentEncoder(2, 8, cell="gru")
    model = SeriesModel(encoder=encoder, pooling=LastPooling(8), head=OutputHead(8, outputs))
    pipeline = SeriesPipeline(model, Standardizer.fit(series[: ROWS // 2]))
    pipeline.save(folder)
    inputs = pipeline.processor(series[: ROWS // 2])
    batches = BucketBatches(
        inputs.lengths, lambda rows: LabelledBatch(*inputs.pad(rows), labels[torch.from_numpy(rows)]), max_rows=16
    )
    integers = labels.dtype == torch.int64

    def validate(averaged: torch.nn.Module) -> dict[str, float]:
        predicted = np.array(pipeline(series[ROWS // 2 :]))
        target = labels[ROWS // 2 :].numpy()
        return classification_scores(predicted, target) if integers else regression_scores(predicted[:, 0], target)

    Trainer(
        model,
        Adam(model.parameters(), lr=0.02),
        batches,
        classification_loss() if integers else regression_loss(),
        validate,
        metric=ACCURACY if integers else RMSE,
        folder=folder,
        options=TrainingOptions(epochs=6, device="cpu", ema=None),
    ).fit()
    return pipeline


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_series_of_numbers_train_save_and_load(registered, table, tmp_path, suffix):
    (pa.csv.write_csv if suffix == "csv" else pa.parquet.write_table)(table, tmp_path / f"table.{suffix}")
    series = read_series(tmp_path / f"table.{suffix}")
    slopes = torch.tensor([np.polyfit(range(len(row)), row[:, 0], 1)[0] for row in series], dtype=torch.float32)

    classifier = train(series, (slopes > 0).long(), 2, tmp_path / "classes")
    predicted = np.array(classifier(series)).argmax(axis=1)
    assert (predicted == (slopes > 0).numpy()).mean() > 0.95
    regressor = train(series, slopes, 1, tmp_path / "numbers")
    assert np.square(np.array(regressor(series))[:, 0] - slopes.numpy()).mean() < 0.25 * float(slopes.var())

    for pipeline, name in ((classifier, "classes"), (regressor, "numbers")):
        for loaded in (nlprnn.load(tmp_path / name, device="cpu"), SeriesPipeline.load(tmp_path / name, device="cpu")):
            assert isinstance(loaded, SeriesPipeline)
            assert loaded(series) == pipeline(series)
            assert loaded(series[:1])[0] == pytest.approx(pipeline(series)[0], abs=1e-6)


@pytest.fixture
def pipeline():
    model = SeriesModel(encoder=RecurrentEncoder(2, 3), pooling=LastPooling(3), head=OutputHead(3, 1))
    return SeriesPipeline(model.eval(), Standardizer([20.0, 1000.0], [1.0, 10.0]))


def test_classes_given_to_load_need_no_registration(pipeline, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        for kinds in ("modules", "processors", "pipelines"):
            patch.setattr(REGISTRY, kinds, dict(getattr(REGISTRY, kinds)))
        nlprnn.register(SeriesModel, Standardizer, SeriesPipeline)
        pipeline.save(tmp_path)
    with pytest.raises(ModelError, match=r"'SeriesModel'.*call nlprnn.register"):
        nlprnn.load(tmp_path)
    with pytest.raises(ModelError, match=r"processor_config.json.*'standardizer'.*call nlprnn.register"):
        SeriesPipeline.load(tmp_path)
    loaded = nlprnn.load(tmp_path, device="cpu", classes=[SeriesModel, Standardizer, SeriesPipeline])
    series = [np.array([[21.0, 990.0], [19.0, 1010.0]])]
    assert loaded(series) == pipeline(series)


def test_unregistered_processors_are_errors_at_save_time(pipeline, tmp_path):
    with pytest.raises(ModelError, match=r"class Standardizer.*call nlprnn.register\(Standardizer\) first"):
        pipeline.save(tmp_path)
    assert not list(tmp_path.iterdir())


def test_text_and_numbers_can_follow_each_other_in_a_folder(registered, pipeline, make_classifier, tmp_path):
    for saved in (pipeline, make_classifier(), pipeline):
        saved.save(tmp_path)
        assert type(nlprnn.load(tmp_path, device="cpu")) is type(saved)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"kind": "standardizer"}, "no format_version"),
        ({"format_version": 99, "kind": "standardizer"}, "upgrade nlprnn"),
        ({"format_version": 1, "kind": "os.system"}, "'os.system', which is unknown"),
        ({"format_version": 1}, "None, which is unknown"),
    ],
)
def test_damaged_processor_configurations_are_named(registered, pipeline, tmp_path, config, message):
    pipeline.save(tmp_path)
    (tmp_path / "processor_config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match=rf"processor_config\.json.*{message}"):
        nlprnn.load(tmp_path)
