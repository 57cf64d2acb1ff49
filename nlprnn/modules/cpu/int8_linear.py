"""Linear layer with eight-bit weights."""

from __future__ import annotations

import warnings

import torch
from torch import Tensor, nn
from torch.nn import functional

_TINY = torch.finfo(torch.float32).tiny

_WEIGHT_LEVELS = 127
"""Quantization levels of a weight's magnitude in eight bits."""

_INPUT_LEVELS = 63
"""Quantization levels of an input's magnitude: older kernels would overflow with more than seven bits."""


class Int8Linear(nn.Module):
    """Linear layer with eight-bit weights, by PyTorch's integer kernels for the CPU (FBGEMM).

    Each output has a separate scale, and inputs are quantized to seven bits (Jacob et al. 2018, "Quantization and
    Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference"). Rows have no
    number in common: where no `input_range` is given, each row is divided by its largest magnitude, and two
    columns of 1 and -1 with zero weights pin the range, which the kernel takes from the whole batch. The products of
    integers are exact; only a processor that rounds floats of another memory layout differently changes the last bits.

    Args:
        weight: (M, K) float, finite.
        bias: (M,) float.
        input_range: upper bound of all input magnitudes, such as 1 after a tanh; saves computing the range.

    Attributes:
        packed_bytes: memory of the weights, which are no parameters, and of the scale of each output.

    Raises:
        RuntimeError: this PyTorch has no integer kernels.
    """

    def __init__(self, weight: Tensor, bias: Tensor, *, input_range: float | None = None) -> None:
        super().__init__()
        if not {"fbgemm", "x86"} & set(torch.backends.quantized.supported_engines):
            raise RuntimeError("this PyTorch has no eight-bit kernels for this processor: leave int8 out")
        weight, bias = weight.detach().float().cpu(), bias.detach().float().cpu()
        scales = weight.abs().amax(dim=1).clamp(min=_TINY * _WEIGHT_LEVELS) / _WEIGHT_LEVELS
        if input_range is None:
            weight = functional.pad(weight, (0, 2))  # (M, K + 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch warns that quantized tensors will be removed some day
            zeros = torch.zeros(len(scales), dtype=torch.int64)
            quantized = torch.quantize_per_channel(weight, scales.double(), zeros, 0, torch.qint8)
            self._packed = torch.ops.quantized.linear_prepack(quantized, None if input_range is None else bias)
        self.packed_bytes = weight.numel() + 4 * len(weight)
        self._bias = bias
        self._pins = torch.tensor([1.0, -1.0])
        self.input_range = input_range

    def forward(self, x: Tensor) -> Tensor:
        """Return x (N, K) float times the weight, plus the bias: (N, M) float."""
        if self.input_range is not None:
            return torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
                x, self.input_range / _INPUT_LEVELS, _INPUT_LEVELS + 1, self._packed
            )
        magnitudes = x.abs().amax(dim=1, keepdim=True).clamp_(min=_TINY)
        product = torch.ops.quantized.linear_dynamic(
            torch.cat([x / magnitudes, self._pins.expand(len(x), 2)], dim=1), self._packed, reduce_range=True
        )
        return torch.addcmul(self._bias, product, magnitudes)
