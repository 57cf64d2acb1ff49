from __future__ import annotations

import json

import pytest
import torch

from nlprnn import modules
from nlprnn.modules import AttentionDecoder, GeneralAttention, RecurrentState
from nlprnn.modules.attention import ATTENTIONS
from nlprnn.serialization.config import from_config, to_config

E, H, OUT, S = 3, 4, 5, 6  # sizes of the target's vectors, the layers and the outputs; positions of the memory
CELLS = ["lstm", "gru", "rnn"]
SOURCE_LENGTHS, TARGET_LENGTHS = [6, 2, 0, 4], [3, 5, 1, 2]

every_cell = pytest.mark.parametrize("cell", CELLS)
every_depth = pytest.mark.parametrize("layers", [1, 2, 3])
with_and_without_feeding = pytest.mark.parametrize("feeding", [False, True], ids=["plain", "input_feed"])


def randn(*shape):
    return torch.randn(*shape, dtype=torch.double)


def mask_of(lengths, width):
    return torch.arange(width) < torch.tensor(lengths)[:, None]


def build(cell="lstm", layers=1, feeding=False, attention="general", **options):
    return AttentionDecoder(
        E, H, OUT, attention=ATTENTIONS[attention](H, H), cell=cell, num_layers=layers, input_feeding=feeding, **options
    ).double()


def start(decoder, lengths=SOURCE_LENGTHS):
    """A state from which decoding starts, as an encoder and a bridge would give it."""
    shape = (len(lengths), decoder.num_layers, H)
    recurrent = RecurrentState(randn(*shape), randn(*shape) if decoder.cell == "lstm" else None)
    return decoder.initial_state(randn(len(lengths), S, H), mask_of(lengths, S), recurrent)


def row_tensors(state):
    """Every tensor of a state that has its rows, by name; not the memory."""
    named = {"hidden": state.recurrent.hidden, "cell": state.recurrent.cell, "attention": state.attention}
    return {name: tensor for name, tensor in {**named, "input_feed": state.input_feed}.items() if tensor is not None}


def assert_close(actual, expected):
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-10)


def assert_same_state(actual, expected):
    assert row_tensors(actual).keys() == row_tensors(expected).keys()
    for name, tensor in row_tensors(actual).items():
        assert_close(tensor, row_tensors(expected)[name])


def step_by_step(decoder, x, state):
    outputs = []
    for token in x.unbind(1):
        output, state = decoder.step(token, state)
        outputs.append(output)
    return torch.stack(outputs, dim=1), state


@every_cell
@every_depth
@with_and_without_feeding
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_forward_equals_steps(cell, layers, feeding, attention):
    decoder = build(cell, layers, feeding, attention)
    state, x, mask = start(decoder), randn(4, 5, E), mask_of(TARGET_LENGTHS, 5)
    outputs, final = decoder(x, mask, state)
    assert outputs.shape == (4, 5, OUT)
    for row, length in enumerate(TARGET_LENGTHS):
        chosen = torch.tensor([row])
        single, ended = step_by_step(decoder, x[row : row + 1, :length], state.select(chosen))
        assert_close(outputs[row : row + 1, :length], single)
        assert_same_state(final.select(chosen), ended)
    together, ended = step_by_step(decoder, x, state)
    unmasked, final = decoder(x, None, state)
    assert_close(unmasked, together)
    assert_same_state(final, ended)
    assert_close(decoder(x, torch.ones(4, 5).bool(), state)[0], unmasked)


@with_and_without_feeding
def test_equals_the_formulas_of_the_papers(feeding):
    """One layer as in Luong et al. 2015, a second with the context of the first as in Wu et al. 2016."""
    decoder = build("gru", 2, feeding, "dot")
    state, x = start(decoder, [S]), randn(1, 4, E)
    outputs, final = decoder(x, None, state)
    first, second = state.recurrent.hidden.unbind(1)
    input_feed = torch.zeros(1, OUT, dtype=torch.double)
    cells = [layer.layers[0].all_weights[0] for layer in decoder.layers]
    for time in range(4):
        first = torch.gru_cell(torch.cat([x[:, time], input_feed], dim=1) if feeding else x[:, time], first, *cells[0])
        weights = (state.memory.values[0] @ first[0]).softmax(dim=0)
        context = weights[None] @ state.memory.values[0]
        second = torch.gru_cell(torch.cat([first, context], dim=1), second, *cells[1])
        input_feed = torch.tanh(decoder.attentional_layer(torch.cat([first + second, context], dim=1)))
        assert_close(outputs[:, time], input_feed)
    assert_close(final.attention, weights[None])
    assert_close(final.recurrent.hidden, torch.stack([first, second], dim=1))


@every_cell
@with_and_without_feeding
def test_row_without_tokens_keeps_its_state(cell, feeding):
    decoder = build(cell, 2, feeding)
    _, state = step_by_step(decoder, randn(4, 2, E), start(decoder))
    x = randn(4, 3, E).requires_grad_()
    outputs, final = decoder(x, mask_of([0, 3, 0, 1], 3), state)
    for name, tensor in row_tensors(final).items():
        assert_close(tensor[[0, 2]], row_tensors(state)[name][[0, 2]])
        assert not torch.equal(tensor[1], row_tensors(state)[name][1])
    outputs.sum().backward()
    assert x.grad.isfinite().all()


