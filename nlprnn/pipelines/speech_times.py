"""Times of tokens and words, from the alignment of a transcript with the frames."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nlprnn.decoding.ctc_alignment import align_ctc, frames_needed
from nlprnn.pipelines.speech_processor import SpeechProcessor
from nlprnn.pipelines.transcript import TimedText


def timed_tokens(
    log_probs: np.ndarray, tokens: Sequence[int], processor: SpeechProcessor, output_seconds: float
) -> tuple[TimedText, ...]:
    """Return the tokens of a transcript with their times.

    Args:
        log_probs: (T, V) float, of each output frame.
        tokens: ids of the transcript.
        processor: whose tokens they are.
        output_seconds: seconds of an output frame.
    """
    if frames_needed(tokens) > len(log_probs):
        return ()
    # The text of a token depends on those before it, as a space does between words.
    texts = [processor.tokenizer.decode(tokens[:count]) for count in range(len(tokens) + 1)]
    return tuple(
        TimedText(
            after[len(before) :],
            one.start * output_seconds,
            one.end * output_seconds,
            math.exp(one.log_prob),
        )
        for one, before, after in zip(
            align_ctc(log_probs, tokens, blank=processor.blank), texts, texts[1:], strict=False
        )
    )


def timed_words(tokens: Sequence[TimedText], text: str) -> tuple[TimedText, ...]:
    """Return the words of a transcript with their times; no words where the tokens do not give the text.

    Args:
        tokens: with times.
        text: the transcript, words separated by spaces.
    """
    if "".join(token.text for token in tokens).split() != text.split():
        return ()
    words: list[list[TimedText]] = []
    inside = False
    for token in tokens:
        for index, piece in enumerate(token.text.split(" ")):
            inside = inside and index == 0
            if piece and inside:
                words[-1].append(token)
            elif piece:
                words.append([token])
            inside = inside or bool(piece)
    return tuple(
        TimedText(
            spoken,
            group[0].start,
            group[-1].end,
            math.exp(sum(math.log(max(token.confidence, 1e-30)) for token in group) / len(group)),
        )
        for spoken, group in zip(text.split(), words, strict=True)
    )
