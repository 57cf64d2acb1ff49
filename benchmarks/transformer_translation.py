"""A small Transformer, trained and scored as `recipes/translation.py` trains and scores a recurrent translator.

python benchmarks/transformer_translation.py --dataset multi30k --source en --target de --max-minutes 15

It is the "Transformer-Tiny" that is best on Multi30k among its kind (Wu et al. 2021, "Good for Misconceived Reasons"):
4 + 4 layers of width 128 with 4 heads and feed-forward layers of 256, 10,000 sub-words, from PyTorch's own
`nn.Transformer`. Data, training loop, average of the weights, label smoothing, beam search and scores are nlprnn's, so
what differs is the model.
"""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

import click
import numpy as np
import torch
from torch import Tensor, nn

from nlprnn.batching import BucketBatches, PairBatch, SequenceArray, length_buckets
from nlprnn.data import load_table
from nlprnn.decoding.beam import beam_search
from nlprnn.decoding.options import BeamOptions
from nlprnn.decoding.penalties import average_length_penalty
from nlprnn.experiment.command import recipe
from nlprnn.experiment.run import Run
from nlprnn.metrics import LOSS, translation_scores
from nlprnn.text import SentencePieceTokenizer
from nlprnn.training.losses.translation import translation_loss
from nlprnn.training.trainer import Trainer

WIDTH, LONGEST = 128, 256


class Prefixes(NamedTuple):
    """Tokens so far (N, t), and what was read of the sources, (N, S, W) with mask (N, S)."""

    tokens: Tensor
    memory: Tensor
    mask: Tensor

    def select(self, indices: Tensor) -> Prefixes:
        """Return the rows `indices` (N',)."""
        return Prefixes(*(part.index_select(0, indices) for part in self))


