"""Sequence-to-sequence models as two ONNX graphs: the encoder, and a step of the decoder."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from nlprnn.errors import ModelError
from nlprnn.export import layers
from nlprnn.export.graph import Graph
from nlprnn.export.networks import Arrays, Network
from nlprnn.models import Seq2Seq
from nlprnn.modules import AttentionDecoder, DecoderState, Embedding, RecurrentState
from nlprnn.modules.attention import AdditiveAttention, Attention, DotAttention, GeneralAttention, Memory

_LOWEST = float(np.finfo(np.float32).min)


def encoder_network(model: Seq2Seq) -> Network:
    """Return the graph of the encoder.

    Inputs are `ids` (B, S) int64 and `lengths` (B,) int64. Outputs are `keys` (B, S, K) and `values` (B, S, M) of the
    attention, and the decoder's state before the first token: `hidden` (B, L, H) and, of an LSTM, `cell`.

    Raises:
        ModelError: a module has no counterpart in ONNX.
    """
    graph, decoder = Graph(), model.decoder
    ids, lengths = graph.input("ids", "int64", ["batch", "time"]), graph.input("lengths", "int64", ["batch"])
    mask = layers.mask_of(graph, ids, lengths)
    vectors = graph.add("Gather", graph.constant(_scaled(model.source_embedding)), ids)
    encoded, final = layers.encoder(graph, vectors, lengths, mask, model.encoder)
    keys, size = _keys(graph, encoded, decoder.attention)
    graph.output("keys", keys, ["batch", "time", size])
    graph.output("values", encoded, ["batch", "time", model.encoder.output_size])
    top = graph.add("Transpose", final[-1][0], perm=[1, 0, 2])  # (B, D, H)
    states = layers.linear(
        graph, graph.add("Flatten", top, axis=1), model.bridge.linear.weight, model.bridge.linear.bias
    )
    states = graph.add("Reshape", states, graph.ints(0, -1, decoder.num_layers, decoder.hidden_size))
    for index, name in enumerate(_states(decoder)):
        state = graph.add("Gather", states, graph.constant(index, "int64"), axis=1)
        state = graph.add("Tanh", state) if name == "hidden" else state
        graph.output(name, state, ["batch", decoder.num_layers, decoder.hidden_size])

    def compute(inputs: Arrays) -> dict[str, Tensor]:
        ids, lengths = torch.from_numpy(inputs["ids"]), torch.from_numpy(inputs["lengths"])
        mask = torch.arange(ids.size(1)) < lengths[:, None]
        state = model.encode(ids, mask)
        # What the attention projects of padding is arbitrary.
        return {"keys": state.memory.keys, "values": state.memory.values, **_named(state.recurrent, "")}

    return Network("encoder", graph, compute, {})


def decoder_network(model: Seq2Seq) -> Network:
    """Return the graph of a step of the decoder, for N rows that each have a memory.

    Inputs are `tokens` (N,) and `lengths` (N,) int64, `keys` (N, S, K), `values` (N, S, M), `hidden` (N, L, H), of an
    LSTM `cell`, and with input feeding `input_feed` (N, O), zeros before the first token. Outputs are
    `log_probabilities` (N, V), `attention` (N, S), and the states after the token with the prefix `next_`.

    Raises:
        ModelError: a module has no counterpart in ONNX.
    """
    graph, decoder = Graph(), model.decoder
    tokens, lengths = graph.input("tokens", "int64", ["batch"]), graph.input("lengths", "int64", ["batch"])
    keys = graph.input("keys", "float32", ["batch", "time", _key_size(decoder.attention)])
    values = graph.input("values", "float32", ["batch", "time", decoder.attention.memory_size])
    shape: list[str | int] = ["batch", decoder.num_layers, decoder.hidden_size]
    names = _states(decoder)
    states = [graph.add("Transpose", graph.input(name, "float32", shape), perm=[1, 0, 2]) for name in names]
    one = graph.ints(1)
    target = model.source_embedding if model.target_embedding is None else model.target_embedding
    x = graph.add("Unsqueeze", graph.add("Gather", graph.constant(_scaled(target)), tokens), one)  # (N, 1, E)
    if decoder.input_feeding:
        feed = graph.input("input_feed", "float32", ["batch", decoder.output_size])
        x = graph.add("Concat", x, graph.add("Unsqueeze", feed, one), axis=2)
    mask = layers.mask_of(graph, values, lengths)
    single = graph.add("Expand", graph.constant(1, "int64"), graph.add("Shape", tokens))
    real = layers.mask_of(graph, x, single)
    final: list[list[str]] = []

    def run(index: int, source: str) -> str:
        start = [graph.add("Slice", state, graph.ints(index), graph.ints(index + 1), graph.ints(0)) for state in states]
        outputs, after = layers.encoder(graph, source, single, real, decoder.layers[index], [start])
        final.extend(after)
        return outputs

    hidden = run(0, x)
    contexts, weights = _attend(graph, hidden, keys, values, mask, decoder.attention)
    for index in range(1, decoder.num_layers):
        hidden = graph.add("Add", hidden, run(index, graph.add("Concat", hidden, contexts, axis=2)))
    attentional = graph.add("Concat", hidden, contexts, axis=2)
    last = decoder.attentional_layer
    vectors = graph.add("Squeeze", graph.add("Tanh", layers.linear(graph, attentional, last.weight, last.bias)), one)
    logits = layers.linear(graph, vectors, *model.output_layer)
    graph.output("log_probabilities", graph.add("LogSoftmax", logits, axis=1), ["batch", model.vocab_size])
    graph.output("attention", graph.add("Squeeze", weights, one), ["batch", "time"])
    for index, name in enumerate(names):
        stacked = graph.add("Concat", *(of_layer[index] for of_layer in final), axis=0)
        graph.output(f"next_{name}", graph.add("Transpose", stacked, perm=[1, 0, 2]), shape)
    if decoder.input_feeding:
        graph.output("next_input_feed", vectors, ["batch", decoder.output_size])

    return Network("decoder", graph, _step_of(model), {})


def _step_of(model: Seq2Seq) -> Callable[[Arrays], dict[str, Tensor]]:
    """Return the function that computes the outputs of the decoder's graph by the model."""

    def compute(inputs: Arrays) -> dict[str, Tensor]:
        tensors = {name: torch.from_numpy(value) for name, value in inputs.items()}
        mask = torch.arange(tensors["keys"].size(1)) < tensors["lengths"][:, None]
        state = DecoderState(
            RecurrentState(*(tensors[name] for name in _states(model.decoder))),
            Memory(tensors["keys"], tensors["values"], mask),
            torch.zeros(mask.shape),
            tensors.get("input_feed"),
        )
        log_probabilities, after = model.step(tensors["tokens"], state)
        results = {"log_probabilities": log_probabilities, "attention": after.attention}
        results |= _named(after.recurrent, "next_")
        return results if after.input_feed is None else {**results, "next_input_feed": after.input_feed}

    return compute


