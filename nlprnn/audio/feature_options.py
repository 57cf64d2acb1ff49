"""Definition of features, every constant of it: what a model keeps to hear as it has heard in training."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self, get_args

from nlprnn.errors import OptionError

Kind = Literal["log_mel", "mfcc"]
Window = Literal["hann", "hamming", "povey"]
MelScale = Literal["slaney", "htk", "kaldi"]
Logarithm = Literal["db", "ln"]
_CHOICES: dict[str, tuple[str, ...]] = {
    "kind": get_args(Kind),
    "window": get_args(Window),
    "mel_scale": get_args(MelScale),
    "logarithm": get_args(Logarithm),
}


@dataclass(frozen=True, kw_only=True)
class FeatureOptions:
    """Log-mel filter bank or MFCC features. The defaults are those of `librosa.feature` (0.11).

    A frame of `window_length` samples begins every `hop_length` samples. Its mean is subtracted (`remove_offset`), its
    high frequencies are emphasised (`preemphasis`), it is multiplied by the window, and the squared magnitude of its
    discrete Fourier transform of `fft_size` points is weighted by triangular mel filters. The logarithm of the
    `num_mels` sums, at least `floor`, is the log-mel filter bank; the first `num_cepstra` coefficients of its
    orthonormal DCT-II are the MFCC (Davis & Mermelstein 1980).

    Attributes:
        kind: "log_mel" or "mfcc".
        sample_rate: of the waveform, in Hz.
        fft_size: points of the Fourier transform.
        window_length: of a frame, in samples; None = `fft_size`.
        hop_length: between the beginnings of two frames, in samples.
        centered: frame t is centred at sample t * hop_length, and the waveform is padded with zeros by half a frame on
            both sides: 1 + N // hop_length frames. Else frames lie inside the waveform: 1 + (N - window_length) //
            hop_length of them, and none if it is shorter.
        window: "hann" (periodic), "hamming" (symmetric) or "povey" (symmetric Hann to the power of 0.85).
        preemphasis: factor of the previous sample of the frame, which is subtracted; 0 = none.
        remove_offset: subtract the mean of each frame.
        scale: factor of the waveform; 32768 where constants are meant for 16-bit integers.
        power: exponent of the magnitude: 2 = power, 1 = magnitude.
        num_mels: number of mel filters.
        low_frequency: lower end of the first filter, in Hz.
        high_frequency: upper end of the last filter, in Hz; None = half the sample rate.
        mel_scale: "slaney" (linear below 1 kHz, Slaney 1998), "htk" (2595 log10(1 + f / 700)), both with triangles
            over Hz; or "kaldi" (1127 ln(1 + f / 700)) with triangles over mel.
        area_norm: divide each filter by half its bandwidth in Hz (Slaney).
        logarithm: "db" (10 log10) or "ln" (natural).
        floor: least value of the logarithm's argument.
        dynamic_range: values more than this below the largest of the whole waveform are raised, in the unit of the
            logarithm; None = none. It needs the whole waveform, so that no stream has it.
        num_cepstra: of MFCC.
        lifter: L; coefficient n of MFCC is multiplied by 1 + L / 2 sin(pi n / L) (n + 1 in the "slaney" and "htk"
            scales, as in librosa); 0 = none.
        energy: replace the first coefficient of MFCC by the natural logarithm of the frame's energy, before
            pre-emphasis and window, as Kaldi does.
        deltas: 1 = append the first, 2 = the first and the second derivative over time.

    Raises:
        OptionError: a value is out of range.
    """

    kind: Kind = "log_mel"
    sample_rate: int = 22_050
    fft_size: int = 2048
    window_length: int | None = None
    hop_length: int = 512
    centered: bool = True
    window: Window = "hann"
    preemphasis: float = 0.0
    remove_offset: bool = False
    scale: float = 1.0
    power: float = 2.0
    num_mels: int = 128
    low_frequency: float = 0.0
    high_frequency: float | None = None
    mel_scale: MelScale = "slaney"
    area_norm: bool = True
    logarithm: Logarithm = "db"
    floor: float = 1e-10
    dynamic_range: float | None = 80.0
    num_cepstra: int = 20
    lifter: float = 0.0
    energy: bool = False
    deltas: int = 0

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise OptionError(f"{name} is {getattr(self, name)!r}: choose one of {', '.join(choices)}")
        for name in ("sample_rate", "fft_size", "hop_length", "num_mels", "num_cepstra", "floor", "power", "scale"):
            if not getattr(self, name) > 0:
                raise OptionError(f"{name} must be positive, got {getattr(self, name)}")
        if not 0 < self.frame_length <= self.fft_size:
            raise OptionError(f"window_length must be from 1 to fft_size {self.fft_size}, got {self.window_length}")
        if not 0 <= self.low_frequency < self.upper_frequency <= self.sample_rate / 2:
            raise OptionError(
                f"the mel filters reach from {self.low_frequency:g} to {self.upper_frequency:g} Hz: at a sample rate "
                f"of {self.sample_rate} Hz they must lie between 0 and {self.sample_rate / 2:g} Hz"
            )
        if self.kind == "mfcc" and self.num_cepstra > self.num_mels:
            raise OptionError(f"num_cepstra is {self.num_cepstra}: {self.num_mels} mel filters give at most as many")
        if self.deltas not in (0, 1, 2):
            raise OptionError(f"deltas must be 0, 1 or 2, got {self.deltas}")

    @classmethod
    def kaldi(cls, kind: Kind = "log_mel", *, sample_rate: int = 16_000, **changes: Any) -> Self:
        """Return Kaldi's definition (`compute-fbank-feats`, `compute-mfcc-feats`) without dither.

        Args:
            kind: "log_mel" or "mfcc".
            sample_rate: in Hz.
            changes: any other value.
        """
        kaldi = {
            "centered": False,
            "window": "povey",
            "remove_offset": True,
            "scale": 32_768.0,
            "num_mels": 23,
            "mel_scale": "kaldi",
            "area_norm": False,
            "floor": 1.1920928955078125e-07,
            "lifter": 22.0,
            "energy": kind == "mfcc",
        }
        return cls.speech(kind, sample_rate=sample_rate, **(kaldi | changes))

    @classmethod
    def speech(cls, kind: Kind = "log_mel", *, sample_rate: int = 16_000, **changes: Any) -> Self:
        """Return the definition for recognition of speech: librosa's with frames of 25 ms every 10 ms, as a stream can.

        Args:
            kind: "log_mel" or "mfcc".
            sample_rate: in Hz.
            changes: any other value.
        """
        window = round(0.025 * sample_rate)
        values: dict[str, Any] = {
            "fft_size": 1 << (window - 1).bit_length(),
            "window_length": window,
            "hop_length": round(0.010 * sample_rate),
            "preemphasis": 0.97,
            "num_mels": 40,
            "low_frequency": 20.0,
            "logarithm": "ln",
            "dynamic_range": None,
            "num_cepstra": 13,
        }
        return cls(kind=kind, sample_rate=sample_rate, **(values | changes))

    @property
    def frame_length(self) -> int:
        """Samples of a frame."""
        return self.fft_size if self.window_length is None else self.window_length

    @property
    def upper_frequency(self) -> float:
        """Upper end of the last mel filter, in Hz."""
        return self.sample_rate / 2 if self.high_frequency is None else self.high_frequency

    @property
    def left_padding(self) -> int:
        """Zeros before the waveform, in samples."""
        return self.fft_size // 2 - (self.fft_size - self.frame_length) // 2 if self.centered else 0

    @property
    def size(self) -> int:
        """Number of features of a frame, F."""
        return (self.num_mels if self.kind == "log_mel" else self.num_cepstra) * (1 + self.deltas)

    @property
    def num_levels(self) -> int:
        """Number of features, the first ones, to which a louder waveform adds the same number."""
        return self.num_mels if self.kind == "log_mel" else 1

    @property
    def frame_seconds(self) -> float:
        """Seconds from one frame to the next."""
        return self.hop_length / self.sample_rate

    def num_frames(self, samples: int) -> int:
        """Return the number of frames of a waveform of this many samples."""
        if self.centered:
            return 1 + samples // self.hop_length if samples else 0
        return max(0, 1 + (samples - self.frame_length) // self.hop_length)

    def to_mapping(self) -> dict[str, Any]:
        """Return every constant, as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_mapping(cls, values: dict[str, Any]) -> Self:
        """Return what `to_mapping` returned.

        Raises:
            OptionError: a name is unknown, or a value has another type or is out of range.
        """
        known = {field.name: field.default for field in fields(cls)}
        if unknown := sorted(values.keys() - known.keys()):
            raise OptionError(f"unknown constant of features: {unknown[0]}")
        for name, value in values.items():
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            expected = known[name]
            if isinstance(expected, bool) != isinstance(value, bool) or isinstance(expected, str) != isinstance(
                value, str
            ):
                raise OptionError(f"{name} is {value!r:.50}, which is of the wrong type")
            if value is not None and not isinstance(value, bool | str) and not is_number:
                raise OptionError(f"{name} is {value!r:.50}, which is no number")
        try:
            return cls(**values)
        except TypeError as error:
            raise OptionError(f"the constants of the features do not fit: {error}") from None
