"""Make the sample `gestures`: accelerations of a hand, of several subjects, as integers in thousandths of g.

    python data/make_gestures.py --out data

The gestures are three pairs. Those of a pair differ in the order of their movements alone: mean, deviation, least and
greatest value of each axis say which pair it is, and not which of the two.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 5
RATE = 25.0
SUBJECTS, REPETITIONS = 10, 10
GESTURES = ("circle_left", "circle_right", "push_then_twist", "twist_then_push", "wave_fading", "wave_growing")


def gesture(name: str, tempo: float, cycles: float, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Return the accelerations (T, 3) of a gesture in g, without gravity and noise.

    Args:
        name: of `GESTURES`.
        tempo: cycles a second.
        cycles: how many.
        strength: amplitude.
        rng: of small irregularities.
    """
    steps = round(RATE * cycles / tempo)
    place = np.arange(steps) / steps
    wobble = 0.3 * np.sin(2 * np.pi * (place * rng.uniform(0.3, 0.8) + rng.uniform()))
    phase = 2 * np.pi * cycles * place + wobble + rng.uniform(0, 2 * np.pi)
    if name.startswith("circle"):
        turn = 1.0 if name == "circle_left" else -1.0
        axes = [np.cos(phase), turn * np.sin(phase), 0.1 * np.sin(2 * phase)]
    elif name.startswith("wave"):
        growing = 0.25 + 0.75 * place
        size = growing if name == "wave_growing" else growing[::-1]
        axes = [size * np.sin(phase), 0.3 * size * np.cos(phase), 0.1 * np.cos(phase)]
    else:
        push, twist = np.sin(phase), np.sign(np.sin(phase)) * np.abs(np.sin(phase)) ** 0.5
        first = 1.0 / (1.0 + np.exp(30.0 * (place - rng.uniform(0.42, 0.58))))
        of_push = first if name == "push_then_twist" else 1.0 - first
        axes = [0.2 * twist * (1 - of_push), 0.8 * twist * (1 - of_push), push * of_push]
    return strength * np.stack(axes, axis=1)


def rotation(angles: np.ndarray) -> np.ndarray:
    """Return the rotation (3, 3) by angles about the three axes, in radians."""
    (a, b, c), one = angles, 1.0
    about_x = np.array([[one, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, one, 0], [-np.sin(b), 0, np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, one]])
    return about_x @ about_y @ about_z


def make() -> pa.Table:
    """Return the rows: subject, label, tempo and acceleration."""
    rng = np.random.default_rng(SEED)
    rows = []
    for subject in range(1, SUBJECTS + 1):
        turned = rotation(rng.uniform(-0.2, 0.2, size=3))
        strength, usual_tempo = rng.uniform(0.6, 1.2), rng.uniform(0.9, 1.8)
        for name in GESTURES:
            for _ in range(REPETITIONS):
                tempo = float(np.clip(usual_tempo * rng.uniform(0.75, 1.3), 0.7, 2.2))
                movement = gesture(name, tempo, rng.uniform(2.5, 4.5), strength * rng.uniform(0.8, 1.2), rng)
                held = rng.normal(scale=0.05, size=3) + np.array([0.0, 0.0, 1.0])
                measured = (movement + held) @ turned.T + rng.normal(scale=0.12, size=movement.shape)
                steps: list[list[int] | None] = np.rint(1000 * measured).astype(int).tolist()
                for lost in rng.integers(len(steps), size=rng.integers(0, 3)):
                    steps[lost] = None
                rows.append((f"s{subject:02}", name, round(tempo, 2), steps))
    order = rng.permutation(len(rows))
    subjects, labels, tempos, steps = zip(*(rows[row] for row in order), strict=True)
    acceleration = pa.array(steps, pa.list_(pa.list_(pa.int16())))
    return pa.table({"subject": subjects, "label": labels, "tempo": tempos, "acceleration": acceleration})


def main() -> None:
    """Write the Parquet file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    folder = parser.parse_args().out / "gestures"
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(make(), folder / "gestures.parquet", compression="zstd")


if __name__ == "__main__":
    main()
