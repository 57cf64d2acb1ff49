"""The bundled tagger of names as the start of a new tagger, where it finds the spans of the new data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nlprnn.errors import NlprnnError
from nlprnn.experiment import Run
from nlprnn.metrics import F1, tagging_scores
from nlprnn.metrics.spans import Tags
from nlprnn.pipelines import Tagger
from nlprnn.pipelines.loading import load
from nlprnn.resources import bundled_model_folder
from nlprnn.tagging_schemes import OUTSIDE, is_span_scheme
from nlprnn.tasks.adaptation.grown_vocabulary import check_vectors
from nlprnn.tasks.adaptation.start import contradictions
from nlprnn.tasks.adaptation.traits import traits_of
from nlprnn.tasks.tagging import TaggedSentences, TaggingOptions

NAMES = "names"
"""The bundled tagger."""

_LEAST_F1 = 40.0
"""F1 of its spans, regardless of their kinds, in the training data: 76 for WNUT17, 80 for the sample."""

_SENTENCES = 2_000
"""Training sentences in which spans are compared; it tags them in half a second."""


def start_from_names(run: Run, data: TaggedSentences, options: TaggingOptions) -> TaggingOptions:
    """Return the options with the bundled tagger of names as the start, where it finds the spans of the data.

    What it knows of English words and of their contexts helps with names of other kinds too; its tags are not kept. It
    is left out where `--init-from` is given, or an option or vectors that are not its own.

    Args:
        run: which is begun or resumed; gets a line where the options change.
        data: whose training sentences are compared.
        options: of the recipe.
    """
    if run.resume:
        origin = run.origin
        return options if origin is None or options.init_from else replace(options, init_from=Path(origin.model))
    if options.init_from is not None or "init_from" in run.explicit or not is_span_scheme(data.labels):
        return options
    folder = bundled_model_folder(NAMES)  # not a folder of this name in the working directory
    tagger = load(folder, device="cpu")
    assert isinstance(tagger, Tagger)
    if not _fits(tagger, run, options):
        return options
    sentences, tags = data.splits["train"].tokens[:_SENTENCES], data.splits["train"].tags[:_SENTENCES]
    predicted = _without_kinds(tagger.labels(tagger.encode(sentences)))
    f1 = tagging_scores(predicted, _without_kinds(tags), span_scheme=True)[F1.name]
    if f1 < _LEAST_F1:
        return options
    run.log(
        f"starts from the bundled tagger {NAMES}, which finds the spans of the training sentences with an F1 of "
        f"{f1:.0f} (--init-from none for a new one)"
    )
    return replace(options, init_from=folder)


def _fits(tagger: Tagger, run: Run, options: TaggingOptions) -> bool:
    """Whether no option contradicts the tagger, and the vectors are those that it was trained with."""
    if contradictions(options, traits_of(tagger).fixed, run.explicit):
        return False
    vectors = tagger.model.embedding.pretrained
    if options.vectors is None or vectors is None:
        return options.vectors is None
    try:
        check_vectors(options.vectors, tagger.tokenizer, vectors.numpy(), NAMES)
    except NlprnnError:
        return False
    return True


def _without_kinds(tags: Tags) -> list[list[str]]:
    return [[tag if tag == OUTSIDE else f"{tag[0]}-X" for tag in row] for row in tags]
