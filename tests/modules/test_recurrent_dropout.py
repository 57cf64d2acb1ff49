from __future__ import annotations

import copy

import pytest
import torch

import nlprnn.modules.recurrent as module
from nlprnn.modules import RecurrentEncoder

E, H = 3, 4
KINDS = {
    "lstm": {"cell": "lstm"},
    "gru": {"cell": "gru"},
    "rnn-tanh": {"cell": "rnn", "nonlinearity": "tanh"},
    "rnn-relu": {"cell": "rnn", "nonlinearity": "relu"},
}

every_kind = pytest.mark.parametrize("kind", KINDS)
every_direction = pytest.mark.parametrize("bidirectional", [False, True], ids=["one-way", "two-way"])


def build(kind, *, layers=1, bidirectional=False, **options):
    return RecurrentEncoder(E, H, num_layers=layers, bidirectional=bidirectional, **KINDS[kind], **options).double()


def mask_of(lengths):
    return torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]


@every_kind
@every_direction
@pytest.mark.parametrize("lengths", [[5, 5], [5, 2]], ids=["equal", "unequal"])
def test_weight_dropout_per_batch(kind, bidirectional, lengths):
    encoder = build(kind, bidirectional=bidirectional, weight_dropout=0.5)
    plain = build(kind, bidirectional=bidirectional)
    plain.load_state_dict(encoder.state_dict())
    x, mask = torch.randn(2, 5, E, dtype=torch.double), mask_of(lengths)
    before = copy.deepcopy(encoder.state_dict())

    runs = [encoder(x, mask)[0] for _ in range(3)]
    assert not any(torch.allclose(one, other) for one, other in zip(runs, [*runs[1:], runs[0]], strict=True))
    runs[0].sum().backward()
    for weights in encoder.layers[0].all_weights:
        share = (weights[1].grad == 0).double().mean()
        assert 0.1 < share < 0.9  # the weights that this batch used, and only they
    encoder.eval()
    assert torch.equal(encoder(x, mask)[0], plain.eval()(x, mask)[0])
    assert all(torch.equal(before[name], weight) for name, weight in encoder.state_dict().items())


@every_kind
def test_weight_dropout_rate_and_scale(kind):
    encoder = RecurrentEncoder(E, 60, weight_dropout=0.25, **KINDS[kind])
    weight = encoder.layers[0].weight_hh_l0
    dropped = encoder._weights(encoder.layers[0])[1]
    share = (dropped == 0).float().mean()
    assert abs(share - 0.25) < 0.03
    torch.testing.assert_close(dropped[dropped != 0], weight[dropped != 0] / 0.75)


def test_weight_dropout_survives_saving(tmp_path):
    encoder = build("lstm", weight_dropout=0.5)
    torch.save(encoder.state_dict(), tmp_path / "weights")
    loaded = build("lstm", weight_dropout=0.5)
    loaded.load_state_dict(torch.load(tmp_path / "weights", weights_only=True))
    x = torch.randn(2, 5, E, dtype=torch.double)
    torch.manual_seed(1)
    expected = encoder(x)[0]
    torch.manual_seed(1)
    assert torch.equal(loaded(x)[0], expected)
    assert torch.equal(loaded.eval()(x)[0], encoder.eval()(x)[0])


def between_layers(encoder, x, monkeypatch):
    """The input of the second layer."""
    seen = []
    run_layer = module.run_layer

    def spy(layer, weights, inputs, *others):
        seen.append(inputs)
        return run_layer(layer, weights, inputs, *others)

    monkeypatch.setattr(module, "run_layer", spy)
    encoder(x)
    monkeypatch.undo()
    return seen[1]


def test_locked_dropout_is_constant_over_time(monkeypatch):
    encoder = build("lstm", layers=2, locked_dropout=0.5)
    x = torch.randn(8, 6, E, dtype=torch.double)
    zero = between_layers(encoder, x, monkeypatch) == 0
    assert (zero == zero[:, :1]).all()
    assert 0.2 < zero.double().mean() < 0.8
    assert not (zero[:1] == zero).all()  # each sequence has another mask


def test_plain_dropout_differs_over_time(monkeypatch):
    encoder = build("lstm", layers=2, dropout=0.5)
    x = torch.randn(8, 6, E, dtype=torch.double)
    zero = between_layers(encoder, x, monkeypatch) == 0
    assert not (zero == zero[:, :1]).all()
    assert 0.3 < zero.double().mean() < 0.7


@pytest.mark.parametrize("option", ["dropout", "locked_dropout"])
def test_dropout_only_between_layers_in_training(option):
    x = torch.randn(2, 5, E, dtype=torch.double)
    deep, single = build("gru", layers=2, **{option: 0.5}), build("gru", **{option: 0.5})
    assert not torch.equal(deep(x)[0], deep(x)[0])
    assert torch.equal(single(x)[0], single(x)[0])
    deep.eval()
    plain = build("gru", layers=2)
    plain.load_state_dict(deep.state_dict())
    assert torch.equal(deep(x)[0], plain(x)[0])


def test_step_applies_dropout_in_training():
    encoder = build("lstm", layers=2, dropout=0.7, locked_dropout=0.7)
    x = torch.randn(2, E, dtype=torch.double)
    output, _ = encoder.step(x, encoder.initial_state(x))
    assert output.shape == (2, H)
