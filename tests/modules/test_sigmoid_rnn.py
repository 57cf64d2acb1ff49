from __future__ import annotations

import pytest
import torch

from nlprnn.modules import RecurrentEncoder, RecurrentState
from nlprnn.modules.recurrent_layer import _run_packed, run_layer


@pytest.fixture
def encoder():
    return RecurrentEncoder(3, 4, cell="rnn", nonlinearity="sigmoid", bidirectional=True).double()


def test_equals_its_equation(encoder):
    x, start = torch.randn(2, 5, 3, dtype=torch.double), torch.rand(2, 2, 4, dtype=torch.double)
    outputs, _ = encoder(x, None, RecurrentState(start))
    for direction, (w, u, b, d) in enumerate(encoder.layers[0].all_weights):
        h = start[:, direction]
        for t in range(5) if direction == 0 else range(4, -1, -1):
            h = torch.sigmoid(x[:, t] @ w.T + b + h @ u.T + d)
            torch.testing.assert_close(outputs[:, t, 4 * direction : 4 * direction + 4], h)


def test_packed_sequences_equal_the_dense_batch(encoder):
    layer = encoder.layers[0]
    weights = [weight for direction in layer.all_weights for weight in direction]
    x, mask = torch.randn(3, 5, 3, dtype=torch.double), torch.arange(5) < torch.tensor([2, 5, 0])[:, None]
    start = RecurrentState(torch.rand(3, 2, 4, dtype=torch.double))
    for packed, dense in zip(
        _run_packed(layer, weights, x, mask, start), run_layer(layer, weights, x, mask, start), strict=True
    ):
        torch.testing.assert_close(packed, dense)
