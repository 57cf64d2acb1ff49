"""One LSTM layer that reads words many times over, as on a CPU where nothing is learnt.

In a batch of texts most words come several times. Their products with the input weights, half of the arithmetic of a
layer as wide as its input, are made once a distinct word and looked up from then on; PyTorch's fused layer cannot
take products that are made already. What is left is a step a token over the rows that have one, longest rows first,
so that padding costs nothing. A hyperbolic tangent is a sigmoid, tanh(x) = 2 sigma(2x) - 1, in less than half the
time.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nlprnn.modules.embedding import Embedding
from nlprnn.modules.recurrent import RecurrentEncoder

_FEWEST_ROWS = 32
"""With fewer rows a step is mostly the calls of its operations, and the fused layer is faster."""


def supports_cached_lstm(embedding: Embedding, encoder: RecurrentEncoder, ids: Tensor, mask: Tensor) -> bool:
    """Whether `cached_lstm_forward` serves here and is the faster way.

    Args:
        embedding: gives the vectors of words.
        encoder: reads them.
        ids: (B, T) int64.
        mask: (B, T) bool, True = real token.
    """
    if type(embedding) is not Embedding or type(encoder) is not RecurrentEncoder:
        return False  # a part of one's own does what it says, not what its base would
    if any(part._forward_hooks or part._forward_pre_hooks for part in (embedding, encoder)):
        return False  # somebody looks at what goes in and out
    plain = encoder.cell == "lstm" and encoder.num_layers == 1 and not (encoder.residual or encoder.layer_norm)
    learns = torch.is_grad_enabled() or encoder.training or embedding.training
    if not plain or learns or ids.device.type != "cpu" or len(ids) < _FEWEST_ROWS:
        return False
    single = all(weight.dtype == torch.float32 for weight in (embedding.weight, encoder.layers[0].weight_ih_l0))
    return single and not torch.is_autocast_enabled("cpu") and bool((mask[:, 1:] <= mask[:, :-1]).all())


def cached_lstm_forward(embedding: Embedding, encoder: RecurrentEncoder, ids: Tensor, mask: Tensor) -> Tensor:
    """Read texts; equal to `encoder(embedding(ids), mask)[0]` but for rounding, where `supports_cached_lstm` says so.

    Args:
        embedding: gives the vectors of words.
        encoder: one LSTM layer in one or two directions.
        ids: (B, T) int64, T > 0.
        mask: (B, T) bool, True = real token, real tokens first.

    Returns:
        (B, T, D * H) float32, zero on padding.
    """
    lengths, order = mask.sum(dim=1).sort(descending=True, stable=True)
    sorted_already = bool((order[1:] > order[:-1]).all())  # as batches of like length are
    distinct, places = torch.unique(ids[order], return_inverse=True)
    places = places.t().contiguous()  # (T, B)
    alive = (lengths > torch.arange(ids.size(1)).unsqueeze(1)).sum(dim=1).tolist()  # T numbers of rows
    vectors = embedding(distinct)  # (U, E)
    hidden, outputs = encoder.hidden_size, vectors.new_zeros(*places.shape, encoder.output_size)  # (T, B, D * H)
    for direction, weights in enumerate(encoder.layers[0].all_weights):
        backwards = direction == 1
        own = outputs[:, :, direction * hidden : (direction + 1) * hidden]
        _read_direction(vectors, weights, places, alive, own, backwards=backwards)
    outputs = outputs.transpose(0, 1)
    return outputs if sorted_already else outputs[order.argsort()]


def _read_direction(
    vectors: Tensor, weights: list[nn.Parameter], places: Tensor, alive: list[int], outputs: Tensor, *, backwards: bool
) -> None:
    """Fill outputs (T, B, H) from vectors (U, E) of distinct words and the places (T, B) of words among them.

    Rows are sorted by length, longest first; `alive[t]` of them have a token at t.
    """
    input_weight, recurrent_weight, input_bias, recurrent_bias = weights
    hidden = outputs.size(2)
    # The cell's candidate is a tangent: what goes into it is doubled here, as is the cell state below.
    scale = vectors.new_tensor([1.0, 1.0, 2.0, 1.0]).repeat_interleave(hidden)  # input, forget, candidate, output
    bias = (input_bias + recurrent_bias) * scale
    products = torch.addmm(bias, vectors, (input_weight * scale.unsqueeze(1)).t())  # (U, 4 * H)
    recurrent = (recurrent_weight * scale.unsqueeze(1)).t().contiguous()  # (H, 4 * H)
    all_gates = vectors.new_empty(places.size(1), 4 * hidden)
    doubled_cell, tangent = vectors.new_zeros(2, places.size(1), hidden)
    before = None
    for time in range(len(alive))[:: -1 if backwards else 1]:
        rows = alive[time]
        if rows == 0:
            continue
        gates, cell, bounded = all_gates[:rows], doubled_cell[:rows], tangent[:rows]
        torch.index_select(products, 0, places[time, :rows], out=gates)
        if before is not None:  # backwards, rows that begin here have no state yet
            known = min(rows, len(before))
            gates[:known].addmm_(before[:known], recurrent)
        entry, forget, candidate, exit_ = gates.sigmoid_().chunk(4, dim=1)
        cell.mul_(forget).addcmul_(entry, candidate, value=4.0).sub_(entry, alpha=2.0)
        torch.sigmoid(cell, out=bounded)
        before = torch.mul(bounded.mul_(2.0).sub_(1.0), exit_, out=outputs[time, :rows])
