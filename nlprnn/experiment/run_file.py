"""`run.json`: the options, command and versions of a run, and how it ended."""

from __future__ import annotations

import contextlib
import json
import logging
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeGuard
from uuid import uuid4

from nlprnn.errors import NlprnnError, TrainingError
from nlprnn.experiment.model_card import versions
from nlprnn.experiment.options import Options, option_fields
from nlprnn.experiment.origin import Origin
from nlprnn.experiment.run_folder import RUN_FILE, SEED_FOLDER, checkpoint_names, is_further_process
from nlprnn.experiment.run_options import RunOptions
from nlprnn.serialization.atomic_files import write_json, write_text
from nlprnn.training.files import CHECKPOINT_FOLDER

logger = logging.getLogger(__name__)

_OF_LABELS = ("label_names", "tag_names")
_OF_FILES = ("encoding", "header", "columns", "split_field", "sentence_field")


def write_run_file(folder: Path, recipe: str, options: Options, explicit: Iterable[str] = ()) -> None:
    """Write `run.json` before training; a run that is resumed appends to its commands.

    Args:
        folder: of the run.
        recipe: its name.
        options: all, with defaults.
        explicit: names of the options that were given.
    """
    if is_further_process():
        return
    command, kept = _command_line(sys.argv), {"id": uuid4().hex}
    if (folder / RUN_FILE).exists():
        begun = read_run_file(folder)
        command = begun["command"] + "\n" + command
        kept = {name: begun[name] for name in ("id", "origin", "chosen", "data") if name in begun}
    # The folder may be moved, and to resume is no property of a run.
    plain = {**options.to_mapping(), "out": None, "resume": False}
    run = {"recipe": recipe, "command": command, "options": plain, "versions": versions(), **kept}
    _write(folder, {**run, "explicit": sorted(explicit)})


def write_data(folder: Path, report: Mapping[str, Any]) -> None:
    """Add what was read to `run.json`: files, rows, columns and labels."""
    _write(folder, {**read_run_file(folder), "data": report})


def write_chosen(folder: Path, hyperparameters: Mapping[str, Any]) -> None:
    """Add the hyperparameters that were chosen from the data, or given, to `run.json`."""
    _write(folder, {**read_run_file(folder), "chosen": hyperparameters})


def write_origin(folder: Path, origin: Origin) -> None:
    """Add the model that the run started from to `run.json`."""
    _write(folder, {**read_run_file(folder), "origin": origin.to_mapping()})


def read_origin(folder: Path) -> Origin | None:
    """Return the model that the run in a folder started from; None = a new model, or one from an encoder.

    Raises:
        TrainingError: `run.json` is missing or damaged.
    """
    origin = read_run_file(folder).get("origin")
    return None if origin is None else Origin.from_mapping(origin)


def write_summary(folder: Path, summary: Mapping[str, Any]) -> None:
    """Add what `Trainer.fit` returned to `run.json`: the run has ended."""
    _write(folder, {**read_run_file(folder), "summary": summary})


@contextlib.contextmanager
def kept_if_refused(folder: Path) -> Iterator[None]:
    """Keep the `run.json` of a run that is to be resumed, if an error ends the block before it was trained further."""
    before, trained = (folder / RUN_FILE).read_bytes(), checkpoint_names(folder)
    try:
        yield
    except NlprnnError:
        if checkpoint_names(folder) == trained:
            write_text(folder / RUN_FILE, before.decode("utf-8"))
        raise


def _write(folder: Path, run: Mapping[str, Any]) -> None:
    """Write `run.json` with a checksum of all else in it."""
    write_json(folder / RUN_FILE, {**run, "checksum": _checksum(run)})


def _checksum(run: Mapping[str, Any]) -> str:
    others = {name: value for name, value in run.items() if name != "checksum"}
    return sha256(json.dumps(others, sort_keys=True).encode()).hexdigest()


def read_run_file(folder: Path) -> dict[str, Any]:
    """Read `run.json`.

    Raises:
        TrainingError: it is missing or damaged.
    """
    path = folder / RUN_FILE
    run = None
    try:
        content = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
        run = content if _is_run(content) else None
    except PermissionError:
        raise TrainingError(f"{path} may not be read: change its permissions") from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    mend = "begin another run with another --out"
    if run is None:
        raise TrainingError(f"{path} is missing or damaged: give the folder of a run, or {mend}")
    if run.get("checksum") not in (None, _checksum(run)):
        raise TrainingError(f"{path} is damaged: {mend}, or delete its checksum if you have changed it yourself")
    return run


