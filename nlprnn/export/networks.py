"""Whole models as ONNX graphs, each with the function that computes the same outputs in PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from nlprnn.errors import ModelError
from nlprnn.export import layers
from nlprnn.export.graph import Graph
from nlprnn.export.ngrams import ngram_linear
from nlprnn.models import LanguageModel, TextClassifier, TextRegressor, TokenTagger
from nlprnn.models.ensemble import NgramEnsemble
from nlprnn.models.feature_models import FeatureClassifier, FeatureRegressor
from nlprnn.models.text_model import TextModel
from nlprnn.modules import OutputHead, RecurrentEncoder, RecurrentState
from nlprnn.modules.feature_projection import FeatureProjection

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Network:
    """A graph, and what it must be equal to.

    Attributes:
        name: of its file, without the suffix.
        graph: the graph.
        compute: function of the inputs that returns the outputs of the model, by their names.
        metadata: text values kept in the file.
    """

    name: str
    graph: Graph
    compute: Callable[[Arrays], dict[str, Tensor]]
    metadata: Mapping[str, str]


def text_network(model: Any) -> Network:
    """Return the graph of a classifier or regressor, with its n-grams where it has some.

    Inputs are `ids` (B, T) int64 and `lengths` (B,) int64; a text may be longer than the model reads. Outputs are
    `logits` (B, C) and `probabilities` (B, C) of a classifier, `numbers` (B,) of a regressor.

    Raises:
        ModelError: a module has no counterpart in ONNX.
    """
    graph = Graph()
    ids, lengths = graph.input("ids", "int64", ["batch", "time"]), graph.input("lengths", "int64", ["batch"])
    if isinstance(model, NgramEnsemble):
        if model.ngram_max_length is not None:
            ids, lengths = _first(graph, ids, lengths, model.ngram_max_length)
            read = _kept(graph, ids, lengths, model.network)
        else:
            ids, lengths = read = _kept(graph, ids, lengths, model.network)
        outputs = graph.add("Mul", _pooled(graph, *read, model.network), graph.constant(model.network_weight))
        mask = layers.mask_of(graph, ids, lengths)
        real = graph.add("Mul", ids, graph.add("Cast", graph.add("Squeeze", mask, graph.ints(2)), to=7))
        counted = graph.add("Mul", ngram_linear(graph, real, mask, model.ngrams), graph.constant(model.ngram_weight))
        outputs, network = graph.add("Add", outputs, counted), model.network
    else:
        outputs, network = _pooled(graph, *_kept(graph, ids, lengths, model), model), model
    _add_outputs(graph, outputs, network)
    return Network("model", graph, partial(_compute, model, "ids"), {})


def feature_network(model: FeatureClassifier | FeatureRegressor) -> Network:
    """Return the graph of a classifier or regressor of feature sequences.

    Inputs are `features` (B, T, D) float32, processed, and `lengths` (B,) int64; a sequence may be longer than the
    model reads. Outputs are those of `text_network`.

    Raises:
        ModelError: a module has no counterpart in ONNX.
    """
    projection = model.embedding
    if not isinstance(projection, FeatureProjection):
        raise ModelError("a module of the model is not of nlprnn: only models of its recipes can be exported")
    graph = Graph()
    features = graph.input("features", "float32", ["batch", "time", projection.input_size])
    lengths = graph.input("lengths", "int64", ["batch"])
    features, lengths = _kept(graph, features, lengths, model, width=projection.input_size)
    layer = cast(nn.Linear, projection.layers[0])
    vectors = graph.add("Relu", layers.linear(graph, features, layer.weight, layer.bias))
    _add_outputs(graph, _pooled_vectors(graph, vectors, lengths, model), model)
    return Network("model", graph, partial(_compute, model, "features"), {})


def _add_outputs(graph: Graph, outputs: str, model: TextModel) -> None:
    """Add the outputs of a classifier or regressor to a graph."""
    classes = model.output_size
    if isinstance(model, TextClassifier):
        graph.output("logits", outputs, ["batch", classes])
        scaled = graph.add("Div", outputs, graph.constant(model.temperature))
        activation = graph.add("Sigmoid", scaled) if model.multi_label else graph.add("Softmax", scaled, axis=1)
        graph.output("probabilities", activation, ["batch", classes])
    else:
        regressor = cast(TextRegressor, model)
        numbers = graph.add("Mul", graph.add("Squeeze", outputs, graph.ints(1)), graph.constant(regressor.std))
        graph.output("numbers", graph.add("Add", numbers, graph.constant(regressor.mean)), ["batch"])


def _compute(model: Any, name: str, inputs: Arrays) -> dict[str, Tensor]:
    """Return the outputs of a classifier or regressor for inputs `name` (B, T, ...) and `lengths` (B,)."""
    rows = [
        row[model.truncate_tokens(list(range(length)))]
        for row, length in zip(torch.from_numpy(inputs[name]), inputs["lengths"].tolist(), strict=True)
    ]
    lengths = torch.tensor(list(map(len, rows)))
    padded = rows[0].new_zeros(len(rows), max(1, int(lengths.max())), *rows[0].shape[1:])
    for row, kept in zip(padded, rows, strict=True):
        row[: len(kept)] = kept
    logits = model(padded, torch.arange(padded.size(1)) < lengths[:, None])
    if hasattr(model, "denormalize"):
        return {"numbers": torch.from_numpy(model.denormalize(logits.numpy()))}
    return {"logits": logits, "probabilities": model.probabilities(logits)}


def _first(graph: Graph, ids: str, lengths: str, most: int) -> tuple[str, str]:
    """The first tokens of each row, at most a number of them."""
    kept = graph.add("Slice", ids, graph.ints(0), graph.ints(most), graph.ints(1))
    return kept, graph.add("Min", lengths, graph.constant(most, "int64"))


def _kept(graph: Graph, ids: str, lengths: str, model: TextModel, *, width: int | None = None) -> tuple[str, str]:
    """The tokens, or the features of some width, that a model reads, by `TextModel.kept_positions`."""
    if model.truncate == "head":
        return _first(graph, ids, lengths, model.max_length)
    most, zero, one = graph.constant(model.max_length, "int64"), graph.constant(0, "int64"), graph.constant(1, "int64")
    excess = graph.add("Unsqueeze", graph.add("Max", graph.add("Sub", lengths, most), zero), graph.ints(1))
    time = graph.add("Min", graph.add("Squeeze", graph.add("Shape", ids, start=1, end=2)), most)
    positions = graph.add("Unsqueeze", graph.add("Range", zero, time, one), graph.ints(0))
    is_tail = graph.add("GreaterOrEqual", positions, graph.constant(model.head_length, "int64"))
    shifted = graph.add("Add", positions, graph.add("Mul", excess, graph.add("Cast", is_tail, to=7)))
    if width is not None:
        shifted = graph.add("Expand", graph.add("Unsqueeze", shifted, graph.ints(2)), graph.ints(1, 1, width))
    return graph.add("GatherElements", ids, shifted, axis=1), graph.add("Min", lengths, most)


def _pooled(graph: Graph, ids: str, lengths: str, model: TextModel) -> str:
    return _pooled_vectors(graph, graph.add("Gather", graph.constant(_table(model.embedding)), ids), lengths, model)


def _pooled_vectors(graph: Graph, vectors: str, lengths: str, model: TextModel) -> str:
    if not isinstance(model.encoder, RecurrentEncoder) or not isinstance(model.head, OutputHead):
        raise ModelError("a module of the model is not of nlprnn: only models of its recipes can be exported")
    mask = layers.mask_of(graph, vectors, lengths)
    outputs, _ = layers.encoder(graph, vectors, lengths, mask, model.encoder)
    return layers.head(graph, layers.pooling(graph, outputs, lengths, mask, cast(nn.Module, model.pooling)), model.head)


def _table(embedding: Any) -> Tensor:
    if not hasattr(embedding, "table"):
        raise ModelError(f"{type(embedding).__name__} cannot be exported: only embeddings of token ids can")
    return cast(Tensor, embedding.table())


def tagger_network(model: TokenTagger) -> Network:
    """Return the graph of a tagger up to its emissions, (B, T, C); the search of the CRF is on its transitions.

    Inputs are `ids` (B, T), `lengths` (B,), and with characters `characters` (N, W), those of each distinct word, and
    `indices` (B, T), the row of each word in them; all int64.

    Raises:
        ModelError: a module has no counterpart in ONNX.
    """
    if not isinstance(model.encoder, RecurrentEncoder) or not isinstance(model.head, OutputHead):
        raise ModelError("a module of the model is not of nlprnn: only models of its recipes can be exported")
    graph = Graph()
    ids, lengths = graph.input("ids", "int64", ["batch", "time"]), graph.input("lengths", "int64", ["batch"])
    vectors = graph.add("Gather", graph.constant(model.embedding.table()), ids)
    if model.characters is not None:
        characters = graph.input("characters", "int64", ["words", "width"])
        indices = graph.input("indices", "int64", ["batch", "time"])
        of_words = layers.character_embedding(graph, characters, model.characters)
        vectors = graph.add("Concat", vectors, graph.add("Gather", of_words, indices), axis=2)
    mask = layers.mask_of(graph, ids, lengths)
    outputs, _ = layers.encoder(graph, vectors, lengths, mask, model.encoder)
    emissions = graph.add("Mul", layers.head(graph, outputs, model.head), mask)
    graph.output("emissions", emissions, ["batch", "time", len(model.labels)])

    def compute(inputs: Arrays) -> dict[str, Tensor]:
        ids, lengths = torch.from_numpy(inputs["ids"]), torch.from_numpy(inputs["lengths"])
        mask = torch.arange(ids.size(1)) < lengths[:, None]
        empty = torch.zeros(0, 0, dtype=torch.int64)
        spelling = [torch.from_numpy(inputs[name]) if name in inputs else empty for name in ("characters", "indices")]
        return {"emissions": model(ids, mask, *spelling) * mask.unsqueeze(2)}

    return Network("model", graph, compute, {})


def language_model_network(model: LanguageModel) -> Network:
    """Return the graph of a language model, whose step is a text of one token.

    Inputs are `ids` (B, T) int64, `hidden` (B, L, H) and, of an LSTM, `cell` (B, L, H), the state before the first
    token. Outputs are `log_probabilities` (B, T, V) of the token after each, and the state after the last,
    `next_hidden` and `next_cell`.

    Raises:
        ModelError: a module has no counterpart in ONNX.
    """
    module, graph = model.encoder, Graph()
    ids = graph.input("ids", "int64", ["batch", "time"])
    shape: list[str | int] = ["batch", module.num_layers, module.hidden_size]
    names = ["hidden", "cell"] if module.cell == "lstm" else ["hidden"]
    states = [graph.add("Transpose", graph.input(name, "float32", shape), perm=[1, 0, 2]) for name in names]
    initial = [[_state_of(graph, state, layer) for state in states] for layer in range(module.num_layers)]
    vectors = graph.add("Gather", graph.constant(model.embedding.table()), ids)
    size = graph.add("Shape", ids)
    lengths = graph.add(
        "Expand", graph.add("Gather", size, graph.ints(1)), graph.add("Slice", size, graph.ints(0), graph.ints(1))
    )
    mask = layers.mask_of(graph, ids, lengths)
    outputs, final = layers.encoder(graph, vectors, lengths, mask, module, initial)
    if isinstance(model.projection, nn.Linear):
        outputs = layers.linear(graph, outputs, model.projection.weight, model.projection.bias)
    weight, bias = model.output_layer
    logits = layers.linear(graph, outputs, weight * weight.size(1) ** -0.5, bias)
    graph.output("log_probabilities", graph.add("LogSoftmax", logits, axis=2), ["batch", "time", model.vocab_size])
    for index, name in enumerate(names):
        stacked = graph.add("Concat", *(of_layer[index] for of_layer in final), axis=0)
        graph.output(f"next_{name}", graph.add("Transpose", stacked, perm=[1, 0, 2]), shape)

    def compute(inputs: Arrays) -> dict[str, Tensor]:
        before = RecurrentState(*(torch.from_numpy(inputs[name]) for name in names))
        output = model(torch.from_numpy(inputs["ids"]), None, before)
        after = [state for state in output.state if state is not None]
        log_probabilities = model.logits(output.vectors).log_softmax(dim=-1)
        return {"log_probabilities": log_probabilities, **{f"next_{n}": s for n, s in zip(names, after, strict=True)}}

    return Network("model", graph, compute, {})


def _state_of(graph: Graph, states: str, layer: int) -> str:
    """The state (1, B, H) of a layer of states (L, B, H)."""
    return graph.add("Slice", states, graph.ints(layer), graph.ints(layer + 1), graph.ints(0))