@every_cell
@with_and_without_feeding
def test_padding_is_ignored(cell, feeding):
    decoder = build(cell, 2, feeding)
    state, x, mask = start(decoder), randn(4, 5, E), mask_of(TARGET_LENGTHS, 5)
    outputs, final = decoder(x, mask, state)
    other, ended = decoder(x.masked_fill(~mask[..., None], 1e3), mask, state)
    assert_close(other[mask], outputs[mask])
    assert_same_state(ended, final)


@every_cell
@with_and_without_feeding
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_every_parameter_and_state_has_a_gradient(cell, feeding, attention):
    decoder = build(cell, 2, feeding, attention, dropout=0.1, weight_dropout=0.1)
    shape = (4, 2, H)
    inputs = [randn(4, S, H), randn(*shape), *([randn(*shape)] if cell == "lstm" else [])]
    encoded, *recurrent = (tensor.requires_grad_() for tensor in inputs)
    state = decoder.initial_state(encoded, mask_of(SOURCE_LENGTHS, S), RecurrentState(*recurrent))
    outputs, _ = decoder(randn(4, 5, E), mask_of(TARGET_LENGTHS, 5), state)
    outputs.square().sum().backward()
    assert all(p.grad.isfinite().all() and p.grad.any() for p in [*decoder.parameters(), *inputs])


@pytest.mark.parametrize("option", ["dropout", "weight_dropout"])
@pytest.mark.parametrize("layers", [1, 2])
@with_and_without_feeding
def test_dropout_only_in_training(option, layers, feeding):
    decoder = build(layers=layers, feeding=feeding, **{option: 0.5})
    state, x = start(decoder), randn(4, 3, E)
    for read in (lambda: decoder(x, None, state)[0], lambda: decoder.step(x[:, 0], state)[0]):
        decoder.train()
        assert not torch.equal(read(), read())
        decoder.eval()
        assert torch.equal(read(), read())


def test_dropout_of_layers_contexts_and_outputs():
    decoder = build(layers=2, dropout=0.5)
    seen = {}
    decoder.layers[1].register_forward_pre_hook(lambda module, arguments: seen.update(top=arguments[0]))
    decoder.attentional_layer.register_forward_pre_hook(lambda module, arguments: seen.update(last=arguments[0]))
    outputs, _ = decoder(randn(4, 50, E), None, start(decoder, [6] * 4))
    for tensor in (seen["top"][..., :H], seen["top"][..., H:], outputs):
        assert 0.4 < (tensor == 0).double().mean() < 0.6
    assert 0.15 < (seen["last"][..., :H] == 0).double().mean() < 0.35  # the sum of two layers, each dropped


@with_and_without_feeding
def test_configuration_builds_an_equal_decoder(feeding):
    decoder = build("gru", 2, feeding, "multi-head", dropout=0.25, weight_dropout=0.5).eval()
    classes = {name: getattr(modules, name) for name in modules.__all__}
    again = from_config(json.loads(json.dumps(to_config(decoder, classes))), classes).double().eval()
    again.load_state_dict(decoder.state_dict())
    state, x = start(decoder), randn(4, 3, E)
    assert torch.equal(again(x, None, state)[0], decoder(x, None, state)[0])
    assert to_config(again, classes) == to_config(decoder, classes)
    assert to_config(again, classes)["attention"] == {
        "class": "MultiHeadAttention", "query_size": H, "memory_size": H, "num_heads": 4
    }  # fmt: skip


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: AttentionDecoder(E, H + 1, OUT, attention=GeneralAttention(H, H)), "queries of 4.*are 5: make"),
        (lambda: AttentionDecoder(E, H, 0, attention=GeneralAttention(H, H)), "output_size 0, num_layers 1"),
        (lambda: build(layers=0), "num_layers 0"),
        (lambda: AttentionDecoder(0, H, OUT, attention=GeneralAttention(H, H)), "input_size 0"),
        (lambda: build("elman"), "unknown cell 'elman'"),
        (lambda: build(dropout=1.0), "^dropout must be.*1.0"),
        (lambda: build(weight_dropout=-0.1), "^weight_dropout must be.*-0.1"),
    ],
)
def test_invalid_arguments_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@with_and_without_feeding
@pytest.mark.parametrize(
    ("x", "mask"),
    [((4, 5, E + 1), None), ((4, E), None), ((4, 5, E), (4, 6)), ((4, 5, E), (4, 4)), ((4, 5, E), (4,))],
    ids=str,
)
def test_mismatched_targets_are_refused(feeding, x, mask):
    decoder = build(feeding=feeding)
    with pytest.raises(ValueError, match=rf"\(B, T, {E}\).*got \({', '.join(map(str, x))}\) with"):
        decoder(randn(*x), None if mask is None else torch.ones(mask).bool(), start(decoder))


@with_and_without_feeding
@pytest.mark.parametrize(
    ("cell", "shapes"),
    [
        ("lstm", [(4, 2, H)]),
        ("gru", [(4, 2, H)] * 2),
        ("lstm", [(4, 3, H)] * 2),
        ("gru", [(4, 1, H)]),
        ("gru", [(3, 2, H)]),
        ("rnn", [(4, 2, H + 1)]),
    ],
    ids=str,
)
def test_mismatched_initial_state_is_refused(feeding, cell, shapes):
    recurrent = RecurrentState(*(randn(*shape) for shape in shapes))
    with pytest.raises(ValueError, match=rf"of this {cell} start from \(4, 2, {H}\), got \({shapes[0][0]}, "):
        build(cell, 2, feeding).initial_state(randn(4, S, H), mask_of(SOURCE_LENGTHS, S), recurrent)
