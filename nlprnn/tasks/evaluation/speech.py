"""Evaluation of speech recognizers: error rates, what was taken for what, worst clips and speakers."""

from __future__ import annotations

from typing import Any

from nlprnn.data import ReadOptions
from nlprnn.data.split import choose_split
from nlprnn.metrics.speech import wer_signature
from nlprnn.tasks.evaluation.options import SpeechEvaluationOptions
from nlprnn.tasks.evaluation.result import EvaluationResult
from nlprnn.tasks.evaluation.split_log import log_split
from nlprnn.tasks.speech.data import SpeechData
from nlprnn.tasks.speech.model import AnyRecognizer
from nlprnn.tasks.speech.scores import error_tables, evaluation_search, speech_scores, transcribe_features
from nlprnn.tasks.speech.speakers import adapted_features


def evaluate_recognizer(
    recognizer: AnyRecognizer, dataset: str, options: SpeechEvaluationOptions, reading: ReadOptions
) -> EvaluationResult:
    """Score a speech recognizer.

    Raises:
        DataError: the data are missing or damaged.
    """
    processor = recognizer.processor
    fields = {"audio": options.audio_field, "transcript": options.text_field, "speaker": options.speaker_field}
    sample_rate = processor.features.sample_rate
    present = SpeechData.read(dataset, fields, options=reading, lowercase=processor.lowercase)
    rows = choose_split(dataset, present, options.split, lambda: SpeechData.complete(present).splits)
    log_split(rows)
    data = SpeechData({"test": rows}, sample_rate)
    features = adapted_features(recognizer, data.waveforms("test"), rows.speakers)
    search = evaluation_search(recognizer)
    predicted = transcribe_features(recognizer, features, search)
    scores: dict[str, Any] = dict(speech_scores(recognizer, features, rows.transcripts, search))
    scores["wer_signature"] = wer_signature(lowercase=processor.lowercase)
    scores |= error_tables(predicted, rows.transcripts, rows.speakers, rows.locations)
    return EvaluationResult(scores, predicted)
