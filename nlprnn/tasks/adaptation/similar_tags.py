"""Which tags of a trained tagger those of new data are like, by what it gives to their words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from nlprnn.metrics.spans import Tags
from nlprnn.pipelines import Tagger


def similar_tags(tagger: Tagger, sentences: Sequence[Sequence[str]], tags: Tags, labels: Sequence[str]) -> list[int]:
    """Return for each tag of new data the tag of a tagger that it is most like.

    That is the same tag, if the tagger has it; else the one, at the same place of a span, which it gives most often to
    words with the new tag; where it gives none, the first one.

    Args:
        tagger: of spans.
        sentences: of the new data, with their words.
        tags: of each word.
        labels: the tags of the new data.
    """
    former = tagger.model.labels
    predicted = tagger.labels(tagger.encode(sentences))
    pairs = Counter((new, old) for row in zip(tags, predicted, strict=True) for new, old in zip(*row, strict=True))
    similar = []
    for label in labels:
        alike = [old for old in former if old[:1] == label[:1]] or list(former)
        best = label if label in former else max(alike, key=lambda old: pairs[label, old])
        similar.append(former.index(best))
    return similar
