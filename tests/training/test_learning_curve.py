from __future__ import annotations

import pytest

from nlprnn.training import MetricsLog, draw_learning_curve
from nlprnn.training.files import CURVE_FILE, METRICS_FILE
from nlprnn.training.learning_curve import regularisation_note


@pytest.mark.parametrize(
    "records",
    [
        [{"step": 1, "loss": 2.0}, {"step": 2, "loss": 1.0}],
        [{"step": 1, "loss": 2.0, "validation": {"loss": 1.5}}],
        [{"step": 1, "loss": 2.0, "validation": {"accuracy": 50.0}}],
        [{"step": s, "loss": 1 / s, "validation": {"accuracy": s, "f1": s, "loss": 1.0}} for s in (1, 2, 3)],
        [{"step": 1, "loss": 2.0, "validation": {f"score {number}": 1.0 for number in range(9)}}],
    ],
    ids=["training loss alone", "losses alone", "scores alone", "losses and scores", "more scores than colours"],
)
def test_learning_curve_is_a_png(tmp_path, records):
    log = MetricsLog(tmp_path)
    for record in records:
        log.write(record)
    path = draw_learning_curve(tmp_path)
    assert path == tmp_path / CURVE_FILE
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert sorted(file.name for file in tmp_path.iterdir()) == [CURVE_FILE, METRICS_FILE]


def test_no_records_give_no_learning_curve(tmp_path):
    MetricsLog(tmp_path)
    assert draw_learning_curve(tmp_path) is None
    assert not (tmp_path / CURVE_FILE).exists()


def test_curve_marks_the_best_epoch_and_has_title_and_note(tmp_path, monkeypatch):
    from matplotlib.figure import Figure

    texts = []
    save = Figure.savefig

    def keep(figure, *arguments, **options):
        texts.extend(text.get_text() for axes in figure.axes for text in [axes.title, *axes.texts])
        texts.extend(axes._left_title.get_text() for axes in figure.axes)
        texts.extend(text.get_text() for text in figure.texts)
        return save(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", keep)
    log = MetricsLog(tmp_path)
    for step, accuracy in enumerate([60.0, 70.0, 65.0]):
        log.write({"step": step, "epoch": step + 1, "loss": 1.0, "validation": {"accuracy": accuracy, "loss": 1.0}})
    draw_learning_curve(tmp_path, title="A run", best={"accuracy": 70.0, "steps": 3}, note="why")
    assert {"best: epoch 2", "A run", "why"} <= set(texts)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"dropout": 0.5, "r_drop": 1.0}, "with dropout and R-Drop"),
        ({"word_dropout": 0.1}, "with dropout,"),
        ({"label_smoothing": 0.1, "dropout": 0.0}, "with smoothing"),
        ({"dropout": 0.0, "r_drop": None, "final_dropout_scale": 0.2}, None),
    ],
)
def test_note_names_what_raises_the_training_loss(values, words):
    note = regularisation_note(values)
    assert note is None if words is None else words in note
