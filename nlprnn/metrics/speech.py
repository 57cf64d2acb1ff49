"""Scores of transcripts by jiwer: word and character error rate, with what was taken for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from nlprnn.errors import NlprnnError


@dataclass(frozen=True)
class AlignedErrors:
    """Errors of transcripts, word by word.

    Attributes:
        matches: word -> number of times that it was recognized.
        substitutions: (reference, predicted) -> number.
        deletions: word of a reference -> number.
        insertions: predicted word -> number.
        per_row: errors of each transcript.
        words: words of each reference.
        alignment: references and transcripts with errors, aligned below each other, as text.
    """

    matches: Counter[str]
    substitutions: Counter[tuple[str, str]]
    deletions: Counter[str]
    insertions: Counter[str]
    per_row: list[int]
    words: list[int]
    alignment: str


def transcript_scores(references: Sequence[str], predicted: Sequence[str]) -> dict[str, float]:
    """Score transcripts.

    Args:
        references: what is spoken, "" where nothing is.
        predicted: transcripts, one for each reference.

    Returns:
        wer and cer, the word and character error rate: substitutions, deletions and insertions of all transcripts per
        100 words or characters of the references; the numbers of the three for words; exact, the percentage of equal
        transcripts; empty, that of empty ones. If all references are empty, each word inserted counts as 100 %.

    Raises:
        ValueError: there are no rows, or of different number.
        NlprnnError: jiwer is not installed.
    """
    if not references or len(references) != len(predicted):
        raise ValueError(f"{len(predicted)} transcripts do not fit {len(references)} references")
    jiwer = _jiwer()
    words = jiwer.process_words(list(references), list(predicted))
    characters = jiwer.process_characters(list(references), list(predicted))
    return {
        "wer": 100.0 * float(words.wer),
        "cer": 100.0 * float(characters.cer),
        "substitutions": float(words.substitutions),
        "deletions": float(words.deletions),
        "insertions": float(words.insertions),
        "exact": 100.0 * sum(map(str.__eq__, references, predicted)) / len(references),
        "empty": 100.0 * sum(not text for text in predicted) / len(references),
    }


def align_errors(references: Sequence[str], predicted: Sequence[str]) -> AlignedErrors:
    """Align transcripts with their references, word by word.

    Args:
        references: what is spoken.
        predicted: transcripts, one for each reference.

    Raises:
        NlprnnError: jiwer is not installed.
    """
    jiwer = _jiwer()
    output = jiwer.process_words(list(references), list(predicted))
    matches: Counter[str] = Counter()
    substitutions: Counter[tuple[str, str]] = Counter()
    deletions: Counter[str] = Counter()
    insertions: Counter[str] = Counter()
    per_row = []
    for reference, hypothesis, chunks in zip(output.references, output.hypotheses, output.alignments, strict=True):
        errors = 0
        for chunk in chunks:
            right = reference[chunk.ref_start_idx : chunk.ref_end_idx]
            written = hypothesis[chunk.hyp_start_idx : chunk.hyp_end_idx]
            if chunk.type == "equal":
                matches.update(right)
            elif chunk.type == "substitute":
                substitutions.update(zip(right, written, strict=True))
            elif chunk.type == "delete":
                deletions.update(right)
            elif chunk.type == "insert":
                insertions.update(written)
            errors += 0 if chunk.type == "equal" else max(len(right), len(written))
        per_row.append(errors)
    alignment = jiwer.visualize_alignment(output, show_measures=False, skip_correct=True) if any(per_row) else ""
    words = [len(reference) for reference in output.references]
    return AlignedErrors(matches, substitutions, deletions, insertions, per_row, words, alignment)


def _jiwer() -> Any:
    try:
        import jiwer
    except ImportError as error:
        raise NlprnnError('scores of transcripts need jiwer: pip install "nlprnn[audio]"') from error
    return jiwer


def wer_signature(*, lowercase: bool) -> str:
    """Return how words are counted, which makes error rates comparable.

    Args:
        lowercase: whether references and transcripts are in lower case.
    """
    return f"words:spaces|case:{'lower' if lowercase else 'kept'}|punctuation:kept|unicode:NFC|jiwer:{version('jiwer')}"
