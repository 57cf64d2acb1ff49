"""Adaptation of classifiers and regressors of texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from nlprnn.batching import SequenceArray
from nlprnn.errors import DataError, list_names
from nlprnn.experiment import Run
from nlprnn.pipelines import Classifier, Regressor
from nlprnn.tasks.adaptation.bundled_start import start_from_sentiment
from nlprnn.tasks.adaptation.grown_model import GrownModel
from nlprnn.tasks.adaptation.grown_vocabulary import add_vectors, frequent_words, grow_words
from nlprnn.tasks.adaptation.mixing import chosen_rows, merged_labels, mixed_report, with_old_validation
from nlprnn.tasks.adaptation.similar_labels import label_probabilities, sampled_rows, similar_labels
from nlprnn.tasks.adaptation.start import Start, explicit_values, mixed_in_options, open_start, score_before
from nlprnn.tasks.classification import StreamedTextOptions
from nlprnn.tasks.labelled_texts import LONGEST, LabelledTexts
from nlprnn.tasks.text_metrics import text_metrics
from nlprnn.tasks.text_options import TextOptions
from nlprnn.tasks.text_plan import TextPlan
from nlprnn.text import WordTokenizer
from nlprnn.training.row_sharing import share_rows

PipelineT = TypeVar("PipelineT", Classifier, Regressor)
OptionsT = TypeVar("OptionsT", bound=StreamedTextOptions)

_OTHER_UNIT = 10.0
"""Standard deviations by which the mean of new numbers may differ from that of the former, and factor of theirs."""

_NO_LABEL = -30.0
"""Logit of a label that the former model does not know."""


@dataclass(frozen=True)
class MixedTexts(LabelledTexts):
    """New texts and a share of those that a former model was trained on.

    Attributes:
        all_texts: all of both to train on, and their validation rows together: fitting n-grams to them is fast, and
            n-grams of a share would not know the words of the others.
    """

    all_texts: LabelledTexts

    @property
    def for_ngrams(self) -> LabelledTexts:
        """The texts to which an n-gram model is fitted."""
        return self.all_texts


def open_texts(run: Run, options: OptionsT) -> tuple[LabelledTexts, Start[Classifier] | None, OptionsT]:
    """Load the texts of a classifier and the model that it starts from.

    Args:
        run: which is begun or resumed.
        options: of the recipe.

    Returns:
        The data, from `adapted_texts`; the model, None for a new one or a pretrained encoder; the options with those
        that the model settles.

    Raises:
        NlprnnError: as `open_start` and `adapted_texts`.
    """
    data = None
    if options.init_from is None:  # else the model settles whether a text has several labels
        data = options.load()
        options = start_from_sentiment(run, data, options)
    start, options = open_start(run, options, Classifier)
    return adapted_texts(options.load() if data is None else data, start, options), start, options


def adapted_texts(data: LabelledTexts, start: Start[PipelineT] | None, options: TextOptions) -> LabelledTexts:
    """Return data for further training of a model: its labels first, and the rows of `--mix-in`.

    Args:
        data: the new texts.
        start: the former model; None = the data are returned as they are.
        options: of the recipe, with those of the model.

    Raises:
        DataError: the new numbers are of another scale, or the data to mix in are missing, damaged or inconsistent.
    """
    if start is None:
        return data
    old = mixed_in_options(options, start).load() if options.mix_in else None
    if isinstance(start.pipeline, Regressor):
        _check_unit(data.targets["train"], start.pipeline, start.origin.model)
        return data if old is None else _mixed(data, old, options)
    labels = merged_labels(start.origin.labels, old.labels if old else (), data.labels)
    data = _with_labels(data, labels)
    return data if old is None else _mixed(data, _with_labels(old, labels), options)


def _check_unit(numbers: np.ndarray, former: Regressor, name: str) -> None:
    mean, std = former.model.mean, former.model.std
    far = abs(float(numbers.mean()) - mean) > _OTHER_UNIT * std
    if far or not 1 / _OTHER_UNIT < float(numbers.std()) / std < _OTHER_UNIT:
        raise DataError(
            f"the numbers have mean {numbers.mean():.4g} and standard deviation {numbers.std():.4g}, those of {name} "
            f"{mean:.4g} and {std:.4g}: give them in its unit, or train without --init-from"
        )


def _with_labels(data: LabelledTexts, labels: Sequence[str]) -> LabelledTexts:
    """The same texts with targets among more labels, in another order."""
    positions = np.array([labels.index(label) for label in data.labels])

    def moved(targets: np.ndarray) -> np.ndarray:
        if targets.ndim == 1:
            return positions[targets]
        matrix = np.zeros((len(targets), len(labels)), dtype=targets.dtype)
        matrix[:, positions] = targets
        return matrix

    targets = {split: moved(of_split) for split, of_split in data.targets.items()}
    return replace(data, targets=targets, labels=list(labels))


def _mixed(new: LabelledTexts, old: LabelledTexts, options: TextOptions) -> LabelledTexts:
    train = new.texts["train"]
    rows = chosen_rows(len(train), len(old.texts["train"]), share=options.mix_share, seed=options.seed)
    former = list(old.texts["train"])
    texts = with_old_validation(new.texts, [*train, *(former[row] for row in rows)], old.texts["validation"])
    both = np.concatenate([new.targets["train"], old.targets["train"][rows]])
    targets = with_old_validation(new.targets, both, old.targets["validation"])
    everything = LabelledTexts(
        {split: [*new.texts[split], *old.texts[split]] for split in ("train", "validation")},
        {split: np.concatenate([new.targets[split], old.targets[split]]) for split in ("train", "validation")},
        new.labels,
        new.report,
    )
    return MixedTexts(texts, targets, new.labels, mixed_report(new.report, old.report, len(rows)), everything)


def grow_text_pipeline(
    start: Start[PipelineT],
    data: LabelledTexts,
    options: TextOptions,
    *,
    min_frequency: int,
    log: Callable[[str], None],
) -> PipelineT:
    """Return the network of the former model with the words and labels of new data, not yet trained.

    Args:
        start: the former model.
        data: to train on, from `adapted_texts`.
        options: of the recipe; those that are given replace dropout probabilities of the model.
        min_frequency: frequency from which a new word is trained.
        log: gets a line on what has grown.

    Raises:
        ModelError: a module of the model cannot grow.
        OptionError: the model has no pretrained vectors, or of another size, and `--vectors` is given.
        DataError: the file of vectors is missing, damaged, or of other vectors.
    """
    pipeline, name = start.pipeline, start.origin.model
    tokenizer, grown = pipeline.tokenizer, GrownModel(pipeline.network_model, name)
    if "temperature" in grown.call:  # a calibration is that of the former weights and labels
        grown.set("temperature", 1.0)
        grown.set("abstain", None)
        grown.set("threshold", 0.5 if isinstance(grown.call["threshold"], list) else grown.call["threshold"])
    for path, value in explicit_values(start, options).items():
        grown.set(path, value)
    if start.goes_on:
        former = list(start.origin.labels)
        log(_describe_labels(former, data, name))
        initial = [] if grown.call.get("multi_label") else list(range(len(former)))
        grown.set_labels(data.labels, [[of] if of < len(former) else initial for of in range(len(data.labels))])
    elif isinstance(pipeline, Classifier):
        rows = sampled_rows(len(data.texts["train"]))
        probabilities = label_probabilities(pipeline, data.texts["train"][rows])
        grown.set_labels(data.labels, similar_labels(probabilities, data.targets["train"][rows], len(data.labels)))
    if isinstance(tokenizer, WordTokenizer):
        new = frequent_words(tokenizer, data.texts["train"], min_frequency=min_frequency)
        words = grow_words(tokenizer, new, num_trained=grown.call["embedding"].get("num_trained"))
        if options.vectors is not None:
            words = add_vectors(words, options.vectors, tokenizer, grown.fixed_vectors("embedding"), name)
        grown.grow_embedding("embedding", words)
        log(words.describe())
        tokenizer = words.tokenizer
    else:
        log(f"the tokens of {name} stay as they are: new words are split into them, or unknown")
    return type(pipeline)(grown.build(), tokenizer)


def _describe_labels(former: Sequence[str], data: LabelledTexts, name: str) -> str:
    new = [label for label in data.labels if label not in former]
    if not data.labels or not new:
        return f"labels of {name}, in its order" if former else f"numbers in the unit of {name}"
    line = f"{len(new)} labels that {name} does not have: {list_names(new, limit=5)}"
    if len(new) + len(former) == len(data.labels) and not set(data.report.labels) & set(former):
        line += (
            f"; the data have none of its labels ({list_names(former, limit=5)}): if some mean the same, rename them"
        )
    return line


def score_former_texts(
    start: Start[PipelineT], data: LabelledTexts, grown: PipelineT
) -> Callable[[str, np.ndarray | slice], dict[str, float]]:
    """Return the function that scores the former model, with its n-grams, on rows of a split.

    Args:
        start: the former model.
        data: from `adapted_texts`.
        grown: pipeline whose labels are those of the data.
    """
    former = start.pipeline

    def score(split: str, rows: np.ndarray | slice) -> dict[str, float]:
        texts = list(data.texts[split]) if isinstance(rows, slice) else [data.texts[split][row] for row in rows]
        tokens = SequenceArray.from_sequences(former.tokenizer.encode_batch(texts), max_length=LONGEST)
        outputs = share_rows(lambda share: former.outputs(tokens.select(share)), len(tokens))
        more = max(1, len(data.labels)) - outputs.shape[1]
        outputs = np.pad(outputs, ((0, 0), (0, more)), constant_values=_NO_LABEL)
        return text_metrics(grown, outputs, data.targets[split][rows])

    return score


def adapted_network(
    run: Run,
    build: Callable[[], PipelineT],
    start: Start[PipelineT] | None,
    data: LabelledTexts,
    options: TextOptions,
    plan: TextPlan,
) -> PipelineT:
    """Return the network to train: a new one, or that of a former model with new words and labels.

    The scores of the former model are logged, on the validation rows of the new data and of those mixed in, where its
    labels are kept.

    Args:
        run: which is begun or resumed.
        build: a new network.
        start: the former model; None = there is none.
        data: from `adapted_texts`.
        options: of the recipe.
        plan: with the frequency from which a new word is trained.

    Raises:
        NlprnnError: as `grow_text_pipeline`.
    """
    if start is None:
        return run.pipeline(build)
    grown = run.pipeline(
        lambda: grow_text_pipeline(start, data, options, min_frequency=plan.min_frequency, log=run.log)
    )
    if start.goes_on:
        score_before(run, start, score_former_texts(start, data, grown), data.sizes(data.held_out))
    return grown
