"""Calls of every verb that work, on tiny models and files, to which `odd_options.py` adds odd values."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import trial_data
import trials

_MODELS = trials.RECIPES.parent / "tests" / "frozen_models" / "v2"
VERBS: dict[str, Sequence[str]] = {
    "calibrate": ["--dataset LABELLED CLASSIFIER"],
    "classify": ["--model CLASSIFIER 'a good film'", "--model FEATURE_CLASSES --file CURVES"],
    "compare": ["RUNS/a RUNS/b"],
    "datasets build": ["sst2 LABELLED"],
    "evaluate": [
        "--model CLASSIFIER --dataset LABELLED",
        "--model FEATURE_CLASSES --dataset CURVES",
        "--model FORECASTER --dataset SERIES",
        "--model LANGUAGE_MODEL --dataset TEXT",
        "--model RECOGNIZER --dataset CLIPS",
        "--model REGRESSOR --dataset RATED",
        "--model SEQ2SEQ --dataset PAIRS",
        "--model TAGGER --dataset TAGGED",
    ],
    "explain": ["--model CLASSIFIER --steps 2 'a good film'"],
    "export": ["--onnx NEW CLASSIFIER"],
    "forecast": ["--model FORECASTER SERIES"],
    "generate": ["--model LANGUAGE_MODEL --prompt a"],
    "info": ["TAGGER"],
    "rate": ["--model REGRESSOR 'a good film'", "--model FEATURE_NUMBERS --file CURVES"],
    "recipes": [""],
    "recipes copy": ["sentiment"],
    "runs": ["RUNS"],
    "score": ["--model LANGUAGE_MODEL TEXT"],
    "serve": ["--port 0 CLASSIFIER"],
    "tag": ["--model TAGGER 'a good film'"],
    "transcribe": ["--model RECOGNIZER CLIP", "--model SEQ2SEQ_RECOGNIZER CLIP"],
    "translate": ["--model SEQ2SEQ 'a good film'"],
    "tune news": ["--dataset LABELLED --max-minutes 0.02 --threads 1 --epochs 1 --hidden-size 8 --embedding-size 8"],
}
"""Verb -> calls with which it works, arguments that are no options last; capitals stand for files."""

NOT_WORKING = ("datasets build",)
"""Verbs that need a download."""

_DATA = {
    "CLIPS": "speech",
    "CURVES": "sequences",
    "LABELLED": "news",
    "PAIRS": "translation",
    "RATED": "regression",
    "TAGGED": "tagging",
    "TEXT": "text_generation",
}
"""File -> recipe whose tiny data it is."""


def written(call: str, folder: Path, runs: Path) -> list[str]:
    """Return the arguments of a call, whose files are written into a folder.

    Args:
        call: of `VERBS`.
        folder: gets files and models, which the call may change.
        runs: folder with the runs "a" and "b".
    """
    return [_written(argument, folder, runs) for argument in shlex.split(call)]


def _written(argument: str, folder: Path, runs: Path) -> str:
    name = argument.lower()
    if argument.startswith("RUNS"):
        return argument.replace("RUNS", str(runs))
    if argument in _DATA:
        return str(trial_data.write_data(folder, _DATA[argument]))
    if argument == "NEW":
        return str(folder / "new")
    if argument == "CLIP":
        trial_data.write_clip(folder / "clips" / "1.wav", 1)
        return str(folder / "clips" / "1.wav")
    if argument == "SERIES":
        table = json.loads((_MODELS / "forecaster" / "expected.json").read_text(encoding="utf-8"))["table"]
        rows = [dict(zip(table, cells, strict=True)) for cells in zip(*table.values(), strict=True)]
        path = folder / "series.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return str(path)
    if argument.isupper():
        model: Path = shutil.copytree(_MODELS / name, folder / name)
        return str(model)
    return argument


def end_server() -> None:
    """Let `nlprnn serve` in this process end, as with Ctrl-C, as soon as it is ready."""
    from nlprnn.web import server

    serve = server.serve

    def serve_shortly(*positional: Any, ready: Callable[[], None]) -> None:
        def end() -> None:
            ready()
            os.kill(os.getpid(), signal.SIGINT)

        serve(*positional, ready=end)

    server.serve = serve_shortly
