"""Sound files: every form to the same waveform, and one sentence for those that cannot be read."""

from __future__ import annotations

import logging
import os
import tracemalloc

import numpy as np
import pytest
import soundfile

from nlprnn.audio import library as audio_library
from nlprnn.audio import read_audio, resample, stream_audio
from nlprnn.errors import DataError, NlprnnError

RATE = 8000


def tone(seconds=0.5, rate=RATE, frequency=300.0):
    return (0.3 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


@pytest.fixture
def write(tmp_path):
    def write_file(name, samples, rate=RATE, **options):
        path = tmp_path / name
        soundfile.write(path, samples, rate, **options)
        return path

    return write_file


@pytest.mark.parametrize(("suffix", "tolerance"), [("wav", 1e-4), ("flac", 1e-4), ("ogg", 0.05), ("mp3", 0.05)])
def test_every_form_gives_the_waveform(write, suffix, tolerance):
    waveform, rate = read_audio(write(f"a.{suffix}", tone()))
    assert rate == RATE
    assert waveform.dtype == np.float32
    inner = slice(1000, 3000)
    assert waveform[inner] == pytest.approx(tone()[inner], abs=tolerance)


def test_channels_are_mixed_and_rates_converted(write):
    channels = np.stack([tone(rate=192_000) * weight for weight in np.linspace(0, 2, 8)], axis=1)
    path = write("eight.wav", channels, 192_000)
    waveform, rate = read_audio(path, RATE)
    assert (len(waveform), rate) == (4000, RATE)
    assert waveform[500:3500] == pytest.approx(tone()[500:3500], abs=2e-3)
    assert read_audio(path.read_bytes(), RATE)[0] == pytest.approx(waveform)
    with path.open("rb") as file:
        assert read_audio(file, RATE)[0] == pytest.approx(waveform)


def test_stream_equals_the_whole(write):
    path = write("long.wav", np.random.default_rng(0).normal(size=25 * 11_025).clip(-1, 1) * 0.2, 11_025)
    whole, _ = read_audio(path, RATE)
    streamed = np.concatenate(list(stream_audio(path, RATE)))
    assert abs(len(streamed) - len(whole)) <= 1
    shorter = min(len(streamed), len(whole))
    assert np.abs(streamed[:shorter] - whole[:shorter]).max() < 1e-3


def test_stream_keeps_memory_flat(write):
    def peak(seconds):
        path = write(f"{seconds}.flac", np.zeros(seconds * RATE, np.int16))
        tracemalloc.start()
        samples = sum(map(len, stream_audio(path, RATE)))
        assert samples == seconds * RATE
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    assert peak(600) < 1.5 * peak(60)


def test_resampling_keeps_a_tone():
    assert resample(tone(rate=16_000), 16_000, 8000)[200:-200] == pytest.approx(tone()[200:-200], abs=2e-3)
    assert resample(tone(), RATE, RATE) is not None
    assert len(resample(np.zeros(0, np.float32), RATE, 16_000)) == 0


def damaged_files(folder):
    """Files that cannot be read, by what their sentence has to contain."""
    (folder / "text.wav").write_text("This is a text.", encoding="utf-8")
    (folder / "empty.wav").write_bytes(b"")
    soundfile.write(folder / "silent.wav", np.zeros(0), RATE)
    soundfile.write(folder / "nan.wav", np.full(100, np.nan), RATE, subtype="FLOAT")
    soundfile.write(folder / "whole.flac", np.random.default_rng(0).normal(size=20_000) * 0.1, RATE)
    os.mkfifo(folder / "pipe.wav")
    (folder / "half.flac").write_bytes((folder / "whole.flac").read_bytes()[:20_000])
    return {
        "text.wav": "is no sound",
        "empty.wav": "is no sound",
        "silent.wav": "has no samples",
        "nan.wav": "not finite",
        "half.flac": "truncated|damaged",
        "missing.wav": "no such file",
        ".": "is a folder",
        "pipe.wav": "is a named pipe, not a sound file",
    }


def test_each_damage_has_its_sentence(tmp_path):
    for name, message in damaged_files(tmp_path).items():
        with pytest.raises(DataError, match=message) as error:
            read_audio(tmp_path / name)
        assert str(tmp_path / name) in str(error.value)
        with pytest.raises(DataError, match=message):
            list(stream_audio(tmp_path / name, RATE))


def test_truncated_wav_is_read_with_a_warning(write, caplog):
    path = write("half.wav", tone())
    path.write_bytes(path.read_bytes()[:3000])
    with caplog.at_level(logging.WARNING):
        waveform, _ = read_audio(path)
    assert waveform == pytest.approx(tone()[: len(waveform)], abs=1e-4)
    assert "is truncated" in caplog.text


def test_clipping_is_reported(write, caplog):
    with caplog.at_level(logging.WARNING):
        read_audio(write("loud.wav", np.clip(10 * tone(), -1, 1)))
    assert "is clipped" in caplog.text


def test_missing_library_is_one_sentence(monkeypatch):
    def fail(name):
        raise ImportError(name)

    monkeypatch.setattr(audio_library, "import_module", fail)
    with pytest.raises(NlprnnError, match=r"pip install \"nlprnn\[audio\]\""):
        read_audio("a.wav")
