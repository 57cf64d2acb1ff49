"""Evaluation of taggers: F1 of spans, or accuracy and confusions of the labels of words."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from nlprnn.batching import SequenceArray, WordCharArray
from nlprnn.data import ReadOptions, load_tagged_split
from nlprnn.data.tag_scheme import as_spans, with_usual_names
from nlprnn.data.tagged import check_tags
from nlprnn.errors import list_names
from nlprnn.metrics import class_scores, count_spans, span_scores, tag_confusion_matrix, tagging_scores
from nlprnn.pipelines import Tagger
from nlprnn.tagging_schemes import bio_labels
from nlprnn.tasks.evaluation.options import TaggingEvaluationOptions
from nlprnn.tasks.evaluation.result import EvaluationResult, class_records
from nlprnn.tasks.evaluation.split_log import log_split
from nlprnn.training.row_sharing import share_mean

logger = logging.getLogger(__name__)


def tagging_metrics(
    tagger: Tagger,
    words: WordCharArray,
    targets: SequenceArray,
    *,
    predicted: Sequence[Sequence[str]],
    tags: Sequence[Sequence[str]],
) -> dict[str, float]:
    """Return the scores of a tagger as `tagging_scores` defines them, and loss, the mean NLL of a word in nats.

    Args:
        tagger: of spans or of single words.
        words: the sentences, from `tagger.encode`.
        targets: indices of their tags among the model's labels.
        predicted: tags from `tagger.labels`.
        tags: the right ones.

    Raises:
        ValueError: there are no words.
    """
    scores = tagging_scores(predicted, tags, span_scheme=tagger.is_span_tagger)
    loss = share_mean(lambda rows: tagger.mean_nll(words.select(rows), targets.select(rows)), targets.lengths)
    return {**scores, "loss": loss}


def evaluate_tagger(
    tagger: Tagger, dataset: str, options: TaggingEvaluationOptions, reading: ReadOptions
) -> EvaluationResult:
    """Score a tagger; tags of spans may be of any scheme.

    Raises:
        DataError: the data are missing or damaged, or a tag is none of the model's labels; names its word and place.
    """
    tagger = tagger.quantized() if options.quantize else tagger
    labels = tagger.model.labels
    split = load_tagged_split(
        dataset,
        token_field=options.token_field,
        tag_field=options.tag_field,
        split=options.split,
        options=reading,
    )
    if set(labels) <= set(bio_labels(labels)):
        split = with_usual_names(split)
        split = as_spans(split) if options.scheme == "spans" else split.bio()
    log_split(split)
    mend = "correct it, choose another column with --tag-field, name numbers with --tag-names, or read "
    mend += "tags without B- or I- as spans with --scheme spans"
    check_tags(split, labels, f"none of the model's ({list_names(labels)}): {mend}")
    words, targets = tagger.encode(split.tokens), SequenceArray.from_sequences(split.numbers(labels))
    predicted = tagger.labels(words)
    scores: dict[str, Any] = tagging_metrics(tagger, words, targets, predicted=predicted, tags=split.tags)
    if tagger.is_span_tagger:
        counts = count_spans(predicted, split.tags)
        scores["kinds"] = class_records(list(counts), span_scores(counts))
    else:
        names, matrix = tag_confusion_matrix(predicted, split.tags)
        by_tag = class_records(names, class_scores(matrix))
        scores |= {"classes": by_tag, "labels": names, "confusion": matrix.tolist()}
    return EvaluationResult(scores, [" ".join(tags) for tags in predicted])
