"""Picture of a transcript: the spectrogram, the CTC probabilities under it, and the words where they are spoken."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nlprnn.interpret.picture import picture
from nlprnn.picture_style import LIGHT, Theme, heat_map, style_axes
from nlprnn.pipelines.recognizer import Recognizer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nlprnn.pipelines import Transcript, TranscriptionOptions

_INCHES_A_SECOND, _WIDTH, _HEIGHT = 2.0, (7.0, 24.0), 4.6
_LETTER = 0.1
"""Inches of a letter of a name."""

_LEAST_PROBABILITY = 0.1
"""Tokens that are nowhere more probable have no curve."""

_PERCENTILES = (5, 99.5)
"""Of the features, at the ends of the colours."""


def plot_transcript(
    recognizer: Recognizer,
    waveform: np.ndarray,
    path: Path,
    options: TranscriptionOptions | None = None,
    *,
    theme: Theme = LIGHT,
) -> Transcript:
    """Plot what a recognizer reads in a waveform, and return its transcript with times.

    Args:
        recognizer: with CTC.
        waveform: (N,) float32 at the model's sample rate, N > 0.
        path: of the file; its suffix, such as .png, is its format.
        options: of the search; None = defaults.
        theme: colours, `nlprnn.picture_style.LIGHT` or `DARK`.

    Raises:
        OptionError: the suffix is another, matplotlib is not installed (extra `plot`), or an option does not fit.
        OSError: the disk is full or the folder cannot be written.
    """
    seconds = len(waveform) / recognizer.processor.features.sample_rate
    features = recognizer.processor(waveform)
    (log_probs,) = recognizer.log_probs([features])
    (transcript,) = recognizer.decode([log_probs], options, seconds=[seconds])
    width = min(max(_WIDTH[0], _INCHES_A_SECOND * seconds), _WIDTH[1])
    with picture(path, (width, _HEIGHT), theme=theme) as figure:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        _draw_spectrogram(above, features, recognizer, theme)
        _draw_probabilities(below, np.exp(log_probs), recognizer, theme, seconds_a_letter=_LETTER * seconds / width)
        for word in transcript.words:
            above.axvspan(word.start, word.end, facecolor="none", edgecolor=theme.colors[1], linewidth=1.2)
        positions = [((word.start + word.end) / 2, _shown(features, recognizer).shape[1]) for word in transcript.words]
        names = [(word.text, theme.text) for word in transcript.words]
        _write_names(above, positions, names, seconds_a_letter=_LETTER * seconds / width)
        above.set_xlim(0.0, seconds)
    return transcript


def _draw_spectrogram(axes: Axes, features: np.ndarray, recognizer: Recognizer, theme: Theme) -> None:
    options = recognizer.processor.features
    is_mel = options.kind == "log_mel"
    shown = _shown(features, recognizer).T  # (F, T)
    low, high = np.percentile(shown, _PERCENTILES)
    ends = (0.0, shown.shape[1] * options.frame_seconds, 0, len(shown))
    axes.imshow(
        shown, aspect="auto", origin="lower", extent=ends, cmap=heat_map(theme), vmin=low, vmax=max(high, low + 1e-6)
    )
    style_axes(axes, theme, grid=False)
    axes.set_ylabel("mel filter" if is_mel else "cepstral coefficient")


def _shown(features: np.ndarray, recognizer: Recognizer) -> np.ndarray:
    """Return features (T, F) without their derivatives."""
    options = recognizer.processor.features
    return features[:, : options.num_mels if options.kind == "log_mel" else options.num_cepstra]


def _draw_probabilities(
    axes: Axes, probabilities: np.ndarray, recognizer: Recognizer, theme: Theme, *, seconds_a_letter: float
) -> None:
    """Draw a curve for the blank and each token that is probable somewhere, named at its peaks."""
    processor = recognizer.processor
    middles = (np.arange(len(probabilities)) + 0.5) * recognizer.output_seconds
    blank = processor.blank
    axes.plot(middles, probabilities[:, blank], color=theme.muted, linewidth=1.0, linestyle=(0, (2, 2)))
    peaks: list[tuple[int, int, str]] = []  # frame, token, colour
    tokens = np.flatnonzero(probabilities.max(axis=0, initial=0.0) >= _LEAST_PROBABILITY)
    for token, color in zip(tokens[tokens != blank].tolist(), cycle(theme.colors)):
        axes.plot(middles, probabilities[:, token], color=color, linewidth=1.6)
        peaks += [(frame, token, color) for frame in _peaks(probabilities[:, token])]
    peaks.sort()
    positions = [(float(middles[frame]), 1.0) for frame, _, _ in peaks]
    names = [(processor.tokenizer.decode([token]).strip() or "_", color) for _, token, color in peaks]
    _write_names(axes, positions, names, seconds_a_letter=seconds_a_letter)
    axes.set_ylim(0.0, 1.4)
    axes.set_yticks([0.0, 0.5, 1.0])
    style_axes(axes, theme)
    axes.set_ylabel("probability")
    axes.set_xlabel("seconds (dashed: the blank)")


def _write_names(
    axes: Axes, positions: Sequence[tuple[float, float]], names: Sequence[tuple[str, str]], *, seconds_a_letter: float
) -> None:
    """Write names with their colours above positions (x, y), higher where one would cover the name before it."""
    end, level = -np.inf, 0
    for (x, y), (text, color) in zip(positions, names, strict=True):
        half = len(text) * seconds_a_letter / 2
        level = (level + 1) % 2 if x - half < end else 0
        end = max(end, x + half)
        axes.annotate(
            text,
            (x, y),
            xytext=(0, 3 + 11 * level),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=9,
            color=color,
            parse_math=False,
            annotation_clip=False,
        )


def _peaks(curve: np.ndarray) -> list[int]:
    """Return the place of the highest probability in each stretch (T,) in which a token is probable."""
    probable = np.flatnonzero(curve >= 2 * _LEAST_PROBABILITY)
    stretches = np.split(probable, np.flatnonzero(np.diff(probable) > 1) + 1)
    return [int(stretch[curve[stretch].argmax()]) for stretch in stretches if len(stretch)]
