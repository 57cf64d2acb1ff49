"""What a run keeps of the hyperparameters that were chosen from its data."""

from __future__ import annotations

import json
import shlex
import time
from dataclasses import dataclass

import datasets
import pytest

from nlprnn.data.in_memory import dataset_name
from nlprnn.experiment.command import RecipeCommand
from nlprnn.experiment.options import FROM_DATA, option
from nlprnn.experiment.run import Run
from nlprnn.experiment.run_file import write_run_file
from nlprnn.experiment.run_options import RunOptions


@dataclass(frozen=True, kw_only=True)
class SizeOptions(RunOptions):
    epochs: int | None = option(None, min=1, length=True, auto=FROM_DATA, help="Number of epochs.")
    hidden_size: int | None = option(None, min=1, auto=FROM_DATA, help="Hidden size.")


@dataclass(frozen=True)
class Plan:
    texts: int
    epochs: int
    hidden_size: int

    def describe(self) -> str:
        return f"{self.texts} texts: {self.epochs} epochs"


def choose(folder, options, plan, *, resume):
    write_run_file(folder, "any", options)
    return Run("any", folder, options, resume).choose(plan)


def test_chosen_values_are_logged_and_kept(tmp_path, capsys):
    plan = Plan(texts=9, epochs=5, hidden_size=8)
    assert choose(tmp_path, SizeOptions(), plan, resume=False) == plan
    assert capsys.readouterr().err == "9 texts: 5 epochs\n"
    assert json.loads((tmp_path / "run.json").read_text())["chosen"] == vars(plan)


@pytest.mark.parametrize(("options", "epochs"), [({}, 5), ({"epochs": 7}, 7)])
def test_resumed_run_keeps_its_choice_except_for_what_is_now_an_option(tmp_path, options, epochs):
    choose(tmp_path, SizeOptions(), Plan(texts=9, epochs=5, hidden_size=8), resume=False)
    later = SizeOptions(**options)
    # The rules of a later version would choose otherwise.
    plan = Plan(texts=10, epochs=later.epochs or 6, hidden_size=16)
    assert choose(tmp_path, later, plan, resume=True) == Plan(texts=10, epochs=epochs, hidden_size=8)


@pytest.mark.parametrize("older", [False, True])
def test_run_that_begins_again_knows_which_options_were_given(tmp_path, older):
    seen = []

    def main(run: Run, options: SizeOptions) -> None:
        seen.append((run.resume, run.explicit & {"hidden_size", "epochs", "seed", "max_minutes"}))

    folder = tmp_path / "run"
    folder.mkdir()
    # As a process leaves it that is killed before its first checkpoint.
    write_run_file(folder, "any", SizeOptions(hidden_size=8, seed=3), ["hidden_size", "seed"])
    if older:
        record = json.loads((folder / "run.json").read_text())
        del record["explicit"], record["checksum"]
        (folder / "run.json").write_text(json.dumps(record))
    RecipeCommand("any", main, SizeOptions).train(out=folder, resume=True, max_minutes=2)
    assert seen == [(False, {"hidden_size", "seed", "max_minutes"})]


@pytest.mark.parametrize(("used", "left"), [(0, 4.0), (60, 3.0), (900, 1.0)])
def test_time_before_training_counts_and_leaves_a_quarter(tmp_path, used, left):
    options = RunOptions(max_minutes=4.0)
    run = Run("any", tmp_path, options, resume=False, began=time.monotonic() - used)
    assert run.training_options(patience=3).max_minutes == pytest.approx(left, abs=0.1)
    assert Run("any", tmp_path, RunOptions(), resume=False).training_options().max_minutes is None


@pytest.mark.parametrize(
    ("commands", "shown"),
    [
        (
            ["nlprnn classify --model MODEL good", "nlprnn evaluate --model MODEL --dataset {}"],
            "nlprnn classify --model",
        ),
        (["nlprnn rate --model MODEL --file {}"], "nlprnn info"),
    ],
)
def test_commands_name_no_file_that_holds_the_data_of_a_program(tmp_path, monkeypatch, capsys, commands, shown):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "my cache")
    dataset = dataset_name(([[1.0]], ["a"]), ("features", "label"))
    options, folder = SizeOptions(dataset=dataset), tmp_path / "run"
    folder.mkdir()
    write_run_file(folder, "any", options)
    usage = [command.format(shlex.quote(dataset)) for command in commands]
    Run("any", folder, options, resume=False).finish(
        {"test": {"loss": 1.0}}, summary={"minutes": 1, "steps": 1, "epochs": 1}, usage=usage
    )
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Try it: ")]
    assert line.startswith(f"Try it: {shown}")
    assert "my cache" not in line
