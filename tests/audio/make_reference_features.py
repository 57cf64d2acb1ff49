"""Write `reference_features.json`: features by librosa and by a library with Kaldi's code.

Run in an environment with `pip install librosa==0.11.0 kaldi-native-fbank==1.23.0`.
"""

import json
from pathlib import Path

import kaldi_native_fbank as knf
import librosa
import numpy as np


def chirp(rate, seconds):
    t = np.arange(int(rate * seconds)) / rate
    wave = 0.4 * np.sin(2 * np.pi * (200 * t + 400 * t * t)) + 0.2 * np.sin(2 * np.pi * 1500 * t) * np.exp(-3 * t)
    return (wave + 0.05 * np.sin(1e4 * np.sin(7e3 * t))).astype(np.float32)


def record(features):
    """Keep four frames of (T, F) features."""
    rows = [0, 1, len(features) // 2, len(features) - 1]
    values = [[round(float(value), 5) for value in features[row]] for row in rows]
    return {"shape": list(features.shape), "rows": rows, "values": values}


def kaldi(options, extractor, rate):
    options.frame_opts.dither = 0
    options.frame_opts.samp_freq = rate
    online = extractor(options)
    online.accept_waveform(rate, (chirp(rate, 0.8) * 32768).tolist())
    online.input_finished()
    return np.array([online.get_frame(frame) for frame in range(online.num_frames_ready)])


def main():
    wave = chirp(22_050, 1.0)
    htk = {"n_fft": 512, "win_length": 400, "hop_length": 160, "n_mels": 40}
    lifted = {"n_mfcc": 13, "lifter": 22, "htk": True, "norm": "ortho"}
    magnitude = librosa.feature.melspectrogram(y=chirp(16_000, 0.8), sr=16_000, fmin=20, power=1.0, **htk)
    wide = knf.FbankOptions()
    wide.mel_opts.num_bins = 40
    cepstra = knf.MfccOptions()
    cepstra.use_energy = False
    features = {
        "librosa log_mel defaults": librosa.power_to_db(librosa.feature.melspectrogram(y=wave, sr=22_050)).T,
        "librosa mfcc defaults": librosa.feature.mfcc(y=wave, sr=22_050).T,
        "librosa mfcc lifter htk": librosa.feature.mfcc(y=wave, sr=22_050, **lifted, **htk).T,
        "librosa log_mel 25 ms magnitude": np.log(np.maximum(magnitude, 1e-10)).T,
        "kaldi fbank 16 kHz": kaldi(knf.FbankOptions(), knf.OnlineFbank, 16_000),
        "kaldi fbank 8 kHz 40 mels": kaldi(wide, knf.OnlineFbank, 8000),
        "kaldi mfcc 16 kHz": kaldi(knf.MfccOptions(), knf.OnlineMfcc, 16_000),
        "kaldi mfcc 8 kHz no energy": kaldi(cepstra, knf.OnlineMfcc, 8000),
    }
    content = {
        "source": "librosa 0.11.0 and kaldi-native-fbank 1.23.0, by make_reference_features.py",
        "features": {name: record(rows) for name, rows in features.items()},
    }
    path = Path(__file__).with_name("reference_features.json")
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
