"""Adaptation of taggers of words."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

from nlprnn.errors import DataError, list_names
from nlprnn.experiment import Run
from nlprnn.pipelines import Tagger
from nlprnn.tagging_schemes import is_span_scheme
from nlprnn.tasks.adaptation.grown_model import GrownModel
from nlprnn.tasks.adaptation.grown_vocabulary import add_vectors, grow_characters, grow_words
from nlprnn.tasks.adaptation.mixing import chosen_rows, merged_labels, with_old_validation
from nlprnn.tasks.adaptation.similar_tags import similar_tags
from nlprnn.tasks.adaptation.start import Start, explicit_values, mixed_in_options, score_before
from nlprnn.tasks.tagging import TaggedSentences, TaggingOptions
from nlprnn.tasks.tagging_plan import TaggingPlan
from nlprnn.text import WordCharTokenizer


def adapted_tags(data: TaggedSentences, start: Start[Tagger] | None, options: TaggingOptions) -> TaggedSentences:
    """Return sentences for further training of a tagger: its tags first, and the rows of `--mix-in`.

    Args:
        data: the new sentences.
        start: the former tagger; None = the sentences are returned as they are.
        options: of the recipe, with those of the model.

    Raises:
        DataError: the tags are of another scheme, or the data to mix in are missing, damaged or inconsistent.
    """
    if start is None:
        return data
    former, name = start.origin.labels, start.origin.model
    _check_scheme(start.pipeline.model.labels, data.labels, name)
    if options.mix_in is None:
        return replace(data, labels=merged_labels(former, data.labels))
    old = mixed_in_options(options, start).load()
    _check_scheme(former, old.labels, name)
    new, of = data.splits["train"], old.splits["train"]
    rows = chosen_rows(len(new), len(of), share=options.mix_share, seed=options.seed)
    drawn = of.select(rows.tolist())
    train = replace(
        new,
        tokens=[*new.tokens, *drawn.tokens],
        tags=[*new.tags, *drawn.tags],
        locations=[*new.locations, *drawn.locations],
    ).noted(f"mixed in: {len(rows):,} of {len(of):,} training sentences of {of.origin}")
    splits = with_old_validation(data.splits, train, old.splits["validation"])
    return TaggedSentences(splits, merged_labels(former, old.labels, data.labels))


def _check_scheme(former: Sequence[str], labels: Sequence[str], name: str) -> None:
    if is_span_scheme(former) != is_span_scheme(labels):
        kinds = ("spans", "single words")[:: 1 if is_span_scheme(former) else -1]
        raise DataError(
            f"{name} tags {kinds[0]} ({list_names(list(former), limit=3)}), the data tag {kinds[1]} "
            f"({list_names(list(labels), limit=3)}): see --scheme, or train without --init-from"
        )


def grow_tagger(
    start: Start[Tagger],
    data: TaggedSentences,
    options: TaggingOptions,
    *,
    min_frequency: int,
    log: Callable[[str], None],
) -> Tagger:
    """Return the former tagger with the words, characters and tags of new sentences, not yet trained.

    Arguments and errors are those of `grow_text_pipeline` in `nlprnn.tasks.adaptation.texts`, data from `adapted_tags`.
    """
    tokenizer, name, former = start.pipeline.tokenizer, start.origin.model, list(start.origin.labels)
    sentences = data.splits["train"].tokens
    grown = GrownModel(start.pipeline.model, name)
    for path, value in explicit_values(start, options).items():
        grown.set(path, value)
    new = data.labels[len(former) :]
    if start.goes_on:
        similar = [[index] for index in range(len(former))] + [_similar(label, former) for label in new]
    else:
        similar = [[of] for of in similar_tags(start.pipeline, sentences, data.splits["train"].tags, data.labels)]
    grown.set_labels(data.labels, similar)
    grown.set_crf(data.labels, similar)
    counts = Counter(map(tokenizer.normalize, chain.from_iterable(sentences)))
    frequent = [word for word, count in counts.most_common() if count >= min_frequency]
    words = grow_words(tokenizer, frequent, num_trained=grown.call["embedding"].get("num_trained"))
    if options.vectors is not None:
        words = add_vectors(words, options.vectors, tokenizer, grown.fixed_vectors("embedding"), name)
    grown.grow_embedding("embedding", words)
    composed = (unicodedata.normalize("NFC", word) for word in chain.from_iterable(sentences))
    characters = grow_characters(tokenizer.characters, composed)
    if grown.call["characters"] is not None:
        grown.grow_embedding("characters", characters, table="characters.table")
    tags = f"{len(new)} tags that {name} does not have ({list_names(new, limit=6)})" if new else f"tags of {name}"
    log(f"{tags if start.goes_on else 'tags of the data'}; {words.describe()}; {characters.number} new characters")
    return Tagger(grown.build(), WordCharTokenizer(words.tokenizer.tokenizer, characters.tokenizer))


def _similar(label: str, former: Sequence[str]) -> list[int]:
    """The former tags at the same place of a span (`B-LOC` for `B-PER`); all of them for tags of single words."""
    same = [index for index, other in enumerate(former) if other[:2] == label[:2] and label[1:2] == "-"]
    return same or list(range(len(former)))


def adapted_tagger(
    run: Run,
    build: Callable[[], Tagger],
    start: Start[Tagger] | None,
    data: TaggedSentences,
    options: TaggingOptions,
    plan: TaggingPlan,
) -> Tagger:
    """Return the tagger to train: a new one, or a former one with new words and tags, whose scores are logged.

    Arguments and errors are those of `adapted_network` in `nlprnn.tasks.adaptation.texts`, data from `adapted_tags`.
    """
    if start is None:
        return run.pipeline(build)
    least = plan.min_frequency
    tagger = run.pipeline(lambda: grow_tagger(start, data, options, min_frequency=least, log=run.log))
    if not start.goes_on:
        return tagger
    held_out = replace(data, splits={split: data.splits[split] for split in data.held_out})
    encoded = held_out.encode(tagger)
    sizes = {split: len(sentences) for split, sentences in held_out.splits.items()}
    score_before(run, start, lambda split, rows: held_out.score(tagger, split, encoded, rows), sizes)
    return tagger
