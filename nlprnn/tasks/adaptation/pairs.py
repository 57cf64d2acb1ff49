"""Adaptation of translators to a domain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from nlprnn.experiment import Run
from nlprnn.pipelines import Translator
from nlprnn.tasks.adaptation.grown_model import GrownModel
from nlprnn.tasks.adaptation.mixing import chosen_rows, mixed_report, with_old_validation
from nlprnn.tasks.adaptation.start import Start, explicit_values, mixed_in_options, score_before
from nlprnn.tasks.sentence_pairs import SentencePairs
from nlprnn.tasks.translation import TranslatorOptions

_MEASURED = 2_000
"""Sentences whose unknown subwords are counted."""


def adapted_pairs(pairs: SentencePairs, start: Start[Translator] | None, options: TranslatorOptions) -> SentencePairs:
    """Return sentence pairs for further training of a translator, with the rows of `--mix-in`.

    Args:
        pairs: the new ones.
        start: the former translator; None = the pairs are returned as they are.
        options: of the recipe, with those of the model.

    Raises:
        DataError: the data to mix in are missing, damaged or inconsistent.
    """
    if start is None or options.mix_in is None:
        return pairs
    from datasets import Dataset

    old = mixed_in_options(options, start).load()
    rows = chosen_rows(pairs.size("train"), old.size("train"), share=options.mix_share, seed=options.seed)
    sides = {name: pairs.side("train", name) + old.side("train", name, rows) for name in ("source", "target")}
    splits = with_old_validation(pairs.splits, Dataset.from_dict(sides), old.splits["validation"])
    return replace(pairs, splits=splits, report=mixed_report(pairs.report, old.report, len(rows)))


def adapted_translator(
    run: Run,
    build: Callable[[], Translator],
    start: Start[Translator] | None,
    pairs: SentencePairs,
    options: TranslatorOptions,
) -> Translator:
    """Return the translator to train: a new one, or the former one, whose scores are logged.

    The subwords stay as they are, for the output layer is tied to them; rare words are written with several.

    Args:
        run: which is begun or resumed.
        build: a new translator.
        start: the former translator; None = there is none.
        pairs: from `adapted_pairs`.
        options: of the recipe; those that are given replace dropout probabilities of the model.
    """
    if start is None:
        return run.pipeline(build)

    def adapt() -> Translator:
        grown, tokenizer = GrownModel(start.pipeline.model, start.origin.model), start.pipeline.tokenizer
        for path, value in explicit_values(start, options).items():
            grown.set(path, value)
        ids = [index for row in tokenizer.encode_batch(list(islice(pairs.texts(), _MEASURED))) for index in row]
        unknown = 100.0 * ids.count(tokenizer.unk_id) / max(1, len(ids))
        run.log(
            f"the {tokenizer.vocab_size:,} subwords of {start.origin.model} stay as they are: they write new words in "
            f"pieces, and {unknown:.2g} % of those of the data are unknown"
        )
        return Translator(grown.build(), tokenizer)

    translator = run.pipeline(adapt)
    score_before(
        run,
        start,
        lambda split, rows: pairs.translate(translator, split, rows).scores(options.bleu_tokenizer),
        {split: pairs.size(split) for split in pairs.held_out},
    )
    return translator
