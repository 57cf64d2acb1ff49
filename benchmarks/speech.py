"""Spoken digits: words on the official split, speakers that train does not have, and numbers of three to seven digits.

python benchmarks/speech.py --data speech_digits --task official --seeds 3
python benchmarks/speech.py --data speech_digits --task stream    # seconds until a word is shown, and speeds
python benchmarks/speech.py --data speech_digits --task unseen    # rejection of digits that train does not have

`--data` is a folder with `train.parquet` and `test.parquet` of the Free Spoken Digit Dataset (Z. Jackson et al., CC
BY-SA 4.0): samples, sampling_rate, label and speaker of each clip.
"""

from __future__ import annotations

import itertools
import json
import os
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median, pstdev
from typing import Any

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import soundfile

from nlprnn.pipelines import Recognizer, TranscriptionOptions

RECIPE = Path(__file__).parents[1] / "recipes" / "speech.py"
TASKS = ("official", "speakers", "numbers", "stream", "unseen")
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
OPTIONS: dict[str, Any] = {"subsampling": 3, "hold_out": "clips", "threads": 1}
UNSEEN_SPEAKER = {
    "normalize": "speaker",
    "speed": 0.2,
    "warp": 0.15,
    "noise": 0.5,
    "frequency_masks": 2,
    "time_masks": 1,
    "epochs": 12,
    "patience": 12,
}
"""Each speaker has a microphone and a room of his own, and a vocal tract, which his statistics take out."""

ADAPTATION_CLIPS = (20, 5)
"""Clips that a recognizer is adapted to, besides all and none."""

NUMBERS = 300
"""Sequences of the test set of numbers."""

MOST_DIGITS = 7
UNSEEN_DIGITS = ("seven", "eight", "nine")
"""Digits that are left out of training, which `--reject auto` should reject."""

FILE_MINUTES = (10, 60)
"""Files that a trained model transcribes: a longer one should take no more memory."""

MOST_SECONDS = 0.5
"""From the end of a word until a stream should have shown it."""

_FADE_SECONDS = 0.01
_ADAPTATIONS = 5
_CHUNK_SECONDS, _TAIL_SECONDS = 0.05, 1.0
"""Of a stream: samples that arrive together, and silence after a word."""

Clip = tuple[np.ndarray, str, str]
"""Samples (N,) int16, word, speaker."""

Case = tuple[list[Clip], list[Clip], dict[str, Any]]
"""Clips for training and for test, options of the recipe."""


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


def train(folder: Path, out: Path, seed: int, options: dict[str, Any]) -> Path:
    """Train on the data of a folder, and return the folder of the run."""
    main = runpy.run_path(str(RECIPE))["main"]
    run: Path = main.train(dataset=str(folder), out=out, seed=seed, **{**OPTIONS, **options})
    return run


