"""The NumPy step against the step of the modules."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import nlprnn.modules.cpu.numpy_layer as module
from nlprnn.models import LanguageModel
from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.modules.cpu.numpy_step import NumpyEncoder

KINDS = {
    "lstm": {"cell": "lstm"},
    "gru": {"cell": "gru"},
    "rnn-tanh": {"cell": "rnn"},
    "rnn-relu": {"cell": "rnn", "nonlinearity": "relu"},
    "rnn-sigmoid": {"cell": "rnn", "nonlinearity": "sigmoid"},
    "mingru": {"cell": "mingru"},
    "minlstm": {"cell": "minlstm"},
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def build(kind, *, layers=2, embedding=8, hidden=8, tied=True, **options):
    encoder = RecurrentEncoder(embedding, hidden, num_layers=layers, **KINDS[kind], **options)
    model = LanguageModel(embedding=Embedding(11, embedding), encoder=encoder, tied=tied).eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False).add_(0.1 * torch.randn_like(parameter))
    return model


def states(model, rows):
    state = model.initial_state(rows)
    return state._replace(
        hidden=torch.randn_like(state.hidden).tanh(),
        cell=None if state.cell is None else torch.randn_like(state.cell),
    )


def follow(step, state, texts):
    """Scores after each token (T, N, V), and the last state."""
    scores = []
    with torch.inference_mode():
        for tokens in texts.T:
            score, state = step(tokens.contiguous(), state)
            scores.append(score)
    return torch.stack(scores), state


@every_kind
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("options", [{}, {"residual": True, "layer_norm": True}], ids=["plain", "residual-norm"])
@settings(max_examples=5, deadline=None)
@given(rows=st.integers(1, 5), seed=st.integers(0, 100), tied=st.booleans(), embedding=st.sampled_from([3, 8]))
def test_equals_the_step_of_the_modules(kind, layers, options, rows, seed, tied, embedding):
    torch.manual_seed(seed)
    model = build(kind, layers=layers, tied=tied, embedding=embedding, **options)
    texts, state = torch.randint(0, 11, (rows, 4)), states(model, rows)
    before = [None if tensor is None else tensor.clone() for tensor in state]
    expected, last = follow(model.step, state, texts)
    scores, final = follow(model.compiled_step(), state, texts)
    torch.testing.assert_close(scores, expected, rtol=0, atol=1e-5)
    for tensor, other, initial, kept in zip(final, last, before, state, strict=True):
        assert (tensor is None) == (other is None)
        if tensor is not None:
            torch.testing.assert_close(tensor, other, rtol=0, atol=1e-5)
            assert torch.equal(initial, kept)  # the initial state is unchanged


@every_kind
def test_large_table_is_multiplied_instead(kind, monkeypatch):
    model = build(kind)
    texts, state = torch.randint(0, 11, (3, 4)), states(model, 3)
    from_table, _ = follow(model.compiled_step(), state, texts)
    monkeypatch.setattr(module, "_LARGEST_TABLE", 0)
    multiplied, _ = follow(model.compiled_step(), state, texts)
    torch.testing.assert_close(multiplied, from_table, rtol=0, atol=1e-5)


@pytest.mark.parametrize("hidden", [4, 40], ids=["merged", "separate"])
def test_projection_is_merged_where_that_is_smaller(hidden):
    model = build("lstm", embedding=5, hidden=hidden)
    texts, state = torch.randint(0, 11, (2, 6)), states(model, 2)
    expected, _ = follow(model.step, state, texts)
    torch.testing.assert_close(follow(model.compiled_step(), state, texts)[0], expected, rtol=0, atol=1e-5)


@every_kind
@pytest.mark.parametrize("options", [{}, {"residual": True, "layer_norm": True}], ids=["plain", "residual-norm"])
def test_int8_is_close_and_rows_are_independent(kind, options):
    model = build(kind, embedding=32, hidden=32, **options)
    texts, state = torch.randint(0, 11, (4, 8)), states(model, 4)
    expected, _ = follow(model.step, state, texts)
    step = model.compiled_step(int8=True)
    scores, _ = follow(step, state, texts)
    assert 0 < (scores - expected).abs().max() < 0.5
    assert (scores.exp() - expected.exp()).abs().max() < 0.05
    for row in range(4):
        index = torch.tensor([row])
        single, _ = follow(step, state.select(index), texts[row : row + 1])
        torch.testing.assert_close(single[:, 0], scores[:, row], rtol=0, atol=2e-2 if options else 1e-5)


def test_works_on_a_snapshot_of_the_weights():
    model = build("lstm")
    step, state = model.compiled_step(), states(model, 1)
    before, _ = step(torch.tensor([3]), state)
    for parameter in model.parameters():
        parameter.add_(1.0)
    after, _ = step(torch.tensor([3]), state)
    assert torch.equal(before, after)


@every_kind
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_continues_from_any_state_in_any_order(kind, layers):
    model = build(kind, layers=layers)
    step, start, tokens = model.compiled_step(), states(model, 2), torch.tensor([3, 7])
    with torch.inference_mode():
        _, after = step(tokens, start)
        expected = {name: model.step(tokens, state)[0] for name, state in (("start", start), ("after", after))}
        for name in ("after", "start", "start", "after", "after", "start"):
            scores, _ = step(tokens, start if name == "start" else after)
            torch.testing.assert_close(scores, expected[name], rtol=0, atol=1e-5)
            swapped, _ = step(tokens.flip(0), after.select(torch.tensor([1, 0])))
            torch.testing.assert_close(swapped.flip(0), expected["after"], rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn-tanh"])
def test_no_product_is_computed_twice(kind, monkeypatch):
    counts, make = [], module.product

    def counted(*arguments, **options):
        multiply = make(*arguments, **options)
        return lambda x: counts.append(1) or multiply(x)

    monkeypatch.setattr(module, "product", counted)
    model = build(kind, layers=3)
    texts, state = torch.randint(0, 11, (1, 20)), states(model, 1)
    follow(model.compiled_step(), state, texts)
    # For each token one of the first layer and two of each above, and one computed ahead in vain.
    assert len(counts) == 20 * (1 + 2 * 2) + 1


def test_bidirectional_encoder_is_refused():
    with pytest.raises(ValueError, match="bidirectional=False"):
        NumpyEncoder(RecurrentEncoder(3, 4, bidirectional=True), torch.zeros(5, 3), int8=False)
