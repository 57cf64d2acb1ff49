"""Forecaster: a recurrent network that corrects a linear forecast and gives its uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import torch
from torch import Tensor

from nlprnn.models.pretrained import PretrainedModel
from nlprnn.modules import OutputHead, RecurrentEncoder
from nlprnn.modules.sizes import check_sizes
from nlprnn.series.value_distributions import DistributionName, value_distribution

Strategy = Literal["direct", "recursive"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Levels of the quantiles that are forecast."""


class RecurrentForecaster(PretrainedModel):
    """Distribution of the next H values of C series, from a window of their past.

    The network reads, step by step, what is known before each step. After the cutoff values are as if missing
    ("direct": all steps of the horizon in one pass), or are its previous medians ("recursive"). What it predicts is
    added to a linear forecast, as in LSTNet (Lai et al. 2018): so that it continues a trend beyond the range of the
    training data, and has to learn only what a line leaves.

    Args:
        encoder: in one direction; reads (B, L + H - 1, D).
        head: an encoder's output to C * P numbers, P for each value as its distribution needs.
        horizon: H, steps after the cutoff.
        num_targets: C, numbers that are forecast at each step.
        linear_size: R, inputs of the linear forecast.
        levels: Q probabilities of the quantiles in ascending order, the middle one 0.5.
        strategy: "direct" or "recursive".
        distribution: of a value, see `nlprnn.series.value_distributions`.

    Raises:
        ValueError: two sizes do not fit each other, the encoder is bidirectional, or the levels are wrong.
        NlprnnError: SciPy, which the distribution needs, is not installed.
    """

    linear: Tensor
    spread: Tensor
    widths: Tensor

    def __init__(
        self,
        *,
        encoder: RecurrentEncoder,
        head: OutputHead,
        horizon: int,
        num_targets: int,
        linear_size: int,
        levels: Sequence[float] = LEVELS,
        strategy: Strategy = "direct",
        distribution: DistributionName = "quantiles",
    ) -> None:
        super().__init__()
        check_sizes(horizon=horizon, num_targets=num_targets, linear_size=linear_size)
        if list(levels) != sorted(set(levels)) or len(levels) % 2 == 0 or levels[len(levels) // 2] != 0.5:
            raise ValueError(f"levels must ascend and have 0.5 in their middle, got {list(levels)}")
        self.values = value_distribution(distribution, levels)
        if encoder.bidirectional:
            raise ValueError("an encoder that reads the future cannot forecast: build it with bidirectional=False")
        if encoder.output_size != head.input_size or head.output_size != num_targets * self.values.size:
            raise ValueError(
                f"the head takes vectors of {head.input_size} and gives {head.output_size} numbers, needed are "
                f"{encoder.output_size} and {num_targets} targets * {self.values.size} numbers of each"
            )
        if strategy not in STRATEGIES:
            raise ValueError(f"unknown strategy {strategy!r}: choose one of {', '.join(STRATEGIES)}")
        self.encoder = encoder
        self.head = head
        self.horizon = horizon
        self.num_targets = num_targets
        self.linear_size = linear_size
        self.levels = list(levels)
        self.strategy: Strategy = strategy
        self.distribution: DistributionName = distribution
        self.register_buffer("linear", torch.zeros(linear_size + 1, horizon * num_targets))
        self.register_buffer("spread", torch.ones(horizon, num_targets))
        self.register_buffer("widths", torch.ones(len(levels), horizon, num_targets))

    @property
    def middle(self) -> int:
        """Index of the median among the levels."""
        return len(self.levels) // 2

    def set_linear(self, weights: Tensor, spread: Tensor) -> None:
        """Set the linear forecast.

        Args:
            weights: (R + 1, H * C), the last row is the intercept.
            spread: (H, C), size of its errors, in which the network predicts.
        """
        self.linear.copy_(weights)
        self.spread.copy_(spread)

    def calibrate(self, widths: Tensor) -> None:
        """Set the factors (Q, H, C) by which the distances of the quantiles from the median are multiplied."""
        self.widths.copy_(widths)

    def forward(
        self, inputs: Tensor, linear_inputs: Tensor, unit: Tensor | None = None, shift: Tensor | None = None
    ) -> Tensor:
        """Compute the distributions from inputs that hold all that a step is to know, as in training.

        Args:
            inputs: (B, L + H - 1, D) float, see `nlprnn.series.windows.Windows`.
            linear_inputs: (B, R) float.
            unit: (B, 2, C) float, the data's 0 and the length of its 1 in scaled units; None = 0 and 1.
            shift: (B, H, C) float, is added to the linear forecast; None = nothing.

        Returns:
            (B, H, C, P) float, parameters in scaled units, without calibration.
        """
        outputs, _ = self.encoder(inputs)
        linear = self._linear_forecast(linear_inputs)
        linear = linear if shift is None else linear + shift
        return self._around(outputs[:, -self.horizon :], linear, self._pair(unit))

    def forecast(self, inputs: Tensor, linear_inputs: Tensor, unit: Tensor | None = None) -> Tensor:
        """Compute the calibrated quantiles, of the strategy "recursive" step by step.

        Args:
            inputs: (B, L + H - 1, D) float.
            linear_inputs: (B, R) float.
            unit: (B, 2, C) float, the data's 0 and the length of its 1 in scaled units; None = 0 and 1.

        Returns:
            (B, H, C, Q) float, in scaled units, ascending.
        """
        pair = self._pair(unit)
        if self.strategy == "direct" or self.horizon == 1:
            return self._calibrated(self.values.quantiles(self(inputs, linear_inputs, unit), pair))
        linear, targets = self._linear_forecast(linear_inputs), self.num_targets
        steps = list(inputs[:, -self.horizon :].unbind(1))
        outputs, state = self.encoder(inputs[:, : -self.horizon + 1])
        output = outputs[:, -1]
        quantiles: list[Tensor] = []
        for step in range(self.horizon):
            if step:
                observed = torch.ones_like(quantiles[-1][:, 0, :, self.middle])
                previous = (quantiles[-1][:, 0, :, self.middle], observed, torch.zeros_like(observed))
                x = torch.cat([*previous, steps[step][:, 3 * targets :]], dim=1)
                output, state = self.encoder.step(x, state)
            parameters = self._around(output[:, None], linear[:, step : step + 1], pair, step)
            quantiles.append(self._calibrated(self.values.quantiles(parameters, pair), step))
        return torch.cat(quantiles, dim=1)

    def _linear_forecast(self, linear_inputs: Tensor) -> Tensor:
        """Return the linear forecast (B, H, C), in full precision under autocast, too."""
        with torch.autocast(linear_inputs.device.type, enabled=False):
            flat = torch.addmm(self.linear[-1], linear_inputs, self.linear[:-1])
        return flat.view(-1, self.horizon, self.num_targets)

    def _around(self, outputs: Tensor, linear: Tensor, unit: tuple[Tensor, Tensor], first: int = 0) -> Tensor:
        """Return parameters (B, K, C, P) of K steps from `first` on, from outputs (B, K, H) and linear (B, K, C)."""
        raw = self.head(outputs).unflatten(2, (self.num_targets, self.values.size))
        return self.values.parameters(raw, linear, self.spread[first : first + outputs.size(1)].expand_as(linear), unit)

    def _calibrated(self, quantiles: Tensor, first: int = 0) -> Tensor:
        """Return quantiles (B, K, C, Q) of K steps from `first` on with their distances from the median calibrated."""
        widths = self.widths[:, first : first + quantiles.size(1)].permute(1, 2, 0)  # (K, C, Q)
        median = quantiles[..., self.middle : self.middle + 1]
        distances = (quantiles - median) * widths
        above = distances[..., self.middle :].cummax(-1).values  # factors of two levels may change their order
        below = distances[..., : self.middle].flip(-1).cummin(-1).values.flip(-1)
        return median + torch.cat([below, above], dim=-1)

    def _pair(self, unit: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the 0 and the 1 of the data, (B, 1, C) each."""
        if unit is None:
            return self.spread.new_zeros(1, 1, 1), self.spread.new_ones(1, 1, 1)
        return unit[:, :1], unit[:, 1:]
