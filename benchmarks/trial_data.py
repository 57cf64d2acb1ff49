"""Tiny data of every recipe, for the trials of `kills.py`, `damage.py` and `odd_options.py`."""

from __future__ import annotations

import datetime
import json
import math
import struct
import wave
from pathlib import Path
from typing import Any

_WORDS = ("good", "bad", "lovely", "dull")
_ROWS = 60
_CLIPS = 30
_SAMPLE_RATE = 4000
_DATA_FILES = {
    "forecasting": "sales.csv",
    "sequences": "curves.jsonl",
    "speech": "clips.csv",
    "tagging": "names.conll",
    "text_generation": "story.txt",
}


def data_file(folder: Path, recipe: str) -> Path:
    """Return the path of the tiny data file of a recipe in a folder."""
    return folder / _DATA_FILES.get(recipe, "data.jsonl")


def write_data(folder: Path, recipe: str) -> Path:
    """Write the tiny data file of a recipe, and the clips that it names, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = data_file(folder, recipe)
    path.write_text("\n".join(data_lines(recipe)) + "\n", encoding="utf-8")
    if recipe == "speech":
        for number in range(_CLIPS):
            write_clip(folder / _clip(number), number)
    return path


def data_lines(recipe: str) -> list[str]:
    """Return the lines of a tiny data file for a recipe; labels are those of the models in `tests/frozen_models`."""
    if recipe == "tagging":
        return [f"Berg{n} B-X\nsaw O\nVille{n % 7} B-naïve\n" for n in range(2 * _ROWS)]
    if recipe == "text_generation":
        return [f"Once upon a time fox {n} met hare {n * 7}.\n" for n in range(_ROWS)]
    if recipe == "forecasting":
        columns = series_table(_ROWS)
        return [",".join(row) for row in [columns, *zip(*columns.values(), strict=True)]]
    if recipe == "speech":
        return ["path,text", *(f"{_clip(n)},{('yes', 'no')[n % 2]}" for n in range(_CLIPS))]
    return [json.dumps(_row(recipe, n)) for n in range(_ROWS)]


def write_clip(path: Path, number: int) -> None:
    """Write a tone as a recording."""
    path.parent.mkdir(exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, _SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(struct.pack(f"<{len(samples := tone(number))}h", *samples))


def tone(number: int) -> list[int]:
    """Return the 16-bit samples of a fifth of a second of a tone, whose pitch depends on a number."""
    pitch = (0.3, 0.8)[number % 2] * (1 + number / 1000)
    return [int(9000 * math.sin(t * pitch)) for t in range(_SAMPLE_RATE // 5)]


def series_table(steps: int) -> dict[str, list[str]]:
    """Return the columns of a series with a covariate that is known in advance."""
    days, values = [], []
    for n in range(steps):
        days.append(str(datetime.date(2024, 1, 1) + datetime.timedelta(n)))
        values.append(str(n % 7 + n * n % 11 / 4))
    return {"date": days, "y": values, "price": [f"{5 + n % 3}" for n in range(steps)]}


def curve(number: int) -> list[list[float]]:
    """Return the features (T, 2) of a sequence."""
    return [[round(math.sin(number + t * (1 + number % 2)), 2), t % 3] for t in range(5 + number % 4)]


def _row(recipe: str, number: int) -> dict[str, Any]:
    word = _WORDS[number % 4]
    text = f"film number {number} is {word}"
    if recipe == "sequences":
        return {"features": curve(number), "label": ("left", "up")[number % 2]}
    if recipe == "translation":
        return {"en": text, "de": f"Film Nummer {number} ist {word}"}
    if recipe == "pretrain":
        return {"text": text}
    return {"text": text, "label": number % 4 + 0.5 if recipe == "regression" else ("good", "bad")[number % 2]}


def _clip(number: int) -> str:
    return f"clips/{number}.wav"
