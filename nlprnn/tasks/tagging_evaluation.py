"""The scores of a tagger on tagged sentences, for programs and for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nlprnn.cli.tables import class_table, confusions

if TYPE_CHECKING:
    import numpy as np

    from nlprnn.data.tagged import TaggedSplit
    from nlprnn.metrics import ClassScores
    from nlprnn.pipelines import Tagger

_MOST_LABELS = 10


def tagging_report(tagger: Tagger, part: TaggedSplit) -> tuple[dict[str, Any], list[str], list[str]]:
    """Score a tagger.

    Args:
        tagger: of spans or of single words.
        part: sentences with the right tags; spans may be of any scheme.

    Returns:
        all scores, the same as lines for people, and the labels that the tagger gives each sentence.

    Raises:
        DataError: a tag is none of the model's labels; names the first one's word and place.
    """
    from nlprnn.batching import SequenceArray
    from nlprnn.data.tagged import check_tags
    from nlprnn.metrics import class_scores, count_spans, span_scores, tag_confusion_matrix, tagging_scores
    from nlprnn.tagging_schemes import bio_labels

    labels = tagger.model.labels
    if set(labels) <= set(bio_labels(labels)):
        part = part.bio()
    shown = ", ".join(map(repr, labels[:_MOST_LABELS])) + (" ..." if len(labels) > _MOST_LABELS else "")
    check_tags(part, labels, f"none of the model's ({shown}): correct it, or choose another field with --tag-field")
    rows = tagger.encode(part.tokens)
    found = tagger.labels(rows)
    overall = tagging_scores(found, part.tags, span_scheme=tagger.is_span_tagger)
    overall["loss"] = tagger.mean_nll(rows, SequenceArray.from_sequences(part.numbers(labels)))
    summary = ["", "   ".join(f"{name} {value:.4g}" for name, value in overall.items())]
    outputs = [" ".join(tags) for tags in found]
    if tagger.is_span_tagger:
        counts = count_spans(found, part.tags)
        by_kind = span_scores(counts)
        scores = {**overall, "kinds": _by_name(list(counts), by_kind)}
        return scores, [*class_table(list(counts), by_kind), *summary], outputs
    names, matrix = tag_confusion_matrix(found, part.tags)
    by_label = class_scores(matrix)
    scores = {**overall, "classes": _by_name(names, by_label), "labels": names, "confusion": matrix.tolist()}
    return scores, [*class_table(names, by_label), "", *confusions(names, matrix), *summary], outputs


def _by_name(names: Sequence[str], scores: ClassScores) -> dict[str, dict[str, float]]:
    columns: Sequence[np.ndarray] = scores
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return {name: dict(zip(scores._fields, row, strict=True)) for name, row in zip(names, rows, strict=True)}
