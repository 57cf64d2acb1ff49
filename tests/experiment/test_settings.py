"""Settings files: TOML of options, by path or by the name of one that comes with the recipes."""

from __future__ import annotations

import runpy
from dataclasses import dataclass
from pathlib import Path

import pytest

from nlprnn.errors import NlprnnError
from nlprnn.experiment.options import Options, option
from nlprnn.experiment.settings import find_settings, read_settings, settings_names

RECIPES = Path(__file__).parents[2] / "recipes"


@dataclass(frozen=True, kw_only=True)
class TrainOptions(Options):
    epochs: int = option(3, min=1, help="Epochs.")
    hidden_size: int = option(8, min=1, help="Hidden size.")
    more: tuple[str, ...] = option((), help="More.")


def test_only_the_options_of_the_file_are_returned(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text('# a comment\nhidden-size = 5\nmore = ["a", "b"]\n')
    assert read_settings(path, TrainOptions) == {"hidden_size": 5, "more": ("a", "b")}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("epochs = 0", ["a.toml", "epochs", "at least 1"]),
        ("epochs = 'many'", ["a.toml", "epochs", "whole number"]),
        ("epoch = 2", ["a.toml", "epoch", "did you mean epochs?"]),
        ("epochs 2", ["a.toml", "TOML", "line 1"]),
        ("[train]\nepochs = 2", ["a.toml", "train"]),
    ],
)
def test_a_mistake_names_file_option_and_mend(tmp_path, content, words):
    path = tmp_path / "a.toml"
    path.write_text(content)
    with pytest.raises(NlprnnError) as caught:
        read_settings(path, TrainOptions)
    for word in words:
        assert word in str(caught.value)


def test_a_missing_file_lists_the_shipped_settings():
    with pytest.raises(NlprnnError, match="multi30k"):
        find_settings("multi3k")


def test_every_shipped_settings_file_fits_its_recipe():
    assert settings_names()
    for name in settings_names():
        path = find_settings(name)
        recipe = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# recipes/").partition(".py")[0]
        options = runpy.run_path(str(RECIPES / f"{recipe}.py"))["main"].options
        assert read_settings(path, options), name
