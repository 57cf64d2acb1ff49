"""Translation: options, sentence pairs and their batches, validation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from nlprnn.batching import BucketBatches, PairBatch, SequenceArray
from nlprnn.data import DataReport, ReadOptions, load_splits
from nlprnn.errors import OptionError
from nlprnn.experiment.options import FROM_DATA, option
from nlprnn.experiment.run_options import PlannedOptions
from nlprnn.experiment.search_range import Between, OneOf
from nlprnn.metrics import BLEU, CHRF, LOSS, Metric, translation_scores
from nlprnn.models import Seq2Seq
from nlprnn.modules.attention import ATTENTIONS, Attention
from nlprnn.modules.sizes import MOST_LAYERS
from nlprnn.pipelines import TranslationOptions, Translator
from nlprnn.tasks.bleu import BLEU_TOKENIZERS
from nlprnn.training import SplitValidation

if TYPE_CHECKING:
    from datasets import Dataset

_BEAM_SEARCH = 4.0
"""Time of beam search beside that of a validation, which is greedy."""

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in (CHRF, BLEU, LOSS)}


@dataclass(frozen=True, kw_only=True)
class TranslatorOptions(PlannedOptions):
    """Options of translation; `--help` describes each option."""

    section: ClassVar[str] = "Translation"

    dataset: str = option("translation", help="Dataset: a sample's name, a Hub id, a folder or a file.")
    source: str | None = option(None, auto="guessed from the usual names", help="Column of the source sentences.")
    target: str | None = option(None, auto="guessed from the usual names", help="Column of the target sentences.")
    tokenizer: Literal["sentencepiece", "bpe"] = option("sentencepiece", help="Subword tokenizer.")
    vocab_size: int | None = option(
        None,
        min=1,
        auto=FROM_DATA,
        help="Vocabulary size in subwords, shared by both languages.",
        tune=OneOf(2000, 4000, 8000),
    )
    max_length: int = option(256, min=2, help="Length in subwords beyond which a sentence is truncated.")
    embedding_size: int | None = option(
        None, min=1, auto=FROM_DATA, help="Size of the subword embeddings.", tune=OneOf(128, 256, 384)
    )
    cell: Literal["lstm", "gru", "rnn"] = option("lstm", help="Recurrent cell.")
    encoder_size: int | None = option(
        None,
        min=1,
        auto=FROM_DATA,
        help="Hidden size of an encoder layer, in each direction.",
        tune=OneOf(128, 256, 384),
    )
    encoder_layers: int = option(1, min=1, max=MOST_LAYERS, help="Number of recurrent layers of the encoder.")
    decoder_size: int | None = option(
        None, min=1, auto=FROM_DATA, help="Hidden size of a decoder layer.", tune=OneOf(256, 512, 768)
    )
    decoder_layers: int = option(1, min=1, max=MOST_LAYERS, help="Number of recurrent layers of the decoder.")
    attention: str = option("general", choices=ATTENTIONS, help="Attention of the decoder to the source.")
    input_feeding: bool = option(
        False, help="Input feeding (Luong et al. 2015) of the attentional vector; training goes token by token."
    )
    dropout: float | None = option(
        None,
        min=0,
        below=1,
        auto=FROM_DATA,
        help="Dropout probability between layers and on decoder outputs.",
        tune=Between(0.1, 0.5),
    )
    embedding_dropout: float | None = option(
        None,
        min=0,
        below=1,
        auto=FROM_DATA,
        help="Dropout probability of the subword embeddings, one mask per sentence.",
        tune=Between(0.0, 0.4),
    )
    word_dropout: float | None = option(
        None,
        min=0,
        below=1,
        auto=FROM_DATA,
        help="Probability of replacing a subword by <unk>.",
        tune=Between(0.0, 0.3),
    )
    final_dropout_scale: float = option(
        0.2,
        formerly="--final-dropout",
        min=0,
        max=1,
        help="Factor of all dropout probabilities at the end of training; decays linearly over the second half.",
    )
    label_smoothing: float = option(
        0.1, min=0, below=1, help="Label smoothing: mass spread over the vocabulary.", tune=OneOf(0.0, 0.1, 0.2)
    )
    r_drop: float = option(0.0, min=0, help="Weight of the R-Drop loss (Liang et al. 2021), which doubles the time.")
    ema: float | None = option(
        None,
        min=0,
        below=1,
        auto=FROM_DATA,
        help="Decay of the exponential moving average of the weights; 0 = none.",
    )
    batch_tokens: int | None = option(
        None,
        min=1,
        auto=FROM_DATA,
        help="Batch size in subwords of both sides, padding included.",
        tune=OneOf(512, 1024, 2048, 4096),
    )
    select_by: Literal["chrf", "bleu", "loss"] = option("chrf", help="Validation metric that selects the best weights.")
    bleu_tokenizer: str = option(
        "13a",
        choices=BLEU_TOKENIZERS,
        formerly="--tokenize",
        help="Tokenizer of BLEU: zh, ja-mecab or ko-mecab for these languages.",
    )

    def build_attention(self, decoder_size: int, memory_size: int) -> Attention:
        """Return the attention of the decoder to the outputs of the encoder.

        Args:
            decoder_size: hidden size of the decoder.
            memory_size: size of the outputs of the encoder, both directions together.

        Raises:
            OptionError: this kind of attention does not fit the sizes.
        """
        try:
            return ATTENTIONS[self.attention](decoder_size, memory_size)
        except ValueError as error:
            sizes = f"--decoder-size {decoder_size} and --encoder-size {memory_size // 2} in two directions"
            raise OptionError(f"--attention {self.attention} does not fit {sizes}: {error}") from None


@dataclass(frozen=True)
class SentencePairs:
    """The sentence pairs of each split.

    Attributes:
        splits: split -> table of "source" and "target".
        report: what was read.
    """

    splits: Mapping[str, Dataset]
    report: DataReport

    @classmethod
    def load(
        cls,
        dataset: str,
        *,
        source: str | None = None,
        target: str | None = None,
        options: ReadOptions | None = None,
    ) -> SentencePairs:
        """Load the pairs of a dataset.

        Args:
            dataset: as `nlprnn.data.load_table` takes it.
            source: column of the source sentences; None = guessed.
            target: column of the target sentences; None = guessed.
            options: options for reading; None = defaults.

        Raises:
            DataError: the dataset is missing, damaged or inconsistent.
        """
        splits = load_splits(dataset, {"source": source, "target": target}, options=options)
        return cls({name: split.rows for name, split in splits.items()}, DataReport.of(splits))

    @property
    def held_out(self) -> list[str]:
        """The splits that are not trained on."""
        return [split for split in self.splits if split != "train"]

    def texts(self) -> Iterator[str]:
        """Yield both sides of the training pairs."""
        return chain(*self.splits["train"][:].values())

    def size(self, split: str) -> int:
        """Return the number of pairs of a split."""
        return len(self.splits[split])

    def side(self, split: str, name: str, rows: np.ndarray | slice = slice(None)) -> list[str]:
        """Return the sentences of one side of a split, "source" or "target", in all rows or some."""
        sentences = list(self.splits[split][name])
        return sentences[rows] if isinstance(rows, slice) else [sentences[row] for row in rows]

    def translate(self, translator: Translator, split: str, rows: np.ndarray | slice) -> TranslatedPairs:
        """Translate rows of a split."""
        sources, references = self.side(split, "source", rows), self.side(split, "target", rows)
        return TranslatedPairs(sources, translator(sources), references)

    def encode(self, translator: Translator, split: str) -> tuple[SequenceArray, SequenceArray]:
        """Return the ids of a split's sources and targets."""
        return translator.encode_source(self.side(split, "source")), translator.encode_target(
            self.side(split, "target")
        )


