"""Translation: options and validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from nlprnn.errors import OptionError
from nlprnn.experiment.adaptation_options import AdaptationOptions
from nlprnn.experiment.options import FROM_DATA, option
from nlprnn.experiment.run_options import PlannedOptions
from nlprnn.experiment.search_range import Between, OneOf
from nlprnn.experiment.streaming_options import StreamingOptions
from nlprnn.metrics import BLEU, CHRF, LOSS, Metric, translation_scores
from nlprnn.models import Seq2Seq
from nlprnn.modules.attention import ATTENTIONS, Attention
from nlprnn.modules.sizes import MOST_LAYERS
from nlprnn.pipelines import TranslationOptions, Translator
from nlprnn.tasks.bleu import BLEU_TOKENIZERS
from nlprnn.tasks.sentence_pairs import SentencePairs, StreamedPairs, share_translations
from nlprnn.training import SplitValidation
from nlprnn.training.row_sharing import share_mean

_BEAM_SEARCH = 4.0
"""Time of beam search beside that of a validation, which is greedy."""

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in (CHRF, BLEU, LOSS)}


@dataclass(frozen=True, kw_only=True)
class TranslatorOptions(StreamingOptions, AdaptationOptions, PlannedOptions):
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

    def load(self) -> SentencePairs:
        """Load the pairs, or open them for streaming.

        Raises:
            DataError: the dataset is missing, damaged or inconsistent.
        """
        fields, reading = {"source": self.source, "target": self.target}, self.read_options()
        if self.streaming:
            return StreamedPairs.open(self.dataset, fields, options=reading, **self.streamed)
        return SentencePairs.load(self.dataset, **fields, options=reading)

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
        hypotheses = share_translations(
            current, pairs.side("validation", "source", rows), TranslationOptions(beam_size=1)
        )
        chosen, right = sources.select(rows), targets.select(rows)
        scores = translation_scores(hypotheses, pairs.side("validation", "target", rows), tokenize=bleu_tokenizer)
        return {
            "bleu": float(scores["bleu"]),
            "chrf": float(scores["chrf"]),
            "loss": share_mean(
                lambda share: current.mean_nll(chosen.select(share), right.select(share)), right.lengths - 1
            ),
        }

    final_rows = _BEAM_SEARCH * sum(map(pairs.size, final_splits))
    return SplitValidation(validate, pairs.size("validation"), final_rows=final_rows)