def _states(decoder: AttentionDecoder) -> list[str]:
    return ["hidden", "cell"] if decoder.cell == "lstm" else ["hidden"]


def _named(state: RecurrentState, prefix: str) -> dict[str, Tensor]:
    tensors = {"hidden": state.hidden, "cell": state.cell}
    return {f"{prefix}{name}": tensor for name, tensor in tensors.items() if tensor is not None}


def _scaled(embedding: Embedding) -> Tensor:
    """The vectors of all tokens in unit scale, (V, E)."""
    scale: float = embedding.embedding_dim**0.5
    return embedding.table() * scale


def _key_size(attention: Attention) -> int:
    if isinstance(attention, AdditiveAttention):
        return attention.key.out_features
    return attention.query_size if isinstance(attention, GeneralAttention) else attention.memory_size


def _keys(graph: Graph, encoded: str, attention: Attention) -> tuple[str, int]:
    """The keys of encoder outputs, and their size."""
    if isinstance(attention, DotAttention):
        return encoded, attention.memory_size
    if not isinstance(attention, GeneralAttention | AdditiveAttention):
        raise ModelError(
            f"{type(attention).__name__} cannot be exported: train with --attention general, dot or additive"
        )
    return layers.linear(graph, encoded, attention.key.weight, attention.key.bias), _key_size(attention)


def _attend(graph: Graph, queries: str, keys: str, values: str, mask: str, attention: Attention) -> tuple[str, str]:
    """Contexts (N, 1, M) and weights (N, 1, S) of queries (N, 1, H)."""
    if isinstance(attention, AdditiveAttention):
        sums = graph.add("Add", layers.linear(graph, queries, attention.query.weight), keys)  # (N, S, A)
        scores = layers.linear(graph, graph.add("Tanh", sums), attention.score.weight)  # (N, S, 1)
        scores = graph.add("Transpose", scores, perm=[0, 2, 1])
    else:
        scaled = isinstance(attention, GeneralAttention) or getattr(attention, "scaled", False)
        scale = attention.query_size**-0.5 if scaled else 1.0
        by_time = graph.add("Transpose", keys, perm=[0, 2, 1])
        scores = graph.add("MatMul", graph.add("Mul", queries, graph.constant(scale)), by_time)
    across = graph.add("Transpose", mask, perm=[0, 2, 1])  # (N, 1, S)
    filled = graph.add("Where", graph.add("Cast", across, to=9), scores, graph.constant(_LOWEST))
    weights = graph.add("Mul", graph.add("Softmax", filled, axis=2), across)
    return graph.add("MatMul", weights, values), weights
