from __future__ import annotations

import pytest
import torch

from nlprnn.modules import OutputHead


def test_linear_without_a_hidden_layer():
    head = OutputHead(3, 2).double()
    x, y = torch.randn(2, 4, 3, dtype=torch.double)
    middle = head((x + y) / 2)
    torch.testing.assert_close(middle, (head(x) + head(y)) / 2)
    assert middle.shape == (4, 2)


def test_relu_hidden_layer():
    head = OutputHead(3, 2, hidden_size=5)
    (w1, b1, w2, b2) = head.parameters()
    x = torch.randn(4, 3)
    torch.testing.assert_close(head(x), (x @ w1.T + b1).clamp(min=0) @ w2.T + b2)
    assert w1.shape == (5, 3)


@pytest.mark.parametrize("hidden_size", [0, 50])
def test_dropout_only_in_training(hidden_size):
    torch.manual_seed(0)
    head = OutputHead(30, 2, hidden_size=hidden_size, dropout=0.5)
    x = torch.randn(4, 30)
    assert not torch.equal(head(x), head(x))
    head.eval()
    assert torch.equal(head(x), head(x))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"input_size": 0}, "input_size 0"),
        ({"output_size": 0}, "output_size 0"),
        ({"hidden_size": -1}, "hidden_size -1"),
        ({"dropout": 1.5}, "dropout.*1.5"),
    ],
)
def test_invalid_arguments_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        OutputHead(**{"input_size": 3, "output_size": 2, **options})
