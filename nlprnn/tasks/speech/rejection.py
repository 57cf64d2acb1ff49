"""The confidence below which a transcript should not be believed, from validation clips.

The confidence is the probability that CTC gives a text, the sum over all its alignments: what other texts are as
probable is taken from it, so that no separate garbage model is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nlprnn.audio.noise import speechless
from nlprnn.batching import SequenceArray
from nlprnn.pipelines import Recognizer, Transcript, TranscriptionOptions
from nlprnn.tasks.speech.model import AnyRecognizer
from nlprnn.tasks.speech.scores import evaluation_search

_SOUNDS = 60
"""Sounds in which nothing is spoken."""

_SECONDS = (0.3, 2.5)
_MOST_WORDS = 200
"""Words of a vocabulary of which one can be left out of the list."""


@dataclass(frozen=True)
class Rejection:
    """Confidence below which a transcript is rejected, and its effect on clips of validation.

    Attributes:
        threshold: the confidence.
        accepted: share of the right transcripts that are accepted, 0 to 1.
        false_accepts: kind of what should be rejected -> share of it that is accepted as a text, 0 to 1.
    """

    threshold: float
    accepted: float
    false_accepts: Mapping[str, float]

    def describe(self) -> str:
        """Return one line on the threshold."""
        wrong = ", ".join(f"{share:.1%} of {kind}" for kind, share in self.false_accepts.items())
        return (
            f"rejection below a confidence of {self.threshold:.3g} (--reject auto): it accepts {self.accepted:.1%} of "
            f"the right transcripts of validation, {wrong}"
        )


def fit_rejection(recognizer: AnyRecognizer, features: SequenceArray, transcripts: Sequence[str]) -> Rejection | None:
    """Choose the confidence that best separates right transcripts from those of other words, noise and silence.

    Other words are the clips of validation whose word is left out of the list, and those without a transcript.

    Args:
        recognizer: the trained model.
        features: normalized, (T, F) of each clip of validation.
        transcripts: what is spoken.

    Returns:
        None where no transcript is right.
    """
    search = evaluation_search(recognizer)
    spoken = recognizer.transcribe_features(features, search)
    right = [one.confidence for one, text in zip(spoken, transcripts, strict=True) if text and one.text == text]
    if not right:
        return None
    wordless = [one for one, text in zip(spoken, transcripts, strict=True) if not text]
    others = _left_out(recognizer, features, transcripts, search) if isinstance(recognizer, Recognizer) else []
    wrong = {
        "other words": _confidences([*others, *wordless]),
        "noise and silence": _confidences(recognizer.transcribe_features(_sounds(recognizer), search)),
    }
    return best_threshold(np.array(right), {kind: values for kind, values in wrong.items() if len(values)})


def best_threshold(right: np.ndarray, wrong: Mapping[str, np.ndarray]) -> Rejection:
    """Return the threshold with the largest difference of right and mean false accepts."""
    candidates = np.unique(np.concatenate([right, *wrong.values()]))
    candidates = candidates[candidates > 0.0]
    accepted = (right[:, None] >= candidates).mean(axis=0)
    false = {kind: (values[:, None] >= candidates).mean(axis=0) for kind, values in wrong.items()}
    best = int(np.argmax(accepted - np.mean([*false.values()], axis=0)))
    lower = candidates[best - 1] if best else 0.0  # halfway, in logarithms, to the next that is rejected
    threshold = float(np.sqrt(candidates[best] * max(lower, 1e-12)))
    return Rejection(threshold, float(accepted[best]), {kind: float(shares[best]) for kind, shares in false.items()})


def _left_out(
    recognizer: Recognizer, features: SequenceArray, transcripts: Sequence[str], search: TranscriptionOptions
) -> list[Transcript]:
    """Return transcripts of clips by a list of words which lacks one that is spoken."""
    unknown = recognizer.processor.tokenizer.unknown
    words = recognizer.processor.words or sorted({word for text in transcripts for word in text.split()})
    words = [word for word in words if not unknown(word)]
    if not 2 <= len(words) <= _MOST_WORDS:
        return []
    rows: dict[str, list[int]] = {}
    for row, text in enumerate(transcripts):
        spoken = [word for word in text.split() if word in words]
        if spoken:
            rows.setdefault(spoken[row % len(spoken)], []).append(row)
    log_probs = recognizer.log_probs(features)
    transcripts_without: list[Transcript] = []
    for word, clips in rows.items():
        others = replace(search, words=[one for one in words if one != word])
        transcripts_without += recognizer.decode([log_probs[row] for row in clips], others)
    return transcripts_without


def _sounds(recognizer: AnyRecognizer) -> list[np.ndarray]:
    """Return the features of sounds in which nothing is spoken, always the same ones."""
    rng = np.random.default_rng(0)
    rate = recognizer.processor.features.sample_rate
    seconds = rng.uniform(*_SECONDS, size=_SOUNDS)
    return [recognizer.processor(speechless(round(length * rate), rate, rng)) for length in seconds]


def _confidences(transcripts: Sequence[Transcript]) -> np.ndarray:
    """Return the confidence of each text, (N,) float64; 0 where there is none, which is never accepted."""
    return np.array([one.confidence if one.text else 0.0 for one in transcripts])
