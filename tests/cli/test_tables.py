"""Tables of a classifier's scores."""

from __future__ import annotations

import numpy as np
import pytest
from rich.cells import cell_len

from nlprnn.cli.tables import class_table, confusion_table
from nlprnn.metrics import class_scores
from nlprnn.tasks.evaluation.result import class_records

ODD_LABELS = ["好评 很好", "a label that is much too long for a table", "two\nlines", "", "x"]


def random_matrix(classes, most):
    return np.random.default_rng(0).integers(0, most, (classes, classes))


@pytest.mark.parametrize("most", [2, 10, 100_000])
@pytest.mark.parametrize("classes", [2, 9, 10, 20])
def test_confusion_matrix_columns_are_aligned(classes, most):
    labels = [ODD_LABELS[number % 5] + str(number) for number in range(classes)]
    matrix = random_matrix(classes, most)
    _, head, *rows = confusion_table(labels, matrix.tolist())
    assert [int(number) for number in head.split()] == list(range(1, classes + 1))
    assert {cell_len(row) for row in rows} == {cell_len(head)}
    assert [[int(count) for count in row.split()[-classes:]] for row in rows] == matrix.tolist()
    assert [int(row.split()[0]) for row in rows] == list(range(1, classes + 1))


def test_many_classes_give_frequent_confusions():
    labels = [f"label {number}" for number in range(30)]
    matrix = np.diag(np.full(30, 1000))
    matrix[3, 4], matrix[4, 3], matrix[29, 0] = 5, 70, 1234
    title, *rows = confusion_table(labels, matrix.tolist())
    assert "3 of 3" in title
    assert [row.split("  taken for  ")[1] for row in rows] == ["label 0", "label 3", "label 4"]
    assert [row.split("  taken for  ")[0].split(maxsplit=1) for row in rows] == [
        ["1,234", "label 29"],
        ["70", "label 4 "],
        ["5", "label 3 "],
    ]
    assert len(confusion_table(labels, random_matrix(30, 9).tolist())) == 21
    assert confusion_table(labels, np.eye(30, dtype=int).tolist()) == ["no confusions"]


def test_class_table_has_a_line_per_class():
    scores = class_scores(np.array([[3, 1, 0], [0, 0, 2], [0, 0, 0]]))
    head, *rows = class_table(class_records(ODD_LABELS[:3], scores))
    assert {cell_len(row) for row in rows} == {cell_len(head)}
    assert [row.split()[-4:] for row in rows] == [
        ["100.00", "75.00", "85.71", "4"],
        ["0.00", "0.00", "0.00", "2"],
        ["0.00", "0.00", "0.00", "0"],
    ]
    assert rows[1].startswith("a label that is much to…")
    assert rows[2].startswith("two lines ")
