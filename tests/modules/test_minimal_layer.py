from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.modules import RecurrentEncoder, RecurrentState
from nlprnn.modules import minimal_layer as module

CELLS = ["mingru", "minlstm"]
every_cell = pytest.mark.parametrize("cell", CELLS)


def by_the_paper(cell, weight, bias, x, hidden):
    """The equations of Feng et al. 2024, one token of one row after the other: (T, E) and (H,) -> (T, H)."""
    outputs = []
    for token in x:
        gates = (weight @ token + bias).chunk(2 if cell == "mingru" else 3)
        if cell == "mingru":
            update, candidate = gates[0].sigmoid(), gates[1]
            hidden = (1 - update) * hidden + update * candidate
        else:
            forget, take, candidate = gates[0].sigmoid(), gates[1].sigmoid(), gates[2]
            total = forget + take
            hidden = forget / total * hidden + take / total * candidate
        outputs.append(hidden)
    return torch.stack(outputs)


@every_cell
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), steps=st.integers(1, 9), rows=st.integers(1, 3))
def test_equals_the_equations_of_the_paper(cell, seed, steps, rows):
    torch.manual_seed(seed)
    encoder = RecurrentEncoder(3, 4, cell=cell, bidirectional=True).double()
    x = torch.randn(rows, steps, 3, dtype=torch.double, requires_grad=True)
    start = torch.randn(rows, 2, 4, dtype=torch.double, requires_grad=True)
    slopes = torch.randn(rows, steps, 8, dtype=torch.double)
    (forward, backward) = encoder.layers[0].all_weights
    expected = torch.stack(
        [
            torch.cat(
                [
                    by_the_paper(cell, *forward, row, begin[0]),
                    by_the_paper(cell, *backward, row.flip(0), begin[1]).flip(0),
                ],
                dim=1,
            )
            for row, begin in zip(x, start, strict=True)
        ]
    )
    outputs, _ = encoder(x, None, RecurrentState(start))
    torch.testing.assert_close(outputs, expected, rtol=0, atol=1e-12)
    inputs = [x, start, *encoder.parameters()]
    gradients = torch.autograd.grad((outputs * slopes).sum(), inputs)
    for gradient, reference in zip(gradients, torch.autograd.grad((expected * slopes).sum(), inputs), strict=True):
        torch.testing.assert_close(gradient, reference, rtol=0, atol=1e-11)


@every_cell
def test_nearly_closed_gates_are_finite(cell):
    encoder = RecurrentEncoder(2, 3, cell=cell)
    x = torch.tensor([[[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]]]) * 1e4
    x.requires_grad_()
    outputs, _ = encoder(x)
    outputs.sum().backward()
    assert outputs.isfinite().all()
    assert x.grad.isfinite().all()


@every_cell
def test_initial_memory_of_one_to_a_hundred_tokens(cell):
    encoder = RecurrentEncoder(4, 200, cell=cell)
    x = torch.zeros(1, 100, 4)
    start = RecurrentState(torch.ones(1, 1, 200))
    with torch.no_grad():
        left = encoder(x, None, start)[0][0]  # (100, 200), what is left of the start
    assert left[1].min() < 0.3
    assert 0.2 < left[-1].max() < 0.9


@every_cell
def test_half_precision_sums_in_float32(cell):
    encoder = RecurrentEncoder(4, 8, cell=cell, num_layers=2)
    x = torch.randn(2, 300, 4)
    with torch.autocast("cpu", torch.bfloat16), torch.no_grad():
        outputs, _ = encoder(x)
    with torch.no_grad():
        expected, _ = encoder(x)
    assert outputs.dtype == torch.float32
    torch.testing.assert_close(outputs, expected, rtol=0, atol=0.1)


@every_cell
def test_weight_dropout_is_refused(cell):
    with pytest.raises(ValueError, match=f"{cell} has no recurrent weights"):
        RecurrentEncoder(3, 4, cell=cell, weight_dropout=0.1)


@pytest.mark.parametrize("length", [1, 2, 5, 8, 13])
@pytest.mark.parametrize("backwards", [False, True])
def test_parallel_scan_equals_the_sequential_one(length, backwards):
    decay, increment = torch.rand(3, length, 2), torch.randn(3, length, 2)
    start = torch.randn(3, 2)
    expected = module._scan(decay, increment, start, backwards)
    torch.testing.assert_close(module._scan_by_doubling(decay, increment, start, backwards), expected)
