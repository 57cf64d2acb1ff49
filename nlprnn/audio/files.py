"""Sound files as waveforms: WAV, FLAC, OGG, MP3 and what else libsndfile decodes; nothing in a file is executed."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nlprnn.audio.library import audio_library
from nlprnn.audio.resampling import ResampleStream, resample
from nlprnn.errors import DataError
from nlprnn.path_kinds import kind_of_path

logger = logging.getLogger(__name__)

AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aiff", ".aif", ".au", ".w64"})
"""Suffixes of the files that are taken for sound in folders."""

AudioSource = str | Path | bytes | BinaryIO
"""A path, the bytes of a file, or an open binary file."""

_BLOCK_SECONDS = 10
_CLIPPED, _CLIPPED_SHARE = 0.999, 0.001
_HIGHEST_RATE = 768_000


def read_audio(
    source: AudioSource, sample_rate: int | None = None, *, name: str | None = None
) -> tuple[np.ndarray, int]:
    """Read a sound file: all channels mixed to one by their mean, and resampled.

    Args:
        source: path, bytes or open file.
        sample_rate: of the result, in Hz; None = that of the file.
        name: of the source in messages; None = its path.

    Returns:
        waveform (N,) float32 in [-1, 1], and its sample rate.

    Raises:
        DataError: the file is missing, is no sound, has no samples, or is shorter than its header announces.
        NlprnnError: soundfile is not installed.
    """
    name = name or _name(source)
    with _opened(source, name) as file:
        rate = int(file.samplerate)
        mono = np.concatenate(list(_blocks(file, name)))
    _report_clipping(mono, name)
    if sample_rate is None or sample_rate == rate:
        return mono, rate
    return resample(mono, rate, sample_rate), sample_rate


def stream_audio(source: AudioSource, sample_rate: int, *, name: str | None = None) -> Iterator[np.ndarray]:
    """Yield the waveform of a sound file in blocks of some seconds, in constant memory.

    Args:
        source: path, bytes or open file.
        sample_rate: of the blocks, in Hz.
        name: of the source in messages; None = its path.

    Yields:
        (N,) float32, mono; together equal to the waveform of `read_audio`.

    Raises:
        DataError: as `read_audio`.
        NlprnnError: soundfile is not installed.
    """
    name = name or _name(source)
    with _opened(source, name) as file:
        stream = ResampleStream(file.samplerate, sample_rate)
        for block in _blocks(file, name):
            yield stream.accept(block)
        yield stream.accept(np.zeros(0, np.float32), last=True)


def is_audio_file(path: Path) -> bool:
    """Return whether the suffix of a path is one of sound."""
    return path.suffix.lower() in AUDIO_SUFFIXES


def _name(source: AudioSource) -> str:
    if isinstance(source, bytes):
        return "the sound"
    return str(source if isinstance(source, str | Path) else getattr(source, "name", "the sound"))


@contextmanager
def _opened(source: AudioSource, name: str) -> Iterator[Any]:
    """Open a sound file.

    Raises:
        DataError: it is missing or no sound, or has no samples.
    """
    soundfile = audio_library("soundfile")
    if isinstance(source, str | Path):
        path = Path(source).expanduser()
        if not path.is_file():
            is_what = f"is {kind_of_path(path)}, not a sound file" if path.exists() else "no such file"
            raise DataError(f"{name}: {is_what}")
        source = str(path)
    elif isinstance(source, bytes):
        source = io.BytesIO(source)
    try:
        file = soundfile.SoundFile(source)
    except soundfile.LibsndfileError as error:
        raise DataError(f"{name} is no sound that can be read ({_reason(error)}): give WAV, FLAC, OGG or MP3") from None
    with file:
        if not 0 < file.samplerate <= _HIGHEST_RATE:
            raise DataError(f"{name} has a sample rate of {file.samplerate} Hz: record or convert it again")
        yield file


def _blocks(file: Any, name: str) -> Iterator[np.ndarray]:
    """Yield a file block by block, (N,) float32, its channels mixed.

    Raises:
        DataError: it has no samples, ends too early, or has samples that are no numbers.
    """
    soundfile = audio_library("soundfile")
    size, read = max(1, _BLOCK_SECONDS * int(file.samplerate)), 0
    while True:
        try:
            block = file.read(size, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise DataError(
                f"{name} is damaged after {_seconds(read, file)} ({_reason(error)}): copy it again"
            ) from None
        if not len(block):
            break
        if not np.isfinite(block).all():
            raise DataError(f"{name} has samples that are not finite numbers: record or convert it again")
        read += len(block)
        yield block.mean(axis=1) if block.shape[1] > 1 else block[:, 0]
    if not read:
        raise DataError(f"{name} has no samples: record or copy it again")
    # Of MP3 the number in the header is an estimate.
    if file.format != "MP3" and 0 < read < file.frames < 2**62:
        raise DataError(
            f"{name} is truncated: it has {_seconds(read, file)} of {_seconds(file.frames, file)}; copy it again"
        )
    if missing := _missing_bytes(file):
        logger.warning("%s is truncated: %d bytes of its sound are missing at the end", name, missing)


def _missing_bytes(file: Any) -> int:
    """Return the number of bytes that the header of a WAV file announces and the file lacks; 0 for other forms."""
    if file.format not in ("WAV", "WAVEX") or not isinstance(file.name, str):
        return 0
    path = Path(file.name)
    with path.open("rb") as raw:
        head = raw.read(8)
    announced = int.from_bytes(head[4:8], "little") + 8
    missing = announced - path.stat().st_size
    return missing if head[:4] == b"RIFF" and announced < 2**32 - 8 and missing > 1 else 0


def _report_clipping(waveform: np.ndarray, name: str) -> None:
    share = float((np.abs(waveform) >= _CLIPPED).mean())
    if share > _CLIPPED_SHARE:
        logger.warning(
            "%s is clipped: %.1f %% of its samples are at full scale; record it with less gain", name, 100 * share
        )


def _seconds(samples: int, file: Any) -> str:
    return f"{samples / file.samplerate:.2f} s"


def _reason(error: Exception) -> str:
    return str(getattr(error, "error_string", error)).strip().rstrip(".")
