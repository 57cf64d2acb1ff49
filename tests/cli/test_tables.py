"""Tables of a classifier's scores."""

from __future__ import annotations

import numpy as np
import pytest
from rich.cells import cell_len

from nlprnn.cli.tables import class_table, confusions
from nlprnn.metrics import class_scores

ODD_LABELS = ["好评 很好", "a label that is much too long for a table", "two\nlines", "", "x"]


def random_matrix(classes, most):
    return np.random.default_rng(0).integers(0, most, (classes, classes))


@pytest.mark.parametrize("most", [2, 10, 100_000])
@pytest.mark.parametrize("classes", [2, 9, 10, 20])
def test_up_to_20_classes_give_a_table_whose_columns_line_up(classes, most):
    labels = [ODD_LABELS[number % 5] + str(number) for number in range(classes)]
    matrix = random_matrix(classes, most)
    _, head, *rows = confusions(labels, matrix)
    assert [int(number) for number in head.split()] == list(range(1, classes + 1))
    assert {cell_len(row) for row in rows} == {cell_len(head)}
    assert [[int(count) for count in row.split()[-classes:]] for row in rows] == matrix.tolist()
    assert [int(row.split()[0]) for row in rows] == list(range(1, classes + 1))


def test_more_classes_give_the_most_frequent_confusions():
    labels = [f"label {number}" for number in range(30)]
    matrix = np.diag(np.full(30, 1000))
    matrix[3, 4], matrix[4, 3], matrix[29, 0] = 5, 70, 1234
    title, *rows = confusions(labels, matrix)
    assert "3 of 3" in title
    assert [row.split("  taken for  ")[1] for row in rows] == ["label 0", "label 3", "label 4"]
    assert [row.split("  taken for  ")[0].split(maxsplit=1) for row in rows] == [
        ["1,234", "label 29"],
        ["70", "label 4 "],
        ["5", "label 3 "],
    ]
    assert len(confusions(labels, random_matrix(30, 9))) == 21
    assert confusions(labels, np.diag(np.ones(30, dtype=int))) == ["no confusions"]


def test_every_class_has_a_line_with_its_scores():
    scores = class_scores(np.array([[3, 1, 0], [0, 0, 2], [0, 0, 0]]))
    head, *rows = class_table(ODD_LABELS[:3], scores)
    assert {cell_len(row) for row in rows} == {cell_len(head)}
    assert [row.split()[-4:] for row in rows] == [
        ["100.00", "75.00", "85.71", "4"],
        ["0.00", "0.00", "0.00", "2"],
        ["0.00", "0.00", "0.00", "0"],
    ]
    assert rows[1].startswith("a label that is much to…")
    assert rows[2].startswith("two lines ")
