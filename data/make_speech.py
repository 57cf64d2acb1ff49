"""Write the sample data set `speech`: spoken digits and commands, by twelve voices of the synthesiser eSpeak NG.

python data/make_speech.py [--out DIR]; needs `pip install espeakng-loader==0.2.4 soundfile soxr`, which training does
not.
"""

from __future__ import annotations

import argparse
import csv
import ctypes
import random
from pathlib import Path
from typing import Any

import espeakng_loader
import numpy as np
import soundfile
import soxr

SEED = 2024
SAMPLE_RATE = 8000
CLIPS_A_VOICE = {"train": 44, "validation": 30, "test": 30}
VOICES = {
    "train": ["en-us", "en-gb-x-rp", "en-us+f2", "en+f3", "en-us+m3", "en-gb-scotland+m7", "en-us+f5", "en+m1"],
    "validation": ["en-us+m6", "en+f1"],
    "test": ["en-gb-scotland+f4", "en-us+m2"],
}
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
ROOMS = ["kitchen", "bedroom", "garden"]
THINGS = ["light", "radio", "heating"]
MOST_DIGITS = 5

_SYNCHRONOUS = 2
_RATE, _PITCH, _RANGE = 1, 3, 4


def sentence(generator: random.Random) -> str:
    """Return a number of two to five digits, or a command."""
    if generator.random() < 0.6:
        return " ".join(generator.choice(DIGITS) for _ in range(generator.randint(2, MOST_DIGITS)))
    thing, room = generator.choice(THINGS), generator.choice(ROOMS)
    switch = f"turn {generator.choice(['on', 'off'])} the {thing} in the {room}"
    forms = [switch, f"stop the {thing}", f"{thing} {generator.choice(['up', 'down'])}", "yes", "no", "stop"]
    return generator.choices(forms, weights=[4, 2, 2, 1, 1, 1])[0]


class Synthesiser:
    """The library eSpeak NG."""

    def __init__(self) -> None:
        self._library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        self.sample_rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
        self._samples: list[int] = []
        prototype = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self._callback = prototype(self._receive)  # kept, for the library does not
        self._library.espeak_SetSynthCallback(self._callback)

    def _receive(self, samples: Any, number: int, _: Any) -> int:
        if samples and number > 0:
            self._samples += samples[:number]
        return 0

    def speak(self, text: str, voice: str, *, rate: int, pitch: int, intonation: int) -> np.ndarray:
        """Return the waveform (N,) float32 of a text.

        Args:
            text: to speak.
            voice: of eSpeak NG.
            rate: words a minute.
            pitch: 0 to 100.
            intonation: range of the pitch, 0 to 100.

        Raises:
            ValueError: there is no such voice.
        """
        self._samples = []
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(f"eSpeak NG has no voice {voice}")
        for parameter, value in ((_RATE, rate), (_PITCH, pitch), (_RANGE, intonation)):
            self._library.espeak_SetParameter(parameter, value, 0)
        content = text.encode()
        self._library.espeak_Synth(content, len(content) + 1, 0, 0, 0, 1, None, None)
        self._library.espeak_Synchronize()
        waveform = np.array(self._samples, np.float32) / 32_768
        return soxr.resample(waveform, self.sample_rate, SAMPLE_RATE)


def make(out: Path) -> None:
    """Write clips and tables below `out`."""
    synthesiser, folder = Synthesiser(), out / "speech"
    (folder / "clips").mkdir(parents=True, exist_ok=True)
    for split, voices in VOICES.items():
        rows = []
        for voice in voices:
            generator = random.Random(f"{SEED} {voice}")
            for number in range(CLIPS_A_VOICE[split]):
                text = sentence(generator)
                rate, pitch, intonation = (generator.randint(*ends) for ends in ((140, 200), (35, 65), (40, 70)))
                waveform = synthesiser.speak(text, voice, rate=rate, pitch=pitch, intonation=intonation)
                noise = np.random.default_rng([SEED, number]).standard_normal(len(waveform)) * 10 ** (-55 / 20)
                name = f"clips/{voice.replace('+', '-')}-{number:02}.ogg"
                soundfile.write(folder / name, waveform + noise, SAMPLE_RATE, format="OGG", subtype="OPUS")
                rows.append({"path": name, "text": text, "speaker": voice})
        with (folder / f"{split}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["path", "text", "speaker"], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def main() -> None:
    """Parse the command line and write the files."""
    parser = argparse.ArgumentParser(description="Write the sample data set speech.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder (default: this one)")
    make(parser.parse_args().out)


if __name__ == "__main__":
    main()
