"""Features: equal to librosa and to Kaldi, whole and as a stream."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.audio import FeatureOptions, FrameStream, extract_features
from nlprnn.audio.features import deltas
from nlprnn.audio.mel import mel_filters
from nlprnn.errors import OptionError

REFERENCE = json.loads((Path(__file__).parent / "reference_features.json").read_text(encoding="utf-8"))
HTK = {"fft_size": 512, "window_length": 400, "hop_length": 160, "num_mels": 40}
MAGNITUDE = {"sample_rate": 16_000, "power": 1.0, "low_frequency": 20.0, "logarithm": "ln", "dynamic_range": None}
OPTIONS = {
    "librosa log_mel defaults": (FeatureOptions(), 1.0),
    "librosa mfcc defaults": (FeatureOptions(kind="mfcc"), 1.0),
    "librosa mfcc lifter htk": (
        FeatureOptions(kind="mfcc", mel_scale="htk", num_cepstra=13, lifter=22.0, **HTK),
        1.0,
    ),
    "librosa log_mel 25 ms magnitude": (FeatureOptions(**HTK, **MAGNITUDE), 0.8),
    "kaldi fbank 16 kHz": (FeatureOptions.kaldi(), 0.8),
    "kaldi fbank 8 kHz 40 mels": (FeatureOptions.kaldi(sample_rate=8000, num_mels=40), 0.8),
    "kaldi mfcc 16 kHz": (FeatureOptions.kaldi("mfcc"), 0.8),
    "kaldi mfcc 8 kHz no energy": (FeatureOptions.kaldi("mfcc", sample_rate=8000, energy=False), 0.8),
}


def chirp(rate, seconds):
    """The signal of the reference, see `make_reference_features.py`."""
    t = np.arange(int(rate * seconds)) / rate
    wave = 0.4 * np.sin(2 * np.pi * (200 * t + 400 * t * t)) + 0.2 * np.sin(2 * np.pi * 1500 * t) * np.exp(-3 * t)
    return (wave + 0.05 * np.sin(1e4 * np.sin(7e3 * t))).astype(np.float32)


@pytest.mark.parametrize("name", REFERENCE["features"])
def test_features_equal_the_reference(name):
    (options, seconds), reference = OPTIONS[name], REFERENCE["features"][name]
    features = extract_features(chirp(options.sample_rate, seconds), options)
    assert list(features.shape) == reference["shape"]
    assert features[reference["rows"]] == pytest.approx(np.array(reference["values"]), rel=1e-4, abs=1e-4)


SPEECH = FeatureOptions.speech(sample_rate=8000)


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 700), max_size=8),
    st.sampled_from([SPEECH, FeatureOptions.kaldi("mfcc", sample_rate=8000)]),
)
def test_stream_equals_the_whole(sizes, options):
    waveform = np.random.default_rng(0).normal(size=sum(sizes)).astype(np.float32)
    stream = FrameStream(options)
    chunks = [stream.accept(chunk) for chunk in np.split(waveform, np.cumsum(sizes)[:-1])] if sizes else []
    streamed = np.concatenate([*chunks, stream.finish()])
    assert np.allclose(streamed, extract_features(waveform, options), atol=1e-4)
    assert len(streamed) == options.num_frames(len(waveform))


def test_stream_refuses_what_needs_later_samples():
    for options in (FeatureOptions(), FeatureOptions.speech(deltas=1)):
        with pytest.raises(OptionError, match="stream"):
            FrameStream(options)


def test_deltas_are_the_slope():
    ramp = torch.arange(12.0)[:, None] * torch.tensor([1.0, -3.0])
    assert torch.allclose(deltas(ramp)[2:-2], torch.tensor([1.0, -3.0]))
    # Of the first frame: frames before it are equal to it, n = 1, 2 over 2 * (1 + 4).
    assert deltas(ramp)[0, 0] == pytest.approx((1 * 1 + 2 * 2) / 10)
    features = extract_features(chirp(8000, 0.3), FeatureOptions.speech("mfcc", sample_rate=8000, deltas=2))
    assert features.shape[1] == 3 * 13
    assert features[:, 13:26] == pytest.approx(deltas(torch.from_numpy(features[:, :13])).numpy(), abs=1e-6)


def test_warp_moves_the_filters():
    options = FeatureOptions.speech(sample_rate=8000)
    centres = [mel_filters(options, warp).argmax(dim=0).float() for warp in (0.9, 1.0, 1.1)]
    inner = slice(10, 30)
    assert (centres[0][inner] < centres[1][inner]).all()
    assert (centres[1][inner] < centres[2][inner]).all()
    assert mel_filters(options, 1.1)[-1].sum() == pytest.approx(0.0, abs=1e-6)


def test_options_survive_json():
    for options, _ in OPTIONS.values():
        assert FeatureOptions.from_mapping(json.loads(json.dumps(options.to_mapping()))) == options


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"mel": 3}, "unknown constant of features: mel"),
        ({"window": "square"}, "choose one of hann, hamming, povey"),
        ({"num_mels": "many"}, "wrong type"),
        ({"low_frequency": 6000.0, "sample_rate": 8000}, "between 0 and 4000 Hz"),
        ({"hop_length": 0}, "hop_length must be positive"),
        ({"kind": "mfcc", "num_cepstra": 200}, "at most"),
        ({"window_length": 4096}, "from 1 to fft_size"),
        ({"deltas": 3}, "deltas must be"),
    ],
)
def test_odd_constants_are_refused(values, message):
    with pytest.raises(OptionError, match=message):
        FeatureOptions.from_mapping(values)


def test_no_samples_give_no_frames():
    for options in (SPEECH, FeatureOptions.kaldi()):
        assert extract_features(np.zeros(0, np.float32), options).shape == (0, options.size)
    assert extract_features(np.zeros(100, np.float32), FeatureOptions.kaldi()).shape == (0, 23)
