"""Spoken digits: words on the official split, speakers that train does not have, and numbers of three to seven digits.

python benchmarks/speech.py --data speech_digits --task official --seeds 3

`--data` is a folder with `train.parquet` and `test.parquet` of the Free Spoken Digit Dataset (Z. Jackson et al., CC
BY-SA 4.0): samples, sampling_rate, label and speaker of each clip.
"""

from __future__ import annotations

import argparse
import json
import runpy
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, pstdev
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

RECIPE = Path(__file__).parents[1] / "recipes" / "speech.py"
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
OPTIONS: dict[str, Any] = {"subsampling": 3, "hold_out": "clips", "threads": 1}
UNSEEN_SPEAKER = {"speed": 0.2, "warp": 0.1, "noise": 0.5, "frequency_masks": 2}
NUMBERS = 300
"""Sequences of the test set of numbers."""

MOST_DIGITS = 7
_FADE_SECONDS = 0.01

Clip = tuple[np.ndarray, str, str]
"""Samples (N,) int16, word, speaker."""


def read(path: Path) -> list[Clip]:
    """Read the clips of a Parquet file."""
    table = pq.read_table(path)
    values = zip(*(table[name].to_pylist() for name in ("waveform", "label", "speaker")), strict=True)
    return [(np.array(samples, np.int16), DIGITS[label], speaker) for samples, label, speaker in values]


def write(path: Path, clips: Sequence[Clip], sample_rate: int) -> None:
    """Write clips as a Parquet file that the recipe reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples, texts, speakers = zip(*clips, strict=True)
    columns = {
        "waveform": pa.array([row.tolist() for row in samples], pa.list_(pa.int16())),
        "sampling_rate": pa.array([sample_rate] * len(clips), pa.int32()),
        "transcript": list(texts),
        "speaker": list(speakers),
    }
    pq.write_table(pa.table(columns), path)


def numbers(clips: Sequence[Clip], count: int, sample_rate: int, seed: int) -> list[Clip]:
    """Concatenate three to seven clips of one speaker, with pauses or cross-fades between."""
    rng = np.random.default_rng(seed)
    speakers = sorted({speaker for _, _, speaker in clips})
    of = {speaker: [clip for clip in clips if clip[2] == speaker] for speaker in speakers}
    fade = round(_FADE_SECONDS * sample_rate)
    ramp = np.linspace(0.0, 1.0, fade)
    made = []
    for _ in range(count):
        speaker = speakers[rng.integers(len(speakers))]
        chosen = [of[speaker][index] for index in rng.integers(len(of[speaker]), size=rng.integers(3, MOST_DIGITS + 1))]
        wave = chosen[0][0].astype(np.float64)
        for samples, _, _ in chosen[1:]:
            following = samples.astype(np.float64)
            following[:fade] *= ramp
            wave[-fade:] *= ramp[::-1]
            if rng.random() < 0.5:  # cross-fade
                wave[-fade:] += following[:fade]
                wave = np.concatenate([wave, following[fade:]])
            else:
                pause = rng.normal(size=rng.integers(round(0.2 * sample_rate))) * 5.0
                wave = np.concatenate([wave, pause, following])
        made.append((np.clip(wave, -32_768, 32_767).astype(np.int16), " ".join(word for _, word, _ in chosen), speaker))
    return made


def score(folder: Path, out: Path, seed: int, options: dict[str, Any]) -> dict[str, float]:
    """Train on the data of a folder, and return the scores of its test split."""
    main = runpy.run_path(str(RECIPE))["main"]
    run = main.train(dataset=str(folder), out=out, seed=seed, **{**OPTIONS, **options})
    scores: dict[str, float] = json.loads((run / "scores.json").read_text(encoding="utf-8"))["test"]
    return scores


def main() -> None:
    """Parse the command line, train, and print mean and spread."""
    parser = argparse.ArgumentParser(description="Word error rates on spoken digits.")
    parser.add_argument("--data", type=Path, required=True, help="folder with train.parquet and test.parquet")
    parser.add_argument("--task", choices=["official", "speakers", "numbers"], default="official")
    parser.add_argument("--seeds", type=int, default=1, help="number of seeds")
    parser.add_argument("--speakers", nargs="*", help="speakers to leave out (default: each in turn)")
    parser.add_argument("--out", type=Path, default=Path("runs/speech_benchmark"), help="folder of the runs")
    parser.add_argument("--epochs", type=int, help="epochs (default: the recipe's plan)")
    parser.add_argument("--max-minutes", type=float, help="minutes of a run (default: as its epochs take)")
    arguments = parser.parse_args()
    sample_rate = pq.read_table(arguments.data / "test.parquet", columns=["sampling_rate"])[0][0].as_py()
    train, test = (read(arguments.data / f"{split}.parquet") for split in ("train", "test"))
    limits = {"epochs": arguments.epochs, "max_minutes": arguments.max_minutes}
    fixed = {name: value for name, value in limits.items() if value is not None}
    cases: dict[str, tuple[list[Clip], list[Clip], dict[str, Any]]] = {}
    if arguments.task == "official":
        cases["official"] = (train, test, {})
    elif arguments.task == "numbers":
        cases["numbers"] = (train, numbers(test, NUMBERS, sample_rate, seed=1), {"concatenate": MOST_DIGITS})
    else:
        clips = [*train, *test]
        for left_out in arguments.speakers or sorted({speaker for _, _, speaker in clips}):
            pair = [[clip for clip in clips if (clip[2] == left_out) == is_test] for is_test in (False, True)]
            cases[left_out] = (pair[0], pair[1], UNSEEN_SPEAKER)
    accuracies = []
    for name, (for_training, for_test, options) in cases.items():
        folder = arguments.out / f"data_{name}"
        write(folder / "train.parquet", for_training, sample_rate)
        write(folder / "test.parquet", for_test, sample_rate)
        for seed in range(1, arguments.seeds + 1):
            scores = score(folder, arguments.out / f"{name}_seed{seed}", seed, {**options, **fixed})
            accuracies.append(100.0 - scores["wer"])
            print(f"{name}  seed {seed}  wer {scores['wer']:.2f}  exact {scores['exact']:.2f}", flush=True)
    print(f"100 - wer: mean {mean(accuracies):.2f}, spread {pstdev(accuracies):.2f} of {len(accuracies)} runs")


if __name__ == "__main__":
    main()
