"""Products of few rows with a large weight: what a step of search or generation spends its time on."""

from __future__ import annotations

import warnings

import torch
from torch import Tensor, nn
from torch.nn import functional

_FEW = 64
"""Rows up to which BLAS libraries do the product the other way round sooner, three times as fast at five rows."""

_LEAST = torch.finfo(torch.float32).tiny

_LEVELS = 127
"""Steps of a weight's magnitude in eight bits."""

_HALF_LEVELS = 63
"""Steps of a magnitude that is read: older kernels would overflow with more than seven bits."""


def linear(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """`torch.nn.functional.linear`, faster for few rows on a CPU without gradients.

    Args:
        x: (..., K) float.
        weight: (M, K) float.
        bias: (M,) float.

    Returns:
        (..., M) float.
    """
    if x.dim() != 2 or not 1 < x.size(0) <= _FEW or x.device.type != "cpu" or torch.is_grad_enabled():
        return functional.linear(x, weight, bias)
    # Rows must lie one after the other on the way in, for the kernel, and on the way out, for the next one.
    return torch.mm(weight, x.contiguous().t()).t().add(bias).contiguous()


class Linear(nn.Linear):
    """`nn.Linear`, faster for few rows on a CPU without gradients."""

    def forward(self, x: Tensor) -> Tensor:
        """(..., K) float -> (..., M) float."""
        return linear(x, self.weight, self.bias)


class Int8Linear(nn.Module):
    """A linear layer with weights of eight bits, through PyTorch's integer kernels for the CPU (FBGEMM).

    Each output has a scale of its own, and what is read is rounded to seven bits on the way (Jacob et al. 2018,
    "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference"). What a row gives
    never depends on the other rows: where no `bound` is known, every row is divided by its own greatest magnitude,
    and two columns of 1 and -1 with weights of zero beside it pin the range, which the kernel takes from the batch.

    Args:
        weight: (M, K) float, finite.
        bias: (M,) float.
        bound: what no magnitude that is read exceeds, as 1 of a hyperbolic tangent; saves looking for the range.

    Raises:
        RuntimeError: this PyTorch has no integer kernels.
    """

    def __init__(self, weight: Tensor, bias: Tensor, *, bound: float | None = None) -> None:
        super().__init__()
        engines = torch.backends.quantized.supported_engines
        if not {"fbgemm", "x86"} & set(engines):
            raise RuntimeError("this PyTorch has no eight-bit kernels for this processor: leave int8 out")
        weight, bias = weight.detach().float().cpu(), bias.detach().float().cpu()
        scales = weight.abs().amax(dim=1).clamp(min=_LEAST * _LEVELS) / _LEVELS
        if bound is None:
            weight = functional.pad(weight, (0, 2))  # (M, K + 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # quantized tensors are to leave PyTorch some day, and it says so
            zeros = torch.zeros(len(scales), dtype=torch.int64)
            quantized = torch.quantize_per_channel(weight, scales.double(), zeros, 0, torch.qint8)
            self._packed = torch.ops.quantized.linear_prepack(quantized, None if bound is None else bias)
        self._bias = bias
        self._pins = torch.tensor([1.0, -1.0])
        self.bound = bound

    def forward(self, x: Tensor) -> Tensor:
        """(N, K) float -> (N, M) float."""
        if self.bound is not None:
            return torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
                x, self.bound / _HALF_LEVELS, _HALF_LEVELS + 1, self._packed
            )
        magnitudes = x.abs().amax(dim=1, keepdim=True).clamp_(min=_LEAST)
        product = torch.ops.quantized.linear_dynamic(
            torch.cat([x / magnitudes, self._pins.expand(len(x), 2)], dim=1), self._packed, reduce_range=True
        )
        return torch.addcmul(self._bias, product, magnitudes)
