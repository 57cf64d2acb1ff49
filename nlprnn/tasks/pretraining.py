"""The first half of semi-supervised classification: the encoder learns the language before it learns the labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from nlprnn.batching import StreamBatch, StreamBatches
from nlprnn.data import load_text, load_text_split
from nlprnn.errors import DataError, ModelError
from nlprnn.experiment.run import Run
from nlprnn.experiment.run_folder import PRETRAINING
from nlprnn.metrics import LOSS
from nlprnn.models import BidirectionalLanguageModel
from nlprnn.serialization.model_folder import WEIGHTS_FILE, read_weights
from nlprnn.text import Tokenizer, WordTokenizer
from nlprnn.training.losses.bidirectional_language_model import bidirectional_language_model_loss
from nlprnn.training.schedules import cosine
from nlprnn.training.trainer import Trainer

_STREAMS, _WINDOW = 32, 64
_SAMPLES = 512
_VALIDATION_TOKENS = 20_000
_LEARNING_RATE = 3e-3


def read_unlabelled(sources: Iterable[str], *, text_field: str | None) -> list[str]:
    """Read texts without labels: of each source all of a file, or the part to train on of a folder or data set.

    Raises:
        DataError: a source is missing, damaged or odd.
    """
    texts: list[str] = []
    for source in sources:
        is_file = Path(source).expanduser().is_file()
        field = {"text_field": text_field}
        texts += load_text_split(source, **field) if is_file else load_text(source, **field)["train"]
    return texts


def running_text(tokenizer: Tokenizer, texts: Sequence[str], seed: int) -> np.ndarray:
    """Join texts in a random order: (total,) int64 ids, an end of sentence after each."""
    order = np.random.default_rng(seed).permutation(len(texts))
    encoded = tokenizer.encode_batch([texts[row] for row in order])
    return np.concatenate([np.append(row, tokenizer.eos_id).astype(np.int64) for row in encoded])


def pretrained_words(folder: Path | None) -> list[str]:
    """Return the words that the pretraining in a run's folder has learnt, the special tokens first; none for no folder.

    Raises:
        ModelError: there is no pretraining, or a file is damaged.
    """
    return [] if folder is None else _learnt(folder)[0]


def _learnt(folder: Path) -> tuple[list[str], dict[str, Tensor]]:
    """The words that a run's pretraining has learnt, without those that have a fixed vector alone; its weights."""
    path = folder / PRETRAINING / WEIGHTS_FILE
    if not path.exists():
        raise ModelError(
            f"{folder} holds no {PRETRAINING}: give the folder of a run with --pretrain to --pretrain-from"
        )
    weights = read_weights(path)
    if "output_bias" not in weights:
        raise ModelError(f"{path} holds no language model: give the folder of a run with --pretrain to --pretrain-from")
    return WordTokenizer.load(folder).words[: len(weights["output_bias"])], weights


def start_from(folder: Path, languages: BidirectionalLanguageModel, words: Sequence[str]) -> None:
    """Begin with what another run's pretraining has learnt; a word that it does not know keeps its random start.

    Args:
        folder: of the other run.
        languages: is changed in place.
        words: its vocabulary, id by id.

    Raises:
        ModelError: the two are of different sizes, or a file is missing or damaged.
    """
    known_words, learnt = _learnt(folder)
    places, own = {word: row for row, word in enumerate(known_words)}, languages.state_dict()
    known = [(row, places[word]) for row, word in enumerate(words[: len(own["output_bias"])]) if word in places]
    rows, sources = (torch.tensor(column) for column in zip(*known, strict=True))
    for name in own.keys() - {"embedding.pretrained"}:
        by_word = name in ("embedding.weight", "output_bias")
        if name not in learnt or own[name].shape[by_word:] != learnt[name].shape[by_word:]:
            raise ModelError(
                f"{folder / PRETRAINING} does not fit at {name}: give the --hidden-size, --embedding-size, --cell and "
                "--vectors it had"
            )
        with torch.no_grad():
            if by_word:
                own[name][rows] = learnt[name][sources]
            else:
                own[name].copy_(learnt[name])


def pretrain(
    run: Run,
    languages: BidirectionalLanguageModel,
    tokenizer: Tokenizer,
    *,
    texts: Sequence[str],
    held_out: Sequence[str],
    epochs: int,
) -> float:
    """Train the embedding and the first recurrent layer of a classifier as language models in both directions.

    The loss shown is of both, in nats per word. A stopped run goes on from `pretraining/` in the run's folder.

    Args:
        run: where, how long and from which seed.
        languages: on the classifier's embedding and encoder, which so are trained in place.
        tokenizer: the classifier's.
        texts: to learn from; labels play no part.
        held_out: the best weights are those with the lowest loss on the beginning of these.
        epochs: passes over the texts.

    Returns:
        minutes of training.

    Raises:
        DataError: there is too little text.
    """
    ids, checked = running_text(tokenizer, texts, run.seed), running_text(tokenizer, held_out, run.seed)
    streams = min(_STREAMS, len(ids) // (2 * _WINDOW))
    if streams < 1 or len(checked) < 2 * _WINDOW:
        raise DataError(f"{run.dataset} has too little text to pretrain on: leave --pretrain out, or add --unlabelled")
    run.say(f"Pretraining as language models of both directions on {len(ids):,} words; the loss is in nats per word.")
    folder = run.folder / PRETRAINING
    folder.mkdir(exist_ok=True)
    trainer = Trainer(
        languages,
        torch.optim.AdamW(languages.parameters(), lr=_LEARNING_RATE, weight_decay=0.01, fused=True),
        StreamBatches(ids, batch_size=streams, length=_WINDOW, seed=run.seed),
        bidirectional_language_model_loss(samples=_SAMPLES),
        lambda averaged: {"loss": _nats(averaged, checked[:_VALIDATION_TOKENS])},
        metric=LOSS,
        folder=folder,
        options=replace(run, epochs=epochs).training_options(
            schedule=cosine, warmup=0.02, ema=0.99, patience=2, log_every=50
        ),
    )
    return trainer.fit(resume=run.has_pretraining, reset_patience=False)["minutes"]


def _nats(languages: nn.Module, ids: np.ndarray) -> float:
    """Mean of the exact loss of both directions over running text, read in windows from no state."""
    windows = (len(ids) - 1) // _WINDOW
    inputs, targets = (torch.from_numpy(part[: windows * _WINDOW].reshape(windows, -1)) for part in (ids, ids[1:]))
    device = languages.output_bias.device
    loss = bidirectional_language_model_loss(samples=len(languages.output_bias))
    return float(loss(languages, StreamBatch(inputs.to(device), targets.to(device)), None).loss)