def epochs_of(run: Path) -> float:
    """Return the epochs that a run was trained for."""
    last = (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    return float(json.loads(last)["epoch"])


def recording(path: Path, clips: Sequence[Clip], sample_rate: int, minutes: float) -> None:
    """Write clips, one after the other and again from the first, as a WAV file of some minutes."""
    missing = round(60 * minutes * sample_rate)
    with soundfile.SoundFile(path, "w", sample_rate, channels=1, subtype="PCM_16") as file:
        for samples, _, _ in itertools.cycle(clips):
            file.write(samples[:missing])
            missing -= len(samples)
            if missing <= 0:
                break


def show_file(run: Path, clips: Sequence[Clip], minutes: float) -> None:
    """Print how fast `nlprnn transcribe` is with a file of some minutes, its start included, and its peak of memory."""
    sample_rate = Recognizer.load(run, device="cpu").processor.features.sample_rate
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.wav"
        recording(path, clips, sample_rate, minutes)
        command = [sys.executable, "-m", "nlprnn.cli.main", "transcribe", "--model", str(run), "--device", "cpu"]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        with subprocess.Popen([*command, str(path)], stdout=subprocess.DEVNULL, env=environment) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise click.ClickException(f"nlprnn transcribe ended with {process.returncode}")
    seconds = usage.ru_utime + usage.ru_stime
    megabytes = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    click.echo(
        f"a file of {minutes:g} minutes: {seconds:.1f} s of processor time, {60 * minutes / seconds:.0f} times as fast "
        f"as real time; peak of memory {megabytes:.0f} MB"
    )


def show_stream(run: Path, clips: Sequence[Clip]) -> None:
    """Print how soon after the end of a word a stream shows one, and the processor time that it takes."""
    recognizer = Recognizer.load(run, device="cpu")
    rate, rng = recognizer.processor.features.sample_rate, np.random.default_rng(0)
    delays, right, computing, sound = [], 0, 0.0, 0.0
    for samples, word, _ in clips:
        tail = rng.normal(size=round(_TAIL_SECONDS * rate)) * 5.0
        wave = (np.concatenate([samples, tail]) / 32_768).astype(np.float32)
        stream, shown, size = recognizer.stream(), None, round(_CHUNK_SECONDS * rate)
        began = time.process_time()
        for start in range(0, len(wave), size):
            if stream.accept(wave[start : start + size]) and shown is None:
                shown = min(start + size, len(wave)) / rate - len(samples) / rate
        right += stream.finish().text == word
        computing += time.process_time() - began
        sound += len(wave) / rate
        delays += [] if shown is None else [shown]
    in_time = sum(delay <= MOST_SECONDS for delay in delays)
    delays = delays or [float("nan")]
    click.echo(
        f"seconds from the end of a word until it is shown: median {median(delays):.2f}, "
        f"95 % {np.quantile(delays, 0.95):.2f}; within {MOST_SECONDS:g} s {in_time} of {len(clips)}, right {right}; "
        f"a stream takes {computing / sound:.3f} s of processor time for a second of sound"
    )


def show_rejection(run: Path, clips: Sequence[Clip]) -> None:
    """Print what `--reject auto` accepts of digits that train has, and of others."""
    recognizer = Recognizer.load(run, device="cpu")
    threshold = recognizer.processor.reject or 0.0
    options = TranscriptionOptions(one_word=True, reject=threshold)
    accepted: dict[bool, list[bool]] = {True: [], False: []}
    for (_, word, _), one in zip(
        clips,
        recognizer.transcribe([(samples / 32_768).astype(np.float32) for samples, _, _ in clips], options),
        strict=True,
    ):
        is_unseen = word in UNSEEN_DIGITS
        accepted[is_unseen].append(bool(one.text) if is_unseen else one.text == word)
    shares = {is_unseen: 100.0 * mean(values) for is_unseen, values in accepted.items()}
    click.echo(
        f"--reject auto ({threshold:.3g}): right and accepted {shares[False]:.1f} % of the words that train has, "
        f"accepted {shares[True]:.1f} % of those that it has not"
    )


def show_adaptation(run: Path, clips: Sequence[Clip]) -> None:
    """Print how many words of a speaker are right after adaptation to a few clips, other clips each time, and none."""
    recognizer = Recognizer.load(run, device="cpu")
    options = TranscriptionOptions(one_word=True)
    sounds = [(samples / 32_768).astype(np.float32) for samples, _, _ in clips]
    rng, shown = np.random.default_rng(0), []
    for count in ADAPTATION_CLIPS:
        groups = np.array_split(rng.permutation(len(clips)), _ADAPTATIONS)
        right = 0
        for group in groups:
            others = np.setdiff1d(np.arange(len(clips)), group)
            adapted = recognizer.adapted([sounds[row] for row in rng.choice(others, count, replace=False)])
            texts = [one.text for one in adapted.transcribe([sounds[row] for row in group], options)]
            right += sum(text == clips[row][1] for text, row in zip(texts, group.tolist(), strict=True))
        shown.append(f"{100 * right / len(clips):.1f} % by {count} clips of the speaker")
    texts = [one.text for one in recognizer.transcribe(sounds, options)]
    by_itself = mean(text == word for text, (_, word, _) in zip(texts, clips, strict=True))
    click.echo(f"right: {', '.join(shown)}, {100 * by_itself:.1f} % each clip by itself")


def cases_of(task: str, train_clips: list[Clip], test_clips: list[Clip], sample_rate: int) -> dict[str, Case]:
    """Return the data and options of each training of a task, by name."""
    if task == "official":
        return {task: (train_clips, test_clips, {})}
    if task == "numbers":
        return {task: (train_clips, numbers(test_clips, NUMBERS, sample_rate, 1), {"concatenate": MOST_DIGITS})}
    if task == "stream":
        return {task: (train_clips, test_clips, {"bidirectional": False})}
    if task == "unseen":
        seen = [[clip for clip in clips if clip[1] not in UNSEEN_DIGITS] for clips in (train_clips, test_clips)]
        return {task: (seen[0], seen[1], {})}
    clips, cases = [*train_clips, *test_clips], {}
    for left_out in sorted({speaker for _, _, speaker in clips}):
        pair = [[clip for clip in clips if (clip[2] == left_out) == is_test] for is_test in (False, True)]
        cases[left_out] = (pair[0], pair[1], UNSEEN_SPEAKER)
    return cases


@click.command(context_settings={"show_default": True})
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of train.parquet, test.parquet.")
@click.option("--task", type=click.Choice(TASKS), default=TASKS[0], help="What is trained and measured.")
@click.option("--seeds", default=1, help="Number of seeds.")
@click.option("--speakers", help="Speakers to leave out, separated by commas.  [default: each in turn]")
@click.option("--epochs", type=int, help="Number of epochs.  [default: the recipe's plan]")
@click.option("--max-minutes", type=float, help="Minutes of a run, at most.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/speech_benchmark"), help="Folder of runs.")
def main(
    data: Path, task: str, seeds: int, speakers: str | None, epochs: int | None, max_minutes: float | None, out: Path
) -> None:
    """Train on spoken digits, and print mean and spread of the word error rates."""
    sample_rate = pq.read_table(data / "test.parquet", columns=["sampling_rate"])[0][0].as_py()
    train_clips, test_clips = (read(data / f"{split}.parquet") for split in ("train", "test"))
    limits = {"epochs": epochs, "max_minutes": max_minutes}
    fixed = {name: value for name, value in limits.items() if value is not None}
    accuracies = []
    for name, (for_training, for_test, options) in cases_of(task, train_clips, test_clips, sample_rate).items():
        if speakers and task == "speakers" and name not in speakers.split(","):
            continue
        folder = out / f"data_{name}"
        write(folder / "train.parquet", for_training, sample_rate)
        write(folder / "test.parquet", for_test, sample_rate)
        for seed in range(1, seeds + 1):
            began = time.process_time()
            run = train(folder, out / f"{name}_seed{seed}", seed, {**options, **fixed})
            seconds = time.process_time() - began
            scores = json.loads((run / "scores.json").read_text(encoding="utf-8"))["test"]
            accuracies.append(100.0 - scores["wer"])
            sound = epochs_of(run) * sum(len(samples) for samples, _, _ in for_training) / sample_rate
            click.echo(
                f"training: {seconds:.0f} s of processor time with all scores, {sound / seconds:.0f} times as fast as "
                "real time"
            )
            click.echo(f"{name}  seed {seed}  wer {scores['wer']:.2f}  exact {scores['exact']:.2f}")
            if name == "stream":
                show_stream(run, test_clips)
                for minutes in FILE_MINUTES:
                    show_file(run, test_clips, minutes)
            elif task == "speakers":
                show_adaptation(run, for_test)
            elif name == "unseen":
                show_rejection(run, test_clips)
    click.echo(f"100 - wer: mean {mean(accuracies):.2f}, spread {pstdev(accuracies):.2f} of {len(accuracies)} runs")


if __name__ == "__main__":
    main()
