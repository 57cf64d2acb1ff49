"""Scores of a recognizer on recordings, and the confidence below which it should not be believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from nlprnn.batching import SequenceArray, TranscribedBatch, length_buckets
from nlprnn.metrics.speech import align_errors, transcript_scores
from nlprnn.pipelines import Recognizer, TranscriptionOptions
from nlprnn.tasks.speech.model import AnyRecognizer, loss_of
from nlprnn.training.row_sharing import share_mean, share_rows

_MOST_CONFUSIONS, _MOST_CLIPS = 20, 20


def evaluation_search(recognizer: AnyRecognizer, *, beam_size: int = 16) -> TranscriptionOptions:
    """Return the search by which clips are scored: of the model's words one, where it was trained on single words."""
    processor = recognizer.processor
    one_word = isinstance(recognizer, Recognizer) and processor.one_word and bool(processor.words)
    return TranscriptionOptions(beam_size=beam_size, one_word=one_word)


def transcribe_features(recognizer: AnyRecognizer, features: SequenceArray, search: TranscriptionOptions) -> list[str]:
    """Return the transcripts of clips, of which each process of a distributed training makes a share."""

    def texts(rows: np.ndarray) -> list[str]:
        return [transcript.text for transcript in recognizer.transcribe_features(features.select(rows), search)]

    return share_rows(texts, len(features))


def speech_scores(
    recognizer: AnyRecognizer, features: SequenceArray, transcripts: Sequence[str], search: TranscriptionOptions
) -> dict[str, float]:
    """Score a recognizer on clips: error rates, and loss, the mean negative log-likelihood of a clip in nats.

    Args:
        recognizer: the model.
        features: normalized, (T, F) of each clip.
        transcripts: what is spoken.
        search: how it is transcribed.
    """
    scores = dict(transcript_scores(transcripts, transcribe_features(recognizer, features, search)))
    targets = SequenceArray.from_sequences(recognizer.processor.tokenizer.encode_batch(list(transcripts)))
    scores["loss"] = share_mean(
        lambda rows: _mean_loss(recognizer, features.select(rows), targets.select(rows)), np.ones(len(features))
    )
    return scores


def _mean_loss(recognizer: AnyRecognizer, features: SequenceArray, targets: SequenceArray) -> float:
    total, compute_loss = 0.0, loss_of(recognizer)
    recognizer.model.eval()
    with torch.inference_mode():
        for rows in length_buckets(features.lengths, max_tokens=60_000, max_rows=64):
            batch = TranscribedBatch(*features.pad(rows), *targets.pad(rows))
            batch = TranscribedBatch(*(tensor.to(recognizer.device) for tensor in batch))
            total += len(rows) * float(compute_loss(recognizer.model, batch, None).loss)
    return total / len(features)


def error_tables(
    predicted: Sequence[str], transcripts: Sequence[str], speakers: Sequence[str], locations: Sequence[str]
) -> dict[str, Any]:
    """Return the words that were taken for others, the worst clips, and the error rate of each speaker, worst first.

    Args:
        predicted: transcripts of the model.
        transcripts: what is spoken.
        speakers: of each clip; () = not known.
        locations: of each clip.
    """
    aligned = align_errors(transcripts, predicted)
    worst = np.argsort(-np.array(aligned.per_row), kind="stable")[:_MOST_CLIPS].tolist()
    tables: dict[str, Any] = {
        "confusions": [
            {"reference": reference, "predicted": written, "count": count}
            for (reference, written), count in aligned.substitutions.most_common(_MOST_CONFUSIONS)
        ],
        "deleted": dict(aligned.deletions.most_common(_MOST_CONFUSIONS)),
        "inserted": dict(aligned.insertions.most_common(_MOST_CONFUSIONS)),
        "worst": [
            {
                "place": locations[row],
                "errors": aligned.per_row[row],
                "reference": transcripts[row],
                "predicted": predicted[row],
            }
            for row in worst
            if aligned.per_row[row]
        ],
    }
    if speakers:
        totals: dict[str, list[int]] = {}
        for speaker, errors, words in zip(speakers, aligned.per_row, aligned.words, strict=True):
            total = totals.setdefault(speaker, [0, 0])
            total[0] += errors
            total[1] += words
        rates = {speaker: 100.0 * errors / max(1, words) for speaker, (errors, words) in totals.items()}
        tables["speakers"] = dict(sorted(rates.items(), key=lambda item: -item[1]))
    return tables
