from __future__ import annotations

import re
import runpy

import pytest
from click.testing import CliRunner

from nlprnn.resources import recipes_folder

SCRIPT = recipes_folder() / "next_number.py"


@pytest.fixture(scope="module")
def run():
    command = runpy.run_path(str(SCRIPT))["main"]
    return lambda *arguments: CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_both_learn_next_numbers_and_labels(run, tmp_path):
    result = run("--cell", "rnn", "--updates", 200, "--out", tmp_path / "picture.png")
    assert result.exit_code == 0, result.output
    for name in ("NumPy", "PyTorch"):
        numbers, labels = [line.removeprefix(name).strip() for line in result.stdout.splitlines() if name in line]
        predicted = [float(word) for word in re.search(r"-> \[(.*?)\]", numbers)[1].split()]
        assert predicted == pytest.approx([2, 3, 4, 5], abs=0.01)
        assert float(re.search(r"unseen starts within (\S+)", numbers)[1]) < 0.05
        assert "-> [0 1 1 0]" in labels
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")


def test_reference_and_modules_have_the_same_losses():
    module = runpy.run_path(str(SCRIPT))
    x = module["np"].linspace(-0.1, 0.1, 15).reshape(5, 3, 1)
    for cell in ("rnn", "lstm", "gru"):
        losses = module["squared_error"], module["functional"].mse_loss
        results = module["train"](cell, x, 0.9 * x + 0.02, losses, 1, [0.02] * 20)
        assert results["NumPy"][0] == pytest.approx(results["PyTorch"][0], rel=1e-9)
        assert results["NumPy"][0][-1] < results["NumPy"][0][0]


def test_picture_that_cannot_be_drawn_is_refused_before_the_training(run, tmp_path):
    table, folder = tmp_path / "numbers.csv", tmp_path / "pictures.png"
    table.write_text("1,2,3\n", encoding="utf-8")
    folder.mkdir()
    for path, error in (
        (table, f"{table} is no name of a picture"),
        (folder, f"{folder} is a folder"),
        (table / "new" / "a.png", f"{table} is a file"),
    ):
        result = run("--updates", 10**9, "--out", path)  # hours
        assert (result.exit_code, result.stdout) == (1, "")
        assert error in result.stderr
    assert table.read_text(encoding="utf-8") == "1,2,3\n"


def test_recipe_fits_on_a_page():
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) < 100
