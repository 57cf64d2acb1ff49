"""Layers as nodes of an ONNX graph, equal to the modules in evaluation, for any batch and any lengths.

Shapes: B batch, T time, D directions, H hidden size. Lengths (B,) count the real tokens, which come first.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nlprnn.errors import ModelError
from nlprnn.export.graph import Graph
from nlprnn.modules import (
    AttentionPooling,
    CharacterEmbedding,
    ConcatPooling,
    LastPooling,
    MaxPooling,
    MeanPooling,
    OutputHead,
    RecurrentEncoder,
)
from nlprnn.modules.recurrent_layer import Layer

_LOWEST = float(torch.finfo(torch.float32).min)
# The gates of PyTorch's weights in the order of ONNX: i, o, f, g of the LSTM, z, r, n of the GRU.
_GATES = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2), "rnn": (0,)}
_ACTIVATIONS = {"tanh": "Tanh", "relu": "Relu", "sigmoid": "Sigmoid"}


def mask_of(graph: Graph, inputs: str, lengths: str) -> str:
    """Return the mask (B, T, 1) float of inputs (B, T, ...), 1 = real token."""
    steps = graph.add("Shape", inputs, start=1, end=2)
    zero, one = graph.constant(0, "int64"), graph.constant(1, "int64")
    positions = graph.add("Range", zero, graph.add("Squeeze", steps), one)
    is_real = graph.add(
        "Less", graph.add("Unsqueeze", positions, graph.ints(0)), graph.add("Unsqueeze", lengths, graph.ints(1))
    )
    return graph.add("Unsqueeze", graph.add("Cast", is_real, to=1), graph.ints(2))


def linear(graph: Graph, x: str, weight: Tensor, bias: Tensor | None = None) -> str:
    """Return the product of x (..., I) with weight (O, I), plus bias (O,)."""
    product = graph.add("MatMul", x, graph.constant(weight.t()))
    return product if bias is None else graph.add("Add", product, graph.constant(bias))


def head(graph: Graph, x: str, module: OutputHead) -> str:
    """Return the outputs of an output layer."""
    for layer in module.layers:
        if isinstance(layer, nn.Linear):
            x = linear(graph, x, layer.weight, layer.bias)
        elif isinstance(layer, nn.ReLU):
            x = graph.add("Relu", x)
    return x


def encoder(
    graph: Graph, x: str, lengths: str, mask: str, module: RecurrentEncoder, initial: list[list[str]] | None = None
) -> tuple[str, list[list[str]]]:
    """Add stacked recurrent layers.

    Args:
        graph: to add to.
        x: (B, T, E).
        lengths: (B,) int64.
        mask: (B, T, 1) float.
        module: the layers.
        initial: for each layer its states (D, B, H): the hidden and, of an LSTM, the cell state; None = zeros.

    Returns:
        outputs (B, T, D * H), zero on padding, and the final states of each layer.

    Raises:
        ModelError: the cell has no operator in ONNX.
    """
    if module.cell not in _GATES:
        raise ModelError(f"layers of {module.cell} have no operator in ONNX: train with --cell lstm, gru or rnn")
    x, states = graph.add("Mul", x, mask), []
    sizes = [module.input_size, *[module.output_size] * module.num_layers]
    for index, layer in enumerate(module.layers):
        read = _norm(graph, x, module.norms[index])
        start = None if initial is None else initial[index]
        outputs, final = _layer(graph, read, lengths, mask, module, layer, start)
        x = graph.add("Add", x, outputs) if module.residual and sizes[index] == sizes[index + 1] else outputs
        states.append(final)
    x = _norm(graph, x, module.norms[-1])
    return graph.add("Mul", x, mask), states


def _layer(
    graph: Graph,
    x: str,
    lengths: str,
    mask: str,
    module: RecurrentEncoder,
    layer: Layer,
    start: list[str] | None,
) -> tuple[str, list[str]]:
    """Add one layer; a row without tokens reads one, for the operator takes no empty rows, and is masked after."""
    columns = [list(kind) for kind in zip(*layer.all_weights, strict=True)]
    inputs, recurrent, input_bias, recurrent_bias = (
        torch.stack([_in_order(weight, module.cell) for weight in kind]) for kind in columns
    )
    bias = torch.cat([input_bias, recurrent_bias], dim=1)
    at_least_one = graph.add("Max", lengths, graph.constant(1, "int64"))
    names = [graph.add("Transpose", x, perm=[1, 0, 2]), *map(graph.constant, (inputs, recurrent, bias))]
    names += [graph.add("Cast", at_least_one, to=6), *(start or [])]
    options: dict[str, object] = {"hidden_size": module.hidden_size}
    options["direction"] = "bidirectional" if module.bidirectional else "forward"
    if module.cell == "gru":
        options["linear_before_reset"] = 1
    if module.cell == "rnn":
        options["activations"] = [_ACTIVATIONS[module.nonlinearity]] * module.directions
    count = 3 if module.cell == "lstm" else 2
    outputs, *final = graph.add_several(module.cell.upper(), *names, outputs=count, **options)
    if start is None:
        final = [_has_tokens(graph, state, lengths) for state in final]
    batch_first = graph.add("Transpose", outputs, perm=[2, 0, 1, 3])  # (T, D, B, H) to (B, T, D, H)
    merged = graph.add("Reshape", batch_first, graph.ints(0, 0, -1))
    return graph.add("Mul", merged, mask), final


def _in_order(weight: Tensor, cell: str) -> Tensor:
    gates = weight.detach().chunk(len(_GATES[cell]))
    return torch.cat([gates[index] for index in _GATES[cell]])


def _norm(graph: Graph, x: str, module: nn.Module) -> str:
    if not isinstance(module, nn.LayerNorm):
        return x
    scale, bias = graph.constant(module.weight), graph.constant(module.bias)
    return graph.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=module.eps)


def pooling(graph: Graph, x: str, lengths: str, mask: str, module: nn.Module) -> str:
    """Return one vector (B, O) of outputs (B, T, D * H), zero on padding.

    Raises:
        ModelError: the pooling is of another class than nlprnn's.
    """
    if isinstance(module, ConcatPooling):
        return graph.add("Concat", *(pooling(graph, x, lengths, mask, one) for one in module._poolings), axis=1)
    if isinstance(module, MeanPooling):
        count = graph.add("Max", graph.add("ReduceSum", mask, graph.ints(1), keepdims=0), graph.constant(1.0))
        return graph.add("Div", graph.add("ReduceSum", x, graph.ints(1), keepdims=0), count)
    if isinstance(module, MaxPooling):
        return _has_tokens(graph, graph.add("ReduceMax", _fill(graph, x, mask), graph.ints(1), keepdims=0), lengths)
    if isinstance(module, LastPooling):
        return _last(graph, x, lengths, module)
    if isinstance(module, AttentionPooling):
        hidden = graph.add("Tanh", linear(graph, x, module.hidden.weight, module.hidden.bias))
        weights = graph.add("Softmax", _fill(graph, linear(graph, hidden, module.score.weight), mask), axis=1)
        weighted = graph.add("Mul", graph.add("Mul", weights, mask), x)
        return graph.add("ReduceSum", weighted, graph.ints(1), keepdims=0)
    raise ModelError(f"{type(module).__name__} cannot be exported: only the poolings of nlprnn can")


def _last(graph: Graph, x: str, lengths: str, module: LastPooling) -> str:
    """The last real output of the forward direction, and the first of the backward one."""
    one, zero = graph.constant(1, "int64"), graph.constant(0, "int64")
    last = graph.add("Max", graph.add("Sub", lengths, one), zero)
    rows = graph.add("Range", zero, graph.add("Squeeze", graph.add("Shape", x, start=0, end=1)), one)
    positions = graph.add("Concat", *(graph.add("Unsqueeze", one, graph.ints(1)) for one in (rows, last)), axis=1)
    vectors = graph.add("GatherND", x, positions)
    if module.bidirectional:
        half, whole = module.input_size // 2, module.input_size
        forward = graph.add("Slice", vectors, graph.ints(0), graph.ints(half), graph.ints(1))
        first = graph.add("Gather", x, graph.constant(0, "int64"), axis=1)
        backward = graph.add("Slice", first, graph.ints(half), graph.ints(whole), graph.ints(1))
        vectors = graph.add("Concat", forward, backward, axis=1)
    return _has_tokens(graph, vectors, lengths)


def _fill(graph: Graph, x: str, mask: str) -> str:
    """Return x (B, T, ...) with the lowest number on padding."""
    return graph.add("Where", graph.add("Cast", mask, to=9), x, graph.constant(_LOWEST))


def _has_tokens(graph: Graph, x: str, lengths: str) -> str:
    """Return x (..., B, O), with zeros in rows without tokens."""
    some = graph.add("Cast", graph.add("Greater", lengths, graph.constant(0, "int64")), to=1)
    return graph.add("Mul", x, graph.add("Unsqueeze", some, graph.ints(1)))


def character_embedding(graph: Graph, characters: str, module: CharacterEmbedding) -> str:
    """Return the vectors (N, O) of words of characters (N, W) int64."""
    is_real = graph.add("Not", graph.add("Equal", characters, graph.constant(module.padding_id, "int64")))
    mask = graph.add("Unsqueeze", graph.add("Cast", is_real, to=1), graph.ints(2))
    lengths = graph.add("ReduceSum", graph.add("Cast", is_real, to=7), graph.ints(1), keepdims=0)
    vectors = graph.add("Gather", graph.constant(module.table.table()), characters)
    if isinstance(module.encoder, RecurrentEncoder):
        outputs, _ = encoder(graph, vectors, lengths, mask, module.encoder)
    else:
        visible = graph.add("Transpose", graph.add("Mul", vectors, mask), perm=[0, 2, 1])
        weight, bias = module.encoder.weight, module.encoder.bias
        assert bias is not None
        pads = [module.kernel_size // 2] * 2
        filtered = graph.add("Conv", visible, graph.constant(weight), graph.constant(bias), pads=pads)
        outputs = graph.add("Mul", graph.add("Transpose", graph.add("Relu", filtered), perm=[0, 2, 1]), mask)
    return pooling(graph, outputs, lengths, mask, module._pooling)
