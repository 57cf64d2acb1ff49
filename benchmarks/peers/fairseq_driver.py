"""fairseq: training of an LSTM translator and its beam search, on pairs of token ids."""

from __future__ import annotations

import itertools
from argparse import Namespace
from typing import Any

from driver import Pair, Work, groups, mean_length, serve


def _model(settings: dict[str, Any]) -> tuple[Any, Any]:
    """Return the LSTM translator with the sizes of the settings, and its dictionary of both sides."""
    import torch
    from fairseq.data import Dictionary
    from fairseq.models.lstm import LSTMModel, base_architecture

    torch.set_num_threads(settings["threads"])
    torch.manual_seed(0)
    dictionary = Dictionary()
    while len(dictionary) < settings["vocabulary"]:
        dictionary.add_symbol(str(len(dictionary)))
    width, hidden = settings["embedding"], settings["hidden"]
    sizes = Namespace(
        encoder_embed_dim=width,
        encoder_hidden_size=hidden // 2,
        encoder_bidirectional=True,
        decoder_embed_dim=width,
        decoder_hidden_size=hidden,
        decoder_out_embed_dim=hidden,
        dropout=0.0,
        criterion="cross_entropy",
    )
    base_architecture(sizes)
    task = Namespace(source_dictionary=dictionary, target_dictionary=dictionary)
    return LSTMModel.build_model(sizes, task), dictionary


def _batch(dictionary: Any, pairs: list[Pair]) -> dict[str, Any]:
    """Return a sample of pairs as fairseq's data loaders make it."""
    import torch
    from fairseq.data.language_pair_dataset import collate

    ends = torch.tensor([dictionary.eos()])
    samples = [
        {
            "id": number,
            "source": torch.cat([torch.tensor(source).clamp(min=dictionary.nspecial), ends]),
            "target": torch.cat([torch.tensor(target).clamp(min=dictionary.nspecial), ends]),
        }
        for number, (source, target) in enumerate(pairs)
    ]
    return collate(samples, pad_idx=dictionary.pad(), eos_idx=dictionary.eos(), left_pad_target=False)


def training(settings: dict[str, Any]) -> Work:
    """Return training steps on batches of pairs of similar lengths, with clipping and Adam."""
    model, dictionary = _model(settings)
    import torch
    from torch.nn.functional import nll_loss

    optimizer = torch.optim.Adam(model.parameters())
    batches = [_batch(dictionary, group) for group in groups(settings["pairs"], settings["batch_size"])]
    order = itertools.cycle(torch.randperm(len(batches)).tolist())

    def work() -> int:
        rows = 0
        for _ in range(settings["steps"]):
            sample = batches[next(order)]
            scores = model.get_normalized_probs(model(**sample["net_input"]), log_probs=True)
            loss = nll_loss(scores.flatten(0, 1), sample["target"].flatten(), ignore_index=dictionary.pad())
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            rows += len(sample["target"])
        return rows

    model.train()
    return work


def search(settings: dict[str, Any]) -> Work:
    """Return beam search that ends each batch after the mean length of its targets."""
    model, dictionary = _model(settings)
    from fairseq.sequence_generator import SequenceGenerator

    chunks = groups(settings["pairs"], settings["batch_size"])
    lengths = [mean_length(group) - 1 for group in chunks]  # the end comes in a step of its own
    generators = [
        SequenceGenerator([model], dictionary, beam_size=settings["beam"], max_len_b=length, min_len=length)
        for length in lengths
    ]
    batches = [_batch(dictionary, group) for group in chunks]

    def work() -> int:
        for generator, batch in zip(generators, batches):  # noqa: B905 (Python 3.9 and later)
            generator.generate([model], batch)
        return len(settings["pairs"])

    model.eval()
    return work


if __name__ == "__main__":
    serve({"training": training, "search": search})