@dataclass(frozen=True)
class TranslatedPairs:
    """Sentence pairs with the translation of each source."""

    sources: list[str]
    hypotheses: list[str]
    references: list[str]

    def scores(self, bleu_tokenizer: str) -> dict[str, float | str]:
        """Return BLEU and chrF with their signatures."""
        return translation_scores(self.hypotheses, self.references, tokenize=bleu_tokenizer)

    def examples(self, number: int) -> str:
        """Return the first sentences as text, each with its translation and reference."""
        triples = zip(self.sources, self.hypotheses, self.references, strict=True)
        text = "\nsource     {}\nhypothesis {}\nreference  {}"
        return "\n".join(text.format(*triple) for triple in islice(triples, number))


def pair_batches(sources: SequenceArray, targets: SequenceArray, *, max_tokens: int, seed: int) -> BucketBatches:
    """Return batches of sentence pairs of similar lengths.

    Args:
        sources: ids of the source sentences.
        targets: ids of the target sentences, row for row.
        max_tokens: budget of a batch, both sides and padding included.
        seed: of the order.
    """
    lengths = np.stack([targets.lengths, sources.lengths], axis=1)

    def collate(rows: np.ndarray) -> PairBatch:
        return PairBatch(*sources.pad(rows), *targets.pad(rows))

    return BucketBatches(lengths, collate, max_tokens=max_tokens, max_rows=max(1, max_tokens // 8), seed=seed)


def count_truncated(sources: SequenceArray, targets: SequenceArray, max_length: int) -> int:
    """Return how many pairs reach the length at which they are truncated.

    A target has two special tokens, a source one; whether there was more text is not known any more.
    """
    return int(((sources.lengths >= max_length) | (targets.lengths > max_length)).sum())


def translation_validation(
    translator: Translator, pairs: SentencePairs, final_splits: Sequence[str] = (), *, bleu_tokenizer: str = "13a"
) -> SplitValidation:
    """Return the validation of a model: BLEU and chrF of greedy search, and the loss in nats per token.

    Args:
        translator: with the tokenizer of the model.
        pairs: whose validation split is translated.
        final_splits: those that are translated after training, by beam search.
        bleu_tokenizer: sacreBLEU's tokenizer of the targets.
    """
    sources, targets = pairs.encode(translator, "validation")

    def validate(model: Seq2Seq, rows: np.ndarray) -> dict[str, float]:
        current = Translator(model, translator.tokenizer)  # of the averaged weights
        hypotheses = current(pairs.side("validation", "source", rows), TranslationOptions(beam_size=1))
        scores = translation_scores(hypotheses, pairs.side("validation", "target", rows), tokenize=bleu_tokenizer)
        return {
            "bleu": float(scores["bleu"]),
            "chrf": float(scores["chrf"]),
            "loss": current.mean_nll(sources.select(rows), targets.select(rows)),
        }

    final_rows = _BEAM_SEARCH * sum(map(pairs.size, final_splits))
    return SplitValidation(validate, pairs.size("validation"), final_rows=final_rows)