def _is_run(value: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether a value is what this module writes, as far as it is read again."""
    of_run = isinstance(value["recipe"], str) and isinstance(value["command"], str)
    objects = [value["options"], value.get("chosen", {}), value.get("summary", {})]
    minutes = value["summary"]["minutes"] if "summary" in value else 0
    explicit = value.get("explicit", [])
    of_run &= isinstance(explicit, list) and all(isinstance(name, str) for name in explicit)
    return of_run and all(isinstance(item, dict) for item in objects) and isinstance(minutes, int | float)


def run_id(folder: Path) -> str:
    """Return the identity of the run in a folder; "" without `run.json`, or of an older version's run."""
    return str(read_run_file(folder).get("id", "")) if (folder / RUN_FILE).exists() else ""


def trained_columns(folder: Path) -> dict[str, str]:
    """Return the column of each role that the model in a folder was trained on; {} without a readable `run.json`."""
    try:
        columns = _run_of_model(folder)["data"]["columns"]
        return {role: str(column["column"]) for role, column in columns.items()}
    except (KeyError, TypeError, AttributeError):
        return {}


def trained_reading(folder: Path, dataset: str) -> dict[str, Any]:
    """Return the options by which the data of the model in a folder were read.

    Args:
        folder: of the model.
        dataset: to be read next: encoding, header and column names of files hold for the training's dataset alone.

    Returns:
        Name of an option -> its value, of those that the run was given; {} for a model without a readable `run.json`.
    """
    options = _run_of_model(folder).get("options", {})
    names = _OF_LABELS + (_OF_FILES if options.get("dataset") == dataset else ())
    return {name: options[name] for name in names if options.get(name) is not None}


def options_of_training(folder: Path, dataset: str) -> dict[str, Any]:
    """Return the options of the run that trained the model in a folder, if it was on a dataset; else {}."""
    options = _run_of_model(folder).get("options", {})
    return dict(options) if options.get("dataset") == dataset else {}


def check_split(folder: Path, dataset: str, split: str | None) -> None:
    """Check that a split to score has no rows that the model was trained on; warn where all of a file may have some.

    A split that streaming has held out of the rows to train on is not repeatable.

    Args:
        folder: of the model.
        dataset: to be scored on.
        split: of the dataset; None = all of a file, else test.

    Raises:
        TrainingError: streaming has held it out.
    """
    run = _run_of_model(folder)
    options = run.get("options", {})
    if split is None and Path(dataset).is_file():
        if _is_same_file(options.get("dataset"), dataset):
            logger.warning(
                "The model was trained on rows of %s, and all of them are read: --split test has none of these", dataset
            )
        elif _is_same_file(options.get("mix_in"), dataset):
            logger.warning("Rows of %s were mixed into the training of the model: other texts show more", dataset)
        return
    if options.get("dataset") != dataset:
        return
    if (name := split or "test") in (run.get("data") or {}).get("streamed", ()):
        raise TrainingError(
            f"the {name} rows of the run in {folder} were held out while --streaming, and those that would be held out "
            f"of {dataset} now are among the ones it was trained on: see scores.json, or give other rows as --dataset"
        )


def _is_same_file(trained_on: str | None, dataset: str) -> bool:
    return trained_on is not None and Path(trained_on).is_file() and Path(trained_on).samefile(dataset)


def _run_of_model(folder: Path) -> dict[str, Any]:
    """Read `run.json` beside a model, which needs none: {} without it, and with a warning where it is damaged."""
    if not (folder / RUN_FILE).exists():
        return {}
    try:
        return read_run_file(folder)
    except TrainingError:
        logger.warning("%s is damaged, so columns and other options for reading are guessed", folder / RUN_FILE)
        return {}


_RENAMED = {"gradient_accumulation_steps": "accumulate"}
"""Options of older runs."""


def stored_options(folder: Path, recipe: str) -> dict[str, Any]:
    """Read the options of the run in a folder.

    Raises:
        TrainingError: `run.json` is missing, damaged or of another recipe.
    """
    run = read_run_file(folder)
    if run["recipe"] != recipe:
        raise TrainingError(
            f"{folder} holds a run of the recipe {run['recipe']}, not of {recipe}: resume it with that one"
        )
    options = {_RENAMED.get(name, name): value for name, value in run["options"].items()}
    if options.get("precision") == "no":
        options["precision"] = "fp32"
    return options


def stored_explicit(folder: Path, cls: type[Options]) -> frozenset[str]:
    """Read the names of the options that were given to the run in a folder.

    Args:
        folder: of the run; of one of an older version all options count that differ from their defaults.
        cls: the options of its recipe.

    Raises:
        TrainingError: `run.json` is missing or damaged.
    """
    run, defaults = read_run_file(folder), cls().to_mapping()
    others = [name for name, value in run["options"].items() if value not in (None, defaults.get(name))]
    return frozenset(run.get("explicit", others))


def has_ended(folder: Path) -> bool:
    """Return whether the run in a folder, and each of its runs of several seeds, has come to its end.

    Raises:
        TrainingError: `run.json` is missing or damaged, or of another run than the checkpoints beside it.
    """
    run = read_run_file(folder)
    if "summary" not in run:
        return False
    if checkpoint_names(folder):
        from nlprnn.training.checkpoint_folder import is_of_run

        if not is_of_run(folder / CHECKPOINT_FOLDER, str(run.get("id", ""))):
            raise TrainingError(
                f"{folder / RUN_FILE} is of another run than the checkpoints beside it: put back the one that was "
                "there, or begin another run with another --out"
            )
    return all(map(has_ended, (one for one in folder.glob(f"{SEED_FOLDER}*") if (one / RUN_FILE).exists())))


def is_longer(options: RunOptions, stored: Mapping[str, Any]) -> bool:
    """Return whether a run is to train for another time, or with another number of seeds, than it began with.

    Args:
        options: current ones.
        stored: options that the run began with.
    """
    current = options.to_mapping()
    limits = [field.name for field in option_fields(type(options)) if field.meta["length"]]
    return options.seeds != stored.get("seeds", 1) or any(current[name] != stored.get(name) for name in limits)


def _command_line(arguments: Sequence[str]) -> str:
    script = Path(arguments[0])
    with contextlib.suppress(ValueError):  # elsewhere: its folder is nobody's business
        script = script.resolve().relative_to(Path.cwd())
    if script.suffix != ".py":  # the installed command
        return shlex.join([script.name, *arguments[1:]])
    return "python " + shlex.join([script.name if script.is_absolute() else script.as_posix(), *arguments[1:]])
