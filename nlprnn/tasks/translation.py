"""The pairs that recipes of translation learn from and are scored on."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from torch import nn

from nlprnn.batching import BucketBatches, PairBatch, SequenceArray
from nlprnn.data import load_table
from nlprnn.experiment.run import Run
from nlprnn.metrics import translation_scores
from nlprnn.pipelines import TranslationOptions, Translator
from nlprnn.serialization.atomic_files import write_text
from nlprnn.tasks.bleu import check_tokenizer

if TYPE_CHECKING:
    from datasets import Dataset


@dataclass(frozen=True)
class SentencePairs:
    """The pairs of each split.

    Attributes:
        run: whose they are.
        splits: split -> table of "source" and "target".
        tokenize: sacreBLEU's tokenizer of the target's text.
    """

    run: Run
    splits: Mapping[str, Dataset]
    tokenize: str

    @classmethod
    def load(cls, run: Run, source: str | None, target: str | None, tokenize: str) -> SentencePairs:
        """Load the pairs of a run's data set, and say how many there are.

        Args:
            run: whose pairs.
            source: field with the text to translate; None = guessed.
            target: field with its translation; None = guessed.
            tokenize: sacreBLEU's tokenizer of the target's text.

        Raises:
            DataError: they are missing, damaged or odd.
            click.UsageError: the tokenizer's package is missing.
        """
        check_tokenizer(tokenize)
        splits = load_table(run.dataset, {"source": source, "target": target})
        run.say("  ".join(f"{split} {len(rows):,}" for split, rows in splits.items()))
        return cls(run, splits, tokenize)

    def texts(self) -> Iterator[str]:
        """Both sides of the pairs to train on."""
        return chain(*self.splits["train"][:].values())

    def batches(self, translator: Translator, max_tokens: int) -> BucketBatches:
        """Make batches of pairs of like length to train on; say how many pairs are cut.

        Args:
            translator: whose tokenizer reads them.
            max_tokens: budget of a batch, both sides together, with padding.
        """
        sources, targets = self._encoded(translator, "train")
        lengths, longest = np.stack([targets.lengths, sources.lengths], axis=1), translator.model.max_length
        # Two marks stand in a target, one in a source; whether there was more to read is not known any more.
        if long := int(((sources.lengths >= longest) | (targets.lengths > longest)).sum()):
            self.run.say(f"{long:,} pairs to train on reach --max-length {longest}, behind which they are cut")

        def collate(rows: np.ndarray) -> PairBatch:
            return PairBatch(*sources.pad(rows), *targets.pad(rows))

        return BucketBatches(
            lengths, collate, max_tokens=max_tokens, max_rows=max(1, max_tokens // 8), seed=self.run.seed
        )

    def validation(self, translator: Translator) -> Callable[[nn.Module], dict[str, float]]:
        """Return what scores a model on the validation part: bleu and chrf without a beam, and loss."""
        sources, targets = self._encoded(translator, "validation")
        given, wanted = self.splits["validation"]["source"], self.splits["validation"]["target"]

        def validate(model: nn.Module) -> dict[str, float]:
            current = Translator(model, translator.tokenizer)  # of the averaged weights
            found = current(given, TranslationOptions(beam_size=1))
            scores = translation_scores(found, wanted, tokenize=self.tokenize)
            return {"bleu": scores["bleu"], "chrf": scores["chrf"], "loss": current.nats(sources, targets)}

        return validate

    def finish(self, translator: Translator, summary: Mapping[str, Any]) -> None:
        """Translate all parts but the one trained on, and write and show hypotheses and scores.

        Args:
            translator: after training.
            summary: what `Trainer.fit` returned.
        """
        scores = {}
        for split in (split for split in self.splits if split != "train"):
            given, wanted = self.splits[split]["source"], self.splits[split]["target"]
            found = translator(given)
            write_text(self.run.folder / f"{split}.hypotheses.txt", "".join(f"{line}\n" for line in found))
            scores[split] = translation_scores(found, wanted, tokenize=self.tokenize)
        for example in islice(zip(given, found, wanted, strict=True), 5):
            click.echo("\nsource     {}\nhypothesis {}\nreference  {}".format(*example))
        first = next(filter(str.strip, given), "")
        self.run.finish(scores, summary=summary, use=f"nlprnn translate --model MODEL -- {shlex.quote(first)}")

    def _encoded(self, translator: Translator, split: str) -> tuple[SequenceArray, SequenceArray]:
        rows = self.splits[split]
        return translator.encode_source(rows["source"]), translator.encode_target(rows["target"])
