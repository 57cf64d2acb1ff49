"""Linear models on n-grams as nodes of an ONNX graph."""

from __future__ import annotations

import numpy as np

from nlprnn.export.graph import Graph
from nlprnn.models.ngram_linear import NgramLinear

_TINY = 1e-30
"""Norm of a text without n-grams."""


def ngram_linear(graph: Graph, ids: str, mask: str, module: NgramLinear) -> str:
    """Return the outputs (B, C) of a linear model on n-grams.

    Args:
        graph: to add to.
        ids: (B, T) int64, 0 on padding.
        mask: (B, T, 1) float.
        module: the linear model.
    """
    words = len(module.keys)
    features = [_weighted(graph, _word_counts(graph, ids, module), module.idf[:words].numpy())]
    if module.spellings is not None:
        features.append(_weighted(graph, _character_counts(graph, ids, mask, module), module.idf[words:].numpy()))
    product = graph.add("MatMul", graph.add("Concat", *features, axis=1), graph.constant(module.weight))
    return graph.add("Add", product, graph.constant(module.bias))


def _weighted(graph: Graph, counts: str, idf: np.ndarray) -> str:
    """Return (1 + log(count)) * idf of counts (B, F), normalised per text."""
    logarithm = graph.add("Log", graph.add("Max", counts, graph.constant(1.0)))
    present = graph.add("Min", counts, graph.constant(1.0))
    scale = graph.add("Mul", graph.add("Add", logarithm, graph.constant(1.0)), present)
    values = graph.add("Mul", scale, graph.constant(idf))
    norm = graph.add("ReduceL2", values, graph.ints(1), keepdims=1)
    return graph.add("Div", values, graph.add("Max", norm, graph.constant(_TINY)))


def _word_counts(graph: Graph, ids: str, module: NgramLinear) -> str:
    pools: list[list[int]] = [[] for _ in range(module.order)]
    columns: list[list[int]] = [[] for _ in range(module.order)]
    for column, key in enumerate(module.keys.tolist()):
        tokens = ngram_tokens(key, module.vocab_size)
        pools[len(tokens) - 1] += tokens
        columns[len(tokens) - 1].append(column)
    starts = np.cumsum([0, *map(len, pools[:-1])]).tolist()
    return graph.add(
        "TfIdfVectorizer",
        ids,
        mode="TF",
        min_gram_length=1,
        max_gram_length=module.order,
        max_skip_count=0,
        ngram_counts=starts,
        ngram_indexes=[column for of_size in columns for column in of_size],
        pool_int64s=[token for pool in pools for token in pool],
    )


def ngram_tokens(key: int, vocab_size: int) -> list[int]:
    """Return the tokens of an n-gram from its number; see `ngram_keys`."""
    tokens = []
    while key:
        key, digit = divmod(key, vocab_size + 1)
        tokens.append(digit - 1)
    return tokens[::-1]


def _character_counts(graph: Graph, ids: str, mask: str, module: NgramLinear) -> str:
    """Count the character n-grams of all words of a text: each word's are a row of a table, filled with one more."""
    offsets, numbers = module.spelling_offsets.numpy(), module.spelling_numbers.numpy()
    counts = np.diff(offsets)
    counts[module.unknown_id] = 0
    width, none = max(1, int(counts.max(initial=0))), module.num_char_ngrams
    table = np.full((module.vocab_size, width), none, dtype=np.int64)
    for word, count in enumerate(counts.tolist()):
        table[word, :count] = numbers[offsets[word] : offsets[word] + count]
    is_real = graph.add("Cast", mask, to=9)  # (B, T, 1)
    rows = graph.add("Gather", graph.constant(table, "int64"), ids)  # (B, T, width)
    positions = graph.add("Where", is_real, rows, graph.constant(none, "int64"))
    positions = graph.add("Reshape", positions, graph.ints(0, -1))
    ones = graph.add("ConstantOfShape", graph.add("Shape", positions), value=_float_tensor(1.0))
    batch = graph.add("Shape", ids, start=0, end=1)
    zeros = graph.add(
        "ConstantOfShape", graph.add("Concat", batch, graph.ints(none + 1), axis=0), value=_float_tensor(0.0)
    )
    sums = graph.add("ScatterElements", zeros, positions, ones, axis=1, reduction="add")
    return graph.add("Slice", sums, graph.ints(0), graph.ints(none), graph.ints(1))


def _float_tensor(value: float) -> object:
    from onnx import numpy_helper

    return numpy_helper.from_array(np.array([value], dtype=np.float32))