class TinyTransformer(nn.Module):
    """Transformer with one table of vectors for source, target and output (Vaswani et al. 2017).

    Args:
        vocab_size: V, sub-words of both languages.
        dropout: probability, wherever `nn.Transformer` drops out and on token vectors.
    """

    def __init__(self, vocab_size: int, *, dropout: float) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.randn(vocab_size, WIDTH) * WIDTH**-0.5)
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.places = nn.Parameter(torch.randn(LONGEST, WIDTH) * 0.1)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.Transformer(
            WIDTH, 4, 4, 4, dim_feedforward=2 * WIDTH, dropout=dropout, batch_first=True, norm_first=True
        )

    @property
    def output_layer(self) -> tuple[Tensor, Tensor]:
        """Weight (V, W) and bias (V,)."""
        return self.table, self.bias

    def forward(self, source: Tensor, source_mask: Tensor, target: Tensor, target_mask: Tensor) -> Tensor:
        """Pairs (B, S) and (B, T) with masks -> vectors (P, W) of the real target tokens, row after row."""
        return self.decode(target, self.encode(source, source_mask), source_mask)[target_mask]

    def encode(self, source: Tensor, mask: Tensor) -> Tensor:
        """(B, S) -> (B, S, W)."""
        return self.layers.encoder(self._embedded(source), src_key_padding_mask=~mask)

    def decode(self, target: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """(B, T) -> (B, T, W); padding at the end of a target sees and is not seen."""
        later = torch.ones(target.size(1), target.size(1), dtype=torch.bool, device=target.device).triu(1)
        return self.layers.decoder(
            self._embedded(target), memory, tgt_mask=later, tgt_is_causal=True, memory_key_padding_mask=~mask
        )

    def step(self, tokens: Tensor, state: Prefixes) -> tuple[Tensor, Prefixes]:
        """One more token of each row (N,) -> log-probabilities (N, V) of the next; the whole prefix is read anew."""
        state = state._replace(tokens=torch.cat([state.tokens, tokens.unsqueeze(1)], dim=1))
        last = self.decode(state.tokens, state.memory, state.mask)[:, -1]
        return (last @ self.table.T + self.bias).log_softmax(dim=1), state

    def _embedded(self, ids: Tensor) -> Tensor:
        return self.dropout(self.table[ids] * WIDTH**0.5 + self.places[: ids.size(1)])


def translate(model: TinyTransformer, tokenizer: SentencePieceTokenizer, sources: SequenceArray) -> list[str]:
    """Find translations with beam 5, in the order of the sources."""
    found = [""] * len(sources)
    for rows in length_buckets(sources.lengths, max_tokens=4096, max_rows=64):
        source, mask = (part.to(model.table.device) for part in sources.pad(rows))
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
            found[row] = tokenizer.decode(best.tokens)
    return found


@recipe("transformer", dataset="translation", epochs=1000, sample={})
@click.option("--source", help="Field with the text to translate; guessed if not given.")
@click.option("--target", help="Field with its translation; guessed if not given.")
@click.option("--vocab-size", default=10_000, help="Sub-words of both languages together.")
@click.option("--dropout", default=0.3, help="Everywhere.")
@click.option("--batch-tokens", default=4096, help="Most sub-words of a batch, both sides, with padding.")
@click.option("--learning-rate", default=3e-3, help="Highest rate, after warm-up.")
def main(
    run: Run,
    source: str | None,
    target: str | None,
    vocab_size: int,
    dropout: float,
    batch_tokens: int,
    learning_rate: float,
) -> None:
    """Train a small Transformer and print its scores."""
    pairs = load_table(run.dataset, {"source": source, "target": target})
    sub_words = SentencePieceTokenizer.train(chain(*pairs["train"][:].values()), vocab_size=vocab_size)
    limit, begin, end = LONGEST - 1, [sub_words.bos_id], [sub_words.eos_id]

    def encoded(split: str, field: str, first: list[int]) -> SequenceArray:
        ids = sub_words.encode_batch(list(pairs[split][field]))
        return SequenceArray.from_sequences([*first, *row[: limit - 1], *end] for row in ids)

    sources = {split: encoded(split, "source", []) for split in pairs}
    targets = {split: encoded(split, "target", begin) for split in pairs}
    model = TinyTransformer(sub_words.vocab_size, dropout=dropout)
    run.say(f"{sub_words.vocab_size:,} sub-words; {sum(p.numel() for p in model.parameters()):,} parameters")

    def collate(rows: np.ndarray, split: str = "train") -> PairBatch:
        return PairBatch(*sources[split].pad(rows), *targets[split].pad(rows))

    def validate(model: nn.Module) -> dict[str, float]:
        total, count, loss = 0.0, 0, translation_loss()
        with torch.inference_mode():
            for rows in length_buckets(targets["validation"].lengths, max_tokens=4096, max_rows=256):
                batch = PairBatch(*(part.to(model.table.device) for part in collate(rows, "validation")))
                tokens = int(batch.target_mask[:, 1:].sum())
                total, count = total + float(loss(model, batch, None).loss) * tokens, count + tokens
        return {"loss": total / count}

    lengths = np.stack([targets["train"].lengths, sources["train"].lengths], axis=1)
    Trainer(
        model,
        torch.optim.AdamW(model.parameters(), lr=learning_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True),
        BucketBatches(lengths, collate, max_tokens=batch_tokens, max_rows=batch_tokens // 8, seed=run.seed),
        translation_loss(label_smoothing=0.1),
        validate,
        metric=LOSS,
        folder=run.folder,
        options=run.training_options(warmup=0.1, ema=0.998),
    ).fit(resume=run.resume)
    for split in (split for split in pairs if split != "train"):
        scores = translation_scores(translate(model, sub_words, sources[split]), list(pairs[split]["target"]))
        click.echo(f"{split:12}bleu {scores['bleu']:.2f}   chrf {scores['chrf']:.2f}   {scores['bleu_signature']}")


if __name__ == "__main__":
    main()
