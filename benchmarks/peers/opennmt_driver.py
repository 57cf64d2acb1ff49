"""OpenNMT-py: training of an LSTM translator and its beam search, on pairs of token ids."""

from __future__ import annotations

import itertools
from typing import Any

from driver import Pair, Work, groups, mean_length, serve

_SPECIAL = ("<unk>", "<blank>", "<s>", "</s>")
_PAD, _BOS, _EOS = 1, 2, 3


def _model(settings: dict[str, Any]) -> Any:
    """Build the translator with the sizes of the settings: general attention of Luong et al. 2015, input feeding."""
    import torch
    from onmt.decoders.decoder import InputFeedRNNDecoder
    from onmt.encoders.rnn_encoder import RNNEncoder
    from onmt.models.model import NMTModel
    from onmt.modules import Embeddings

    torch.set_num_threads(settings["threads"])
    torch.manual_seed(0)
    hidden, vocabulary = settings["hidden"], settings["vocabulary"]
    encoder_table, decoder_table = (Embeddings(settings["embedding"], vocabulary, _PAD) for _ in range(2))
    encoder = RNNEncoder("LSTM", True, 1, hidden, embeddings=encoder_table)
    model = NMTModel(encoder, InputFeedRNNDecoder("LSTM", True, 1, hidden, embeddings=decoder_table))
    model.generator = torch.nn.Linear(hidden, vocabulary)
    for parameter in model.parameters():  # its layers come without values, to be loaded or drawn like this
        torch.nn.init.uniform_(parameter, -0.1, 0.1)
    return model


def _batch(pairs: list[Pair]) -> dict[str, Any]:
    """Return a batch of pairs as OpenNMT-py's iterators make it: ids (B, T, 1) and lengths of the sources (B,)."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    sources, targets = (
        [torch.tensor([max(token, len(_SPECIAL)) for token in pair[side]]) for pair in pairs] for side in (0, 1)
    )
    begin, end = torch.tensor([_BOS]), torch.tensor([_EOS])
    targets = [torch.cat([begin, target, end]) for target in targets]
    source, target = (pad_sequence(rows, batch_first=True, padding_value=_PAD) for rows in (sources, targets))
    return {"src": source.unsqueeze(2), "srclen": torch.tensor(list(map(len, sources))), "tgt": target.unsqueeze(2)}


def training(settings: dict[str, Any]) -> Work:
    """Return training steps on batches of pairs of similar lengths, with clipping and Adam."""
    model = _model(settings)
    import torch
    from torch.nn.functional import cross_entropy

    optimizer = torch.optim.Adam(model.parameters())
    batches = [_batch(group) for group in groups(settings["pairs"], settings["batch_size"])]
    order = itertools.cycle(torch.randperm(len(batches)).tolist())

    def work() -> int:
        rows = 0
        for _ in range(settings["steps"]):
            batch = batches[next(order)]
            outputs, _ = model(batch["src"], batch["tgt"], batch["srclen"])
            scores = model.generator(outputs)
            loss = cross_entropy(scores.flatten(0, 1), batch["tgt"][:, 1:, 0].flatten(), ignore_index=_PAD)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            rows += len(batch["srclen"])
        return rows

    model.train()
    return work


def search(settings: dict[str, Any]) -> Work:
    """Return beam search that ends each batch after the mean length of its targets."""
    model = _model(settings).eval()
    from onmt.inputters.inputter import dict_to_vocabs
    from onmt.translate import GNMTGlobalScorer, Translator

    symbols = [*_SPECIAL, *map(str, range(settings["vocabulary"] - len(_SPECIAL)))]
    vocabularies = dict_to_vocabs({"data_task": "seq2seq", "src": symbols, "tgt": symbols})
    chunks = groups(settings["pairs"], settings["batch_size"])
    batches = []
    for group in chunks:
        length = mean_length(group)
        batch = _batch(group)
        del batch["tgt"]  # it would be scored, too
        translator = Translator(
            model,
            vocabularies,
            beam_size=settings["beam"],
            min_length=length - 1,  # the end comes in a step of its own
            max_length=length,
            max_length_ratio=0,
            global_scorer=GNMTGlobalScorer(0.0, 0.0, "avg", "none"),
        )
        batches.append((translator, batch))

    def work() -> int:
        for translator, batch in batches:
            translator.translate_batch(batch, False)
        return len(settings["pairs"])

    return work


if __name__ == "__main__":
    serve({"training": training, "search": search})
