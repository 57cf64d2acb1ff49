"""A bundled model as the start of a new one, where it finds what the new data ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from torch import Tensor

from nlprnn.errors import NlprnnError
from nlprnn.experiment import Run
from nlprnn.metrics import F1, tagging_scores
from nlprnn.metrics.spans import Tags
from nlprnn.pipelines import Classifier, Tagger
from nlprnn.pipelines.loading import load
from nlprnn.resources import bundled_model_folder
from nlprnn.tagging_schemes import OUTSIDE, is_span_scheme
from nlprnn.tasks.adaptation.grown_vocabulary import check_vectors
from nlprnn.tasks.adaptation.similar_labels import explained_variance, label_probabilities, sampled_rows
from nlprnn.tasks.adaptation.start import contradictions
from nlprnn.tasks.adaptation.traits import traits_of
from nlprnn.tasks.diversity import Diversity
from nlprnn.tasks.labelled_texts import LabelledTexts
from nlprnn.tasks.tagging import TaggedSentences, TaggingOptions
from nlprnn.tasks.text_options import TextOptions
from nlprnn.text import WordTokenizer

NAMES = "names"
"""The bundled tagger."""

SENTIMENT = "sentiment"
"""The bundled classifier."""

_LEAST_F1 = 40.0
"""F1 of the spans of `names`, regardless of their kinds, in the training data: 76 for WNUT17, 80 for the sample."""

_LEAST_EXPLAINED = 0.35
"""Share of the variance of its probabilities that the labels of training texts explain: 0.57 for MR, 0.62 for CR, 0.12
for Banking77, where some questions are complaints, 0.10 at most for other sets of topics."""

_SENTENCES = 2_000
"""Training sentences in which spans are compared; `names` tags them in half a second."""

PipelineT = TypeVar("PipelineT", Tagger, Classifier)
OptionsT = TypeVar("OptionsT", bound=TaggingOptions | TextOptions)


def start_from_names(run: Run, data: TaggedSentences, options: TaggingOptions) -> TaggingOptions:
    """Return the options with the bundled tagger of names as the start, where it finds the spans of the data.

    What it knows of English words and of their contexts helps with names of other kinds too; its tags are not kept. It
    is left out where `--init-from` is given, or an option or vectors that are not its own.

    Args:
        run: which is begun or resumed; gets a line where the options change.
        data: whose training sentences are compared.
        options: of the recipe.
    """

    def evidence(tagger: Tagger) -> str | None:
        sentences, tags = data.splits["train"].tokens[:_SENTENCES], data.splits["train"].tags[:_SENTENCES]
        predicted = _without_kinds(tagger.labels(tagger.encode(sentences)))
        f1 = tagging_scores(predicted, _without_kinds(tags), span_scheme=True)[F1.name]
        finds = f"tagger {NAMES}, which finds the spans of the training sentences with an F1 of {f1:.0f}"
        return finds if f1 >= _LEAST_F1 else None

    return _start_from(NAMES, Tagger, run, options, suits=lambda: is_span_scheme(data.labels), evidence=evidence)


def start_from_sentiment(run: Run, data: LabelledTexts, options: OptionsT) -> OptionsT:
    """Return the options with the bundled classifier of sentiment as the start, where the labels are of opinions.

    What it knows of English words and of what they say of a thing helps with few texts above all; its labels are not
    kept. It is left out as the tagger of names is, for texts that are streamed, with several labels a text, and where
    further texts will have hardly a new word, as those of a grammar: there is nothing to know beforehand.

    Args:
        run: which is begun or resumed; gets a line where the options change.
        data: whose training texts are compared.
        options: of the recipe.
    """

    def suits() -> bool:
        targets = data.targets.get("train")
        return targets is not None and targets.ndim == 1 and not Diversity.of(data.texts["train"]).closed

    def evidence(classifier: Classifier) -> str | None:
        texts, rows = data.texts["train"], sampled_rows(len(data.texts["train"]))
        share = explained_variance(label_probabilities(classifier, texts[rows]), data.targets["train"][rows])
        finds = f"classifier {SENTIMENT}, whose answers the labels of the training texts explain to {100 * share:.0f} %"
        return finds if share >= _LEAST_EXPLAINED else None

    return _start_from(SENTIMENT, Classifier, run, options, suits=suits, evidence=evidence)


def _start_from(
    name: str,
    kind: type[PipelineT],
    run: Run,
    options: OptionsT,
    *,
    suits: Callable[[], bool],
    evidence: Callable[[PipelineT], str | None],
) -> OptionsT:
    """Return the options with a bundled model as the start, where it is good for the data.

    Args:
        name: of the model.
        kind: of its pipeline.
        run: which is begun or resumed; gets a line where the options change.
        options: of the recipe.
        suits: whether the data are of the kind that the model is for, before it is loaded.
        evidence: the model -> its kind and name and what it finds in the training data; None where that is too little.
    """
    if run.resume:
        origin = run.origin
        return options if origin is None or options.init_from else replace(options, init_from=Path(origin.model))
    if options.init_from is not None or "init_from" in run.explicit or not suits():
        return options
    folder = bundled_model_folder(name)  # not a folder of this name in the working directory
    pipeline = load(folder, device="cpu")
    assert isinstance(pipeline, kind)
    finds = evidence(pipeline) if _fits(pipeline, name, run, options) else None
    if finds is None:
        return options
    run.log(f"starts from the bundled {finds} (--init-from none for a new one)")
    return replace(options, init_from=folder)


def _fits(pipeline: Tagger | Classifier, name: str, run: Run, options: TaggingOptions | TextOptions) -> bool:
    """Whether no option contradicts the model, and the vectors are those that it was trained with."""
    traits = traits_of(pipeline)
    if contradictions(options, traits.fixed, run.explicit) or run.explicit.intersection(traits.refused):
        return False
    vectors, tokenizer = pipeline.model.get_submodule("embedding").pretrained, pipeline.tokenizer
    if options.vectors is None or vectors is None:
        return options.vectors is None
    assert isinstance(vectors, Tensor)
    assert isinstance(tokenizer, WordTokenizer)
    try:
        check_vectors(options.vectors, tokenizer, vectors.numpy(), name)
    except NlprnnError:
        return False
    return True


def _without_kinds(tags: Tags) -> list[list[str]]:
    return [[tag if tag == OUTSIDE else f"{tag[0]}-X" for tag in row] for row in tags]
