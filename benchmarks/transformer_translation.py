"""A small Transformer for translation, trained and scored as `recipes/translation.py` does a recurrent model.

python benchmarks/transformer_translation.py --dataset multi30k --source en --target de --max-minutes 15

It is the "Transformer-Tiny" configuration that is best on Multi30k (Wu et al. 2021, "Good for Misconceived Reasons"):
4 + 4 layers of width 128 with 4 heads and feed-forward layers of 256, 10,000 subwords, built from PyTorch's
`nn.Transformer`. Data, training loop, EMA of the weights, label smoothing, beam search and scores are nlprnn's: only
the model differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import click
import torch
from torch import Tensor, nn
from torch.optim import AdamW

from nlprnn.batching import PairBatch, SequenceArray, length_buckets
from nlprnn.decoding import BeamOptions, average_length_penalty, beam_search
from nlprnn.experiment import Run, recipe
from nlprnn.experiment.options import option
from nlprnn.experiment.run_options import RunOptions
from nlprnn.metrics import LOSS, translation_scores
from nlprnn.tasks.sentence_pairs import SentencePairs, pair_batches
from nlprnn.text import SentencePieceTokenizer
from nlprnn.training import Trainer
from nlprnn.training.losses import translation_loss

WIDTH, LONGEST = 128, 256


class Prefixes(NamedTuple):
    """Decoding state: target prefixes (N, t) int64, and the encoded sources (N, S, W) with mask (N, S) bool."""

    tokens: Tensor
    memory: Tensor
    mask: Tensor

    def select(self, indices: Tensor) -> Prefixes:
        """Return the state of the rows `indices` (N',) int64."""
        return Prefixes(*(tensor.index_select(0, indices) for tensor in self))


class TinyTransformer(nn.Module):
    """Transformer with one embedding shared by source, target and output (Vaswani et al. 2017).

    Args:
        vocab_size: size V of the subword vocabulary of both languages.
        dropout: dropout probability in `nn.Transformer` and on embeddings.
    """

    def __init__(self, vocab_size: int, *, dropout: float) -> None:
        super().__init__()
        self.table: Tensor = nn.Parameter(torch.randn(vocab_size, WIDTH) * WIDTH**-0.5)
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.positions = nn.Parameter(torch.randn(LONGEST, WIDTH) * 0.1)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.Transformer(
            WIDTH, 4, 4, 4, dim_feedforward=2 * WIDTH, dropout=dropout, batch_first=True, norm_first=True
        )

    @property
    def output_layer(self) -> tuple[Tensor, Tensor]:
        """Weight (V, W) and bias (V,) of the output layer."""
        return self.table, self.bias

    def forward(self, source: Tensor, source_mask: Tensor, target: Tensor, target_mask: Tensor) -> Tensor:
        """Return the outputs (P, W) of the P real target tokens of pairs (B, S) and (B, T), row after row."""
        return self.decode(target, self.encode(source, source_mask), source_mask)[target_mask]

    def encode(self, source: Tensor, mask: Tensor) -> Tensor:
        """Return the encoder outputs (B, S, W) of sources (B, S) int64 with mask (B, S) bool."""
        return self.layers.encoder(self._embedded(source), src_key_padding_mask=~mask)

    def decode(self, target: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """Return the decoder outputs (B, T, W) of targets (B, T) int64; no token attends to padding after it."""
        later = torch.ones(target.size(1), target.size(1), dtype=torch.bool, device=target.device).triu(1)
        return self.layers.decoder(
            self._embedded(target), memory, tgt_mask=later, tgt_is_causal=True, memory_key_padding_mask=~mask
        )

    def step(self, tokens: Tensor, state: Prefixes) -> tuple[Tensor, Prefixes]:
        """Append tokens (N,) int64; return log-probabilities (N, V) of the next, recomputing the whole prefix."""
        state = state._replace(tokens=torch.cat([state.tokens, tokens.unsqueeze(1)], dim=1))
        last = self.decode(state.tokens, state.memory, state.mask)[:, -1]
        return (last @ self.table.T + self.bias).log_softmax(dim=1), state

    def _embedded(self, ids: Tensor) -> Tensor:
        return self.dropout(self.table[ids] * WIDTH**0.5 + self.positions[: ids.size(1)])


def translate(model: TinyTransformer, tokenizer: SentencePieceTokenizer, sources: SequenceArray) -> list[str]:
    """Return translations by beam search with beam size 5, in the order of the sources."""
    translations = [""] * len(sources)
    for rows in length_buckets(sources.lengths, max_tokens=4096, max_rows=64):
        source, mask = (tensor.to(model.table.device) for tensor in sources.pad(rows))
        with torch.inference_mode():
            memory = model.eval().encode(source, mask)
        options = BeamOptions(
            eos_id=tokenizer.eos_id,
            max_length=(2 * mask.sum(dim=1) + 10).clamp(max=LONGEST - 1),
            length_penalty=average_length_penalty(),
            early_stopping=True,
        )
        begin = torch.full((len(rows),), tokenizer.bos_id, device=mask.device)
        state = Prefixes(begin.new_empty(len(rows), 0), memory, mask)
        for row, (best,) in zip(rows, beam_search(model.step, begin, state, options=options), strict=True):
            translations[row] = tokenizer.decode(best.tokens)
    return translations


@dataclass(frozen=True, kw_only=True)
class TransformerOptions(RunOptions):
    """Options of the Transformer; `--help` describes each option."""

    section: ClassVar[str] = "Transformer"

    dataset: str = option("translation", help="Dataset: a sample's name, a Hub id, a folder or a file.")
    source: str | None = option(None, auto="guessed from the usual names", help="Column of the source sentences.")
    target: str | None = option(None, auto="guessed from the usual names", help="Column of the target sentences.")
    vocab_size: int = option(10_000, min=1, help="Vocabulary size in subwords, shared by both languages.")
    dropout: float = option(0.3, min=0, below=1, help="Dropout probability in all layers.")
    ema: float | None = option(0.998, min=0, below=1, help="Decay of the exponential moving average of the weights.")
    batch_tokens: int = option(4096, min=1, help="Batch size in subwords of both sides, padding included.")
    learning_rate: float = option(3e-3, above=0, help="Peak learning rate, reached after warm-up.")
    epochs: int = option(1000, min=1, length=True, help="Number of passes over the training data.")


@recipe("transformer")
def main(run: Run, options: TransformerOptions) -> None:
    """Train a small Transformer for translation and print its scores."""
    pairs = SentencePairs.load(options.dataset, source=options.source, target=options.target)
    tokenizer = SentencePieceTokenizer.train(pairs.texts(), vocab_size=options.vocab_size)
    limit, begin, end = LONGEST - 1, [tokenizer.bos_id], [tokenizer.eos_id]

    def encode(split: str, side: str, first: list[int]) -> SequenceArray:
        ids = tokenizer.encode_batch(pairs.side(split, side))
        return SequenceArray.from_sequences([*first, *row[: limit - 1], *end] for row in ids)

    sources = {split: encode(split, "source", []) for split in pairs.splits}
    targets = {split: encode(split, "target", begin) for split in pairs.splits}
    model = TinyTransformer(tokenizer.vocab_size, dropout=options.dropout)
    run.log(f"{tokenizer.vocab_size:,} subwords; {sum(p.numel() for p in model.parameters()):,} parameters")

    def validate(model: nn.Module) -> dict[str, float]:
        source, target = sources["validation"], targets["validation"]
        total, count, loss = 0.0, 0, translation_loss()
        with torch.inference_mode():
            for rows in length_buckets(target.lengths, max_tokens=4096, max_rows=256):
                tensors = (*source.pad(rows), *target.pad(rows))
                batch = PairBatch(*(tensor.to(model.table.device) for tensor in tensors))
                tokens = int(batch.target_mask[:, 1:].sum())
                total, count = total + float(loss(model, batch, None).loss) * tokens, count + tokens
        return {"loss": total / count}

    Trainer(
        model,
        AdamW(model.parameters(), lr=options.learning_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True),
        pair_batches(sources["train"], targets["train"], max_tokens=options.batch_tokens, seed=options.seed),
        translation_loss(label_smoothing=0.1),
        validate,
        metric=LOSS,
        folder=run.folder,
        options=run.training_options(warmup=0.1),
    ).fit(resume=run.resume)
    for split in pairs.held_out:
        scores = translation_scores(translate(model, tokenizer, sources[split]), pairs.side(split, "target"))
        click.echo(f"{split:12}bleu {scores['bleu']:.2f}   chrf {scores['chrf']:.2f}   {scores['bleu_signature']}")


if __name__ == "__main__":
    main()
