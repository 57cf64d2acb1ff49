"""Processor of speech: sound to normalized features, transcripts to tokens; every constant is kept with the model."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Literal, Self, get_args

import numpy as np

from nlprnn.audio import FeatureOptions, Normalization, extract_features
from nlprnn.audio.normalization import normalize_utterance
from nlprnn.errors import NlprnnError, OptionError
from nlprnn.serialization.atomic_files import write_json
from nlprnn.serialization.model_files import damaged, read_json
from nlprnn.text import Tokenizer
from nlprnn.text.tokenizer import load_tokenizer

SPEECH_FILE = "speech.json"
Statistics = Literal["utterance", "speaker", "training", "none"]


@dataclass(frozen=True, kw_only=True)
class SpeechProcessor:
    """Features and alphabet of a speech recognizer.

    Attributes:
        features: definition of the features.
        tokenizer: transcripts to token ids: of characters, subwords or words. The id of padding is that of the blank.
        statistics: what features are normalized by: their utterance, its speaker, all training data (which a stream
            can), or none.
        normalization: of the training data; of statistics of the speaker what is expected of any; None = not by these.
        lowercase: whether transcripts are in lower case.
        reject: confidence below which a transcript should be rejected, from the validation clips; None = not known.
        words: the only words that are recognized where no others are requested; () = any text.
        one_word: whether a training clip has one of the words.
        warp: factor of the frequencies, see `nlprnn.audio.mel.mel_filters`.
    """

    kind: ClassVar[str] = "speech"

    features: FeatureOptions
    tokenizer: Tokenizer
    statistics: Statistics = "utterance"
    normalization: Normalization | None = field(default=None, compare=False)
    lowercase: bool = False
    reject: float | None = None
    words: Sequence[str] = ()
    one_word: bool = False
    warp: float = 1.0

    def __post_init__(self) -> None:
        if self.statistics not in get_args(Statistics):
            raise OptionError(
                f"unknown statistics {self.statistics!r}: choose one of {', '.join(get_args(Statistics))}"
            )
        if (self.statistics in ("training", "speaker")) != (self.normalization is not None):
            raise OptionError("statistics of training data or speakers need a mean and deviation, others have none")

    @property
    def blank(self) -> int:
        """Id of the blank."""
        return self.tokenizer.pad_id

    def __call__(self, waveform: np.ndarray) -> np.ndarray:
        """Return the normalized features (T, F) float32 of a waveform (N,) float32 at the features' sample rate."""
        return self.normalize(extract_features(waveform, self.features, warp=self.warp))

    def normalize(self, features: np.ndarray) -> np.ndarray:
        """Return features (T, F) float32 normalized."""
        if self.statistics == "utterance":
            return normalize_utterance(features)
        if self.statistics == "speaker":  # who is known by nothing else
            return self.adapted([features]).normalize(features)
        return features if self.normalization is None else self.normalization(features)

    def adapted(self, rows: Iterable[np.ndarray], *, warp: float = 1.0) -> Self:
        """Return the processor of a speaker, if this one normalizes by speakers.

        Args:
            rows: features (T, F) of each of his recordings, not normalized, with this warp.
            warp: factor of the frequencies of his voice.
        """
        if self.statistics != "speaker" or self.normalization is None:
            return self
        normalization = self.normalization.adapted(rows, num_levels=self.features.num_levels)
        return replace(self, statistics="training", normalization=normalization, warp=warp)

    def clean(self, transcript: str) -> str:
        """Return a transcript as the model writes it: NFC, single spaces, and lower case if it was trained so."""
        return clean_transcript(transcript, lowercase=self.lowercase)

    def save(self, folder: str | Path) -> None:
        """Write the processor and its tokenizer into a folder."""
        statistics: dict[str, object] = {"kind": self.statistics}
        if self.normalization is not None:
            statistics |= {"mean": self.normalization.mean.tolist(), "std": self.normalization.std.tolist()}
        self.tokenizer.save(folder)
        content = {
            "features": self.features.to_mapping(),
            "normalization": statistics,
            "lowercase": self.lowercase,
            "reject": self.reject,
            "words": list(self.words),
            "one_word": self.one_word,
            "warp": self.warp,
        }
        write_json(Path(folder) / SPEECH_FILE, content)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what `save` wrote.

        Raises:
            ModelError: a file is missing or damaged.
        """
        path = Path(folder) / SPEECH_FILE
        content = read_json(path)
        try:
            statistics = content["normalization"]
            normalization = None
            if "mean" in statistics:
                mean, std = (np.array(statistics[name], np.float32) for name in ("mean", "std"))
                normalization = Normalization(mean, std)
            processor = cls(
                features=FeatureOptions.from_mapping(content["features"]),
                tokenizer=load_tokenizer(folder),
                statistics=statistics["kind"],
                normalization=normalization,
                lowercase=bool(content["lowercase"]),
                reject=None if content["reject"] is None else float(content["reject"]),
                words=tuple(map(str, content["words"])),
                one_word=bool(content["one_word"]),
                warp=float(content.get("warp", 1.0)),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, NlprnnError) and not isinstance(error, OptionError):
                raise
            raise damaged(path, str(error)) from error
        if normalization is not None and not processor.fits(normalization):
            raise damaged(path, f"its normalization is not of {processor.features.size} positive numbers")
        return processor

    def fits(self, normalization: Normalization) -> bool:
        """Return whether a normalization has a mean and a positive deviation for each feature."""
        shape = (self.features.size,)
        return normalization.mean.shape == normalization.std.shape == shape and bool((normalization.std > 0).all())


def clean_transcript(transcript: str, *, lowercase: bool) -> str:
    """Return a transcript in NFC with single spaces, and in lower case if requested."""
    text = " ".join(unicodedata.normalize("NFC", transcript).split())
    return text.lower() if lowercase else text
