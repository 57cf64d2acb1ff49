"""What a study hands over: the winner's model and settings, a leaderboard, and one look at the test split."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nlprnn.errors import NlprnnError
from nlprnn.experiment.model_card import add_scores
from nlprnn.experiment.options import Options, option_fields, plain
from nlprnn.experiment.run import SCORES_FILE
from nlprnn.experiment.run_file import trained_columns, trained_reading
from nlprnn.serialization.atomic_files import write_json, write_text
from nlprnn.tuning.report import draw_importances, leaderboard, seeds_table
from nlprnn.tuning.sampler import importances
from nlprnn.tuning.study import Study
from nlprnn.tuning.study_file import TrialRecord

MODEL_FOLDER = "best"
SETTINGS_FILE = "settings.toml"
LEADERBOARD_FILE = "leaderboard.md"
CARD_FILE = "README.md"


def hand_over(study: Study, options: type[Options], *, look_at_test: bool, report: Callable[[str], None]) -> bool:
    """Write the model and settings of the winner, the leaderboard and the importances, and print them.

    Args:
        study: after its search.
        options: of the recipe.
        look_at_test: score the winner and the defaults, with all their seeds, on the test split.
        report: prints a line.

    Returns:
        whether there is a model to hand over.
    """
    record, folder = study.record, study.folder
    winner = study.winner() or _unfinished(study)
    if winner is None:
        report("No trial has a model to hand over.")
        return False
    if look_at_test:
        _look_at_test(study, winner, report)
    copy_model(folder / winner.folder, folder / MODEL_FOLDER, winner.test)
    write_text(folder / SETTINGS_FILE, "\n".join(settings_lines(study, winner, options)) + "\n")
    tables = [*leaderboard(study), "", *seeds_table(study)]
    write_text(folder / LEADERBOARD_FILE, "\n".join(tables) + "\n")
    report("\n" + "\n".join(tables))
    if shares := importances(record, study.space):
        report("\nImportance: " + "   ".join(f"{name} {share:.0%}" for name, share in shares.items()))
    if winner is record.trials[0] and len(record.trials) > 1:
        report("\nNo setting is better than the defaults, which are handed over.")
    report(f"\nModel:       {folder / MODEL_FOLDER}   (the weights of trial {winner.number})")
    report(f"Settings:    {folder / SETTINGS_FILE}   (for --config)")
    report(f"Leaderboard: {folder / LEADERBOARD_FILE}")
    if shares:
        try:
            report(f"Importance:  {draw_importances(shares, folder)}")
        except ImportError:
            report('Importance:  not drawn, matplotlib is missing: pip install "nlprnn[plot]"')
    return True


def copy_model(run: Path, target: Path, test: Mapping[str, float]) -> None:
    """Copy the model of a run, without its checkpoint, in place of what is at the target.

    Args:
        run: folder of the run.
        target: folder of the copy.
        test: scores on the test split, which the copy's `scores.json` and model card get.
    """
    new = target.with_name(f".{target.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(run, new, ignore=shutil.ignore_patterns("checkpoint"))
    card = new / CARD_FILE
    if card.exists():
        text = card.read_text(encoding="utf-8").replace(str(run), str(target))
        write_text(card, add_scores(text, "test", test) if test else text)
    if test:
        scores = json.loads((new / SCORES_FILE).read_text(encoding="utf-8"))
        write_json(new / SCORES_FILE, {**scores, "test": dict(test)})
    shutil.rmtree(target, ignore_errors=True)
    new.rename(target)


def settings_lines(study: Study, winner: TrialRecord, options: type[Options]) -> list[str]:
    """Return the settings file of a trial: the options that were given, and those of the trial."""
    fields = {field.name: field for field in option_fields(options)}
    chosen = {**study.record.fixed, **winner.changes}
    values = {
        name: plain(value)
        for name, value in chosen.items()
        if value is not None and (fields[name].meta["length"] or not fields[name].meta["free"])
    }
    score = "" if winner.score is None else f", {study.record.metric} {winner.score:.4g} on validation"
    comment = f"# {study.record.recipe}: trial {winner.number} of nlprnn tune{score}."
    return [comment, *(f"{name} = {_toml(value)}" for name, value in values.items())]


def score_on_test(folder: Path, fixed: Mapping[str, Any]) -> dict[str, float]:
    """Return the scores of the model in a folder on the test split of its dataset, as `nlprnn evaluate` has them.

    Args:
        folder: of the run that trained it.
        fixed: options of the recipe that were given, of which evaluations have some.

    Raises:
        NlprnnError: there is no test split.
        TypeError: there is no evaluation of this kind of model.
    """
    from nlprnn.pipelines import load
    from nlprnn.tasks import evaluation

    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))["options"]
    pipeline = load(folder, device=run["device"])
    kind = evaluation.evaluation_options(pipeline)
    known = {field.name for field in option_fields(kind)}
    shared = {name: value for name, value in fixed.items() if name in known}
    reading = {name: value for name, value in trained_reading(folder, run["dataset"]).items() if name in known}
    result = evaluation.evaluate(
        pipeline,
        run["dataset"],
        kind.from_mapping({**reading, **shared, "split": "test"}),
        trained_columns=trained_columns(folder),
    )
    numbers = {name: value for name, value in result.scores.items() if isinstance(value, int | float)}
    names = json.loads((folder / SCORES_FILE).read_text(encoding="utf-8"))["validation"]
    return {name: float(value) for name, value in numbers.items() if name in names}


def _look_at_test(study: Study, winner: TrialRecord, report: Callable[[str], None]) -> None:
    """Score the winner and the defaults, with all their seeds, on the test split."""
    record = study.record
    runs = [run for trial in {winner.number: winner, 1: record.trials[0]}.values() for run in study.runs_of(trial)]
    logger = logging.getLogger("nlprnn")
    level = logger.level
    try:
        for number, run in enumerate(runs):
            if run.score is not None and not run.test:
                logger.setLevel(logging.ERROR if number else level)  # what is odd about the split is logged once
                run.test = score_on_test(study.folder / run.folder, record.fixed)
        record.looks += 1
    except (NlprnnError, TypeError) as error:
        report(f"The test split is not scored: {error}")
    finally:
        logger.setLevel(level)
    if record.looks > 1:
        report(f"The test split was scored {record.looks - 1} times before: its scores are no longer of unseen texts.")
    study.save()


def _unfinished(study: Study) -> TrialRecord | None:
    """Return a running trial that has been validated: its folder has its best weights so far."""
    return next((trial for trial in study.record.trials if trial.state == "running" and trial.curve), None)


def _toml(value: Any) -> str:
    """Return a value as TOML writes it; its basic strings have the escapes of JSON."""
    return json.dumps(value, ensure_ascii=False)
