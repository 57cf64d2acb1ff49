"""A training step reads nothing from the device: it runs on tensors without values, as if on a GPU.

Tensors on the device "meta" have shapes only. To read a value (`item`, `bool`, `cpu`, `numpy`), to make a tensor whose
size depends on values (`nonzero`, a mask as an index), or to compute with a tensor on the CPU is an error there, and on
a GPU it waits for the device.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from nlprnn.batching import (
    LabelledBatch,
    SequenceArray,
    StreamBatches,
    TaggedBatch,
    WordCharArray,
    to_device,
)
from nlprnn.models import (
    BidirectionalLanguageModel,
    LanguageModel,
    Seq2Seq,
    TextClassifier,
    TextRegressor,
    TokenTagger,
)
from nlprnn.modules import (
    AttentionDecoder,
    Bridge,
    CharacterEmbedding,
    Embedding,
    LinearChainCRF,
    OutputHead,
    RecurrentEncoder,
)
from nlprnn.modules.attention import ATTENTIONS
from nlprnn.modules.pooling import POOLINGS
from nlprnn.tasks.sentence_pairs import pair_batches
from nlprnn.training.losses import (
    bidirectional_language_model_loss,
    classification_loss,
    language_model_loss,
    multi_label_loss,
    regression_loss,
    tagging_loss,
    translation_loss,
)

META = torch.device("meta")
V, E, H = 20, 6, 8
CELLS = ("lstm", "gru", "rnn", "mingru", "minlstm")


def sequences(lengths=(2, 3, 1), low=4, high=V):
    rng = np.random.default_rng(0)
    return SequenceArray.from_sequences([rng.integers(low, high, size=length) for length in lengths])


def text_model(kind, *, cell="lstm", pooling="max", **arguments):
    encoder = RecurrentEncoder(E, H, cell=cell, bidirectional=True, dropout=0.1, locked_dropout=0.1)
    pool = POOLINGS[pooling](encoder.output_size)
    size = len(arguments.get("labels", "1"))
    return kind(
        embedding=Embedding(V, E, dropout=0.1, word_dropout=0.1, locked_dropout=0.1, row_dropout=0.1),
        encoder=encoder,
        pooling=pool,
        head=OutputHead(pool.output_size, size, hidden_size=4, dropout=0.1),
        **arguments,
    )


def labelled(labels):
    return lambda: LabelledBatch(*sequences().pad(np.arange(3)), torch.as_tensor(labels))


def translator(*, cell="lstm", attention="general", **options):
    encoder = RecurrentEncoder(E, H, cell=cell, bidirectional=True, weight_dropout=0.1 if cell == "lstm" else 0.0)
    attention = ATTENTIONS[attention](2 * H, encoder.output_size)
    return Seq2Seq(
        source_embedding=Embedding(V, E, word_dropout=0.1, locked_dropout=0.1),
        encoder=encoder,
        bridge=Bridge(2 * H, 2 * H, num_layers=2, cell=cell),
        decoder=AttentionDecoder(E, 2 * H, E, attention=attention, cell=cell, num_layers=2, dropout=0.1, **options),
    )


def pairs():
    return next(iter(pair_batches(sequences(), sequences((3, 1, 2)), max_tokens=100, seed=0)))


def tagger(*, crf=True, network="lstm"):
    characters = CharacterEmbedding(9, 3, 2, network=network, dropout=0.1, character_dropout=0.1)
    encoder = RecurrentEncoder(E + characters.output_size, H, bidirectional=True)
    return TokenTagger(
        embedding=Embedding(V, E),
        encoder=encoder,
        head=OutputHead(encoder.output_size, 3),
        labels=["O", "B-X", "I-X"],
        characters=characters,
        crf=LinearChainCRF(3, scheme_labels=["O", "B-X", "I-X"]) if crf else None,
    )


def tagged():
    lengths, indices = (2, 3, 1), sequences(low=0, high=6)
    spellings = [[2, 3], [4], [5, 6, 7], [2], [8, 3], [3, 3]]
    words = WordCharArray.from_sequences(list(sequences(lengths)), list(indices), spellings)
    return TaggedBatch(words.pad(np.arange(3)), sequences(lengths, low=0, high=3).pad(np.arange(3))[0])


def stream():
    return next(iter(StreamBatches(np.arange(200) % V, batch_size=4, length=3, seed=0)))


def language_model(**options):
    return LanguageModel(embedding=Embedding(V, E), encoder=RecurrentEncoder(E, H, **options), output_dropout=0.1)


def pretrained(**options):
    encoder = RecurrentEncoder(E + 2, H, bidirectional=True)
    embedding = Embedding(V, E, pretrained_dim=2, num_trained=12, word_dropout=0.1)
    return BidirectionalLanguageModel(embedding=embedding, encoder=encoder, output_dropout=0.1)


AB = {"labels": ["a", "b"]}
CLASSES, WEIGHTS = labelled([0, 1, 1]), torch.tensor([0.5, 1.5])
RECIPES = {
    **{
        f"sentiment {cell} {pooling}": (
            lambda cell=cell, pooling=pooling: text_model(TextClassifier, cell=cell, pooling=pooling, **AB),
            lambda: classification_loss(r_drop=0.5, label_smoothing=0.1),
            CLASSES,
        )
        for cell, pooling in zip(CELLS, POOLINGS, strict=True)
    },
    "news with class weights": (
        lambda: text_model(TextClassifier, **AB),
        lambda: classification_loss(weights=WEIGHTS),
        CLASSES,
    ),
    "news of several labels": (
        lambda: text_model(TextClassifier, **AB, multi_label=True),
        lambda: multi_label_loss(r_drop=0.5),
        labelled(np.eye(3, 2, dtype=np.float32)),
    ),
    "regression": (lambda: text_model(TextRegressor), regression_loss, labelled(np.ones(3, np.float32))),
    "tagging with CRF": (tagger, lambda: tagging_loss, tagged),
    "tagging": (lambda: tagger(crf=False, network="cnn"), lambda: tagging_loss, tagged),
    **{
        f"translation {cell}": (
            lambda cell=cell: translator(cell=cell),
            lambda: translation_loss(label_smoothing=0.1, r_drop=0.5),
            pairs,
        )
        for cell in ("lstm", "mingru")
    },
    **{
        f"translation with {attention} attention": (
            lambda attention=attention: translator(attention=attention),
            translation_loss,
            pairs,
        )
        for attention in ("multi-head",)
    },
    "translation with input feeding": (lambda: translator(input_feeding=True), translation_loss, pairs),
    **{
        f"text_generation {cell}": (
            lambda cell=cell: language_model(cell=cell),
            lambda: language_model_loss(ar_alpha=1.0, tar_beta=1.0),
            stream,
        )
        for cell in ("gru", "minlstm")
    },
    "pretrain": (pretrained, lambda: bidirectional_language_model_loss(samples=3), stream),
}


@pytest.fixture
def packed(monkeypatch):
    """Packed sequences, as on CUDA."""
    monkeypatch.setattr(RecurrentEncoder, "_prefers_packed", lambda self, x: not self.cell.startswith("min"))


@pytest.mark.parametrize("name", RECIPES)
def test_loss_and_gradients_read_nothing_from_the_device(name, packed):
    make_model, make_loss, make_batch = RECIPES[name]
    model, loss = make_model().to(META).train(), make_loss()
    batch = to_device(make_batch(), META)
    output = loss(model, batch, None)
    if output.state is not None:  # it is carried to the next batch
        output = loss(model, batch, output.state)
    assert output.tokens > 0
    output.loss.backward()
    assert all(parameter.grad is not None for parameter in model.parameters() if parameter.requires_grad)


@pytest.mark.parametrize("name", ["translation lstm", "translation mingru", "text_generation gru"])
def test_step_of_decoding_reads_nothing_from_the_device(name, packed):
    """So that a CUDA graph can hold it."""
    make_model, _, make_batch = RECIPES[name]
    model, batch = make_model().to(META).eval(), to_device(make_batch(), META)
    is_translation = isinstance(model, Seq2Seq)
    state = model.encode(batch.source, batch.source_mask) if is_translation else model.initial_state(3)
    tokens = torch.zeros(3, dtype=torch.int64, device=META)
    for _ in range(2):
        scores, state = model.step(tokens, state)
    assert scores.shape == (3, V)


@pytest.mark.filterwarnings("ignore:this processor cannot")
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("name", RECIPES)
def test_losses_in_half_precision_are_near_float32(name, dtype):
    make_model, make_loss, make_batch = RECIPES[name]
    model, batch = make_model().eval(), make_batch()
    values = []
    for enabled in (False, True):
        torch.manual_seed(0)
        with torch.autocast("cpu", dtype, enabled=enabled):
            output = make_loss()(model, batch, None)
        assert output.loss.dtype == torch.float32
        gradients = torch.autograd.grad(output.loss, list(model.parameters()), allow_unused=True)
        values.append((output.loss.detach(), torch.cat([g.flatten() for g in gradients if g is not None])))
    (loss, gradient), (rough_loss, rough_gradient) = values
    torch.testing.assert_close(rough_loss, loss, rtol=0.03, atol=0.02)
    assert float((rough_gradient - gradient).norm()) < 0.1 * float(gradient.norm())


class ReadValues(TorchDispatchMode):
    """Counts the values that are read from tensors."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.count += function is torch.ops.aten._local_scalar_dense.default
        return function(*args, **(kwargs or {}))


def test_steps_of_the_trainer_read_no_values(tmp_path, tiny):
    """Clipping, fused optimizer, averaged weights and accumulation; the loss is checked between steps, every tenth."""
    trainer = tiny.classifier_trainer(tmp_path, epochs=1, ema=0.9, log_every=100, accumulate=2)
    counts, train_on = [], trainer._train_on

    def watched(batch):
        with ReadValues() as values:
            train_on(batch)
        counts.append(values.count)

    trainer._train_on = watched
    trainer.fit()
    assert len(counts) == trainer.state.step > 5
    assert counts.pop(1) == 1  # the first update of the average asks how many there were before, on the CPU
    assert not any(counts)
