"""JoeyNMT: training of a recurrent translator and its beam search, on pairs of token ids."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

from driver import Pair, Work, groups, mean_length, serve

_SPECIAL = 4
"""Ids of unknown words, padding, beginning and end."""


def _model(settings: dict[str, Any]) -> Any:
    """Build the translator with the sizes of the settings: LSTM, attention of Luong et al. 2015, input feeding."""
    import torch
    from joeynmt.model import build_model
    from joeynmt.vocabulary import Vocabulary

    torch.set_num_threads(settings["threads"])
    torch.manual_seed(0)
    symbols = SimpleNamespace(
        **{f"{name}_token": f"<{name}>" for name in ("unk", "pad", "bos", "eos")},
        **{f"{name}_id": number for number, name in enumerate(("unk", "pad", "bos", "eos"))},
        sep_token=None,
        sep_id=None,
        lang_tags=[],
    )
    vocabulary = Vocabulary([str(number) for number in range(settings["vocabulary"] - _SPECIAL)], symbols)
    width, hidden = settings["embedding"], settings["hidden"]
    common = {"rnn_type": "lstm", "embeddings": {"embedding_dim": width}, "num_layers": 1}
    encoder = {"type": "recurrent", "hidden_size": hidden // 2, "bidirectional": True, **common}
    decoder = {"type": "recurrent", "hidden_size": hidden, "attention": "luong", "input_feeding": True, **common}
    model = build_model({"encoder": encoder, "decoder": decoder}, vocabulary, vocabulary)
    model.loss_function = ("crossentropy", 0.0)
    return model


def _batch(model: Any, pairs: list[Pair]) -> Any:
    """Return a batch of pairs, the longest source first, as the encoder expects it."""
    import torch
    from joeynmt.batch import Batch
    from torch.nn.utils.rnn import pad_sequence

    sources, targets = (
        [torch.tensor([max(token, _SPECIAL) for token in pair[side]]) for pair in pairs] for side in (0, 1)
    )
    ends = [torch.tensor([end]) for end in (model.bos_index, model.eos_index)]
    sources = [torch.cat([source, ends[1]]) for source in sources]
    targets = [torch.cat([ends[0], target, ends[1]]) for target in targets]
    return Batch(
        src=pad_sequence(sources, batch_first=True, padding_value=model.pad_index),
        src_length=torch.tensor([len(source) for source in sources]),
        src_prompt_mask=None,
        trg=pad_sequence(targets, batch_first=True, padding_value=model.pad_index),
        trg_prompt_mask=None,
        indices=torch.arange(len(pairs)),
        device=torch.device("cpu"),
        pad_index=model.pad_index,
        eos_index=model.eos_index,
    )


def training(settings: dict[str, Any]) -> Work:
    """Return training steps on batches of pairs of similar lengths, with clipping and Adam."""
    model = _model(settings)
    import torch

    optimizer = torch.optim.Adam(model.parameters())
    batches = [_batch(model, group) for group in groups(settings["pairs"], settings["batch_size"])]
    order = itertools.cycle(torch.randperm(len(batches)).tolist())

    def work() -> int:
        rows = 0
        for _ in range(settings["steps"]):
            batch = batches[next(order)]
            loss = batch.normalize(model(return_type="loss", **vars(batch))[0], "tokens")
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            model.zero_grad()
            rows += batch.nseqs
        return rows

    model.train()
    return work


def search(settings: dict[str, Any]) -> Work:
    """Return beam search that ends each batch after the mean length of its targets."""
    model = _model(settings).eval()
    from joeynmt.search import search as beam_search

    chunks = groups(settings["pairs"], settings["batch_size"])
    batches = [(_batch(model, group), mean_length(group)) for group in chunks]

    def work() -> int:
        for batch, length in batches:
            beam_search(model, batch, length, settings["beam"], 1.0, min_output_length=length, generate_unk=True)
        return len(settings["pairs"])

    return work


if __name__ == "__main__":
    serve({"training": training, "search": search})
