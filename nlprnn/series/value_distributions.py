"""Distributions of the next value around a linear forecast: free quantiles, normal, Student t, negative binomial."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, distributions
from torch.nn import functional

from nlprnn.errors import NlprnnError

DistributionName = Literal["quantiles", "normal", "student-t", "negative-binomial"]
DISTRIBUTIONS: tuple[DistributionName, ...] = get_args(DistributionName)

COUNTS: DistributionName = "negative-binomial"
"""The distribution of whole numbers from 0 on."""

_ONE = 0.5413
"""Softplus of it is 1: widths begin at the size of the linear forecast's errors."""

_NARROWEST = 1e-3
"""Smallest width, in sizes of the linear forecast's errors: on a constant series a density would grow for ever."""


class ValueDistribution(ABC):
    """Distribution of a value, given by a few numbers of a network.

    Shapes are written of one value; each tensor has the same dimensions before them. All numbers are in scaled units,
    in which the data's 0 is at `unit[0]` and a step of 1 is `unit[1]` long.

    Args:
        levels: Q probabilities of the quantiles in ascending order, the middle one 0.5.
    """

    def __init__(self, levels: Sequence[float]) -> None:
        self.levels = list(levels)

    @property
    @abstractmethod
    def size(self) -> int:
        """P, numbers of a value."""

    @abstractmethod
    def parameters(self, raw: Tensor, linear: Tensor, spread: Tensor, unit: tuple[Tensor, Tensor]) -> Tensor:
        """Return the parameters (P,) from a network's outputs.

        Args:
            raw: (P,) float, of any size.
            linear: () float, the linear forecast.
            spread: () float, the size of its errors, positive.
            unit: () float each.
        """

    @abstractmethod
    def losses(self, parameters: Tensor, target: Tensor, unit: tuple[Tensor, Tensor]) -> Tensor:
        """Return the loss () of a target (): what training makes small."""

    @abstractmethod
    def quantiles(self, parameters: Tensor, unit: tuple[Tensor, Tensor]) -> Tensor:
        """Return the quantiles (Q,), ascending."""


class FreeQuantiles(ValueDistribution):
    """Quantiles that are free of any form, by the pinball loss; the parameters are the quantiles.

    They never cross: the median is an output, the others are sums of positive distances from it.
    """

    @property
    def size(self) -> int:
        """Q."""
        return len(self.levels)

    def parameters(self, raw: Tensor, linear: Tensor, spread: Tensor, unit: tuple[Tensor, Tensor]) -> Tensor:
        """Return the quantiles (Q,)."""
        middle = len(self.levels) // 2
        median = raw[..., middle : middle + 1]
        distances = functional.softplus(raw) / max(1, middle)  # so that all begin about 1 wide
        above = distances[..., middle + 1 :].cumsum(-1)
        below = distances[..., :middle].flip(-1).cumsum(-1).flip(-1)
        around = torch.cat([-below, torch.zeros_like(median), above], dim=-1)
        return linear[..., None] + spread[..., None] * (median + around)

    def losses(self, parameters: Tensor, target: Tensor, unit: tuple[Tensor, Tensor]) -> Tensor:
        """Return the pinball loss ()."""
        return pinball_losses(parameters, self.levels, target)

    def quantiles(self, parameters: Tensor, unit: tuple[Tensor, Tensor]) -> Tensor:
        """Return the parameters."""
        return parameters


class Density(ValueDistribution):
    """Distribution with a density or a mass, trained by its likelihood."""

    @abstractmethod
    def distribution(self, parameters: Tensor, unit: tuple[Tensor, Tensor]) -> distributions.Distribution:
        """Return the distribution."""

    def losses(self, parameters: Tensor, target: Tensor, unit: tuple[Tensor, Tensor]) -> Tensor:
        """Return the negative log-likelihood ()."""
        log_likelihood: Tensor = self.distribution(parameters, unit).log_prob(target)
        return -log_likelihood


class Normal(Density):
    """Normal distribution; the parameters are mean and standard deviation."""

    size = 2

    def parameters(self, raw: Tensor, linear: Tensor, spread: Tensor, unit: tuple[Tensor, Tensor]) -> Tensor:
        """Return mean and standard deviation (2,)."""
        return torch.stack([linear + spread * raw[..., 0], spread * _width(raw[..., 1])], dim=-1)

    def distribution(self, parameters: Tensor, unit: tuple[Tensor, Tensor]) -> distributions.Normal:
        """Return the distribution, in scaled units."""
        mean, deviation = parameters.unbind(-1)
        return distributions.Normal(mean, deviation, validate_args=False)

    def quantiles(self, parameters: Tensor, unit: tuple[Tensor, Tensor]) -> Tensor:
        """Return the quantiles (Q,)."""
        mean, deviation = parameters.split(1, dim=-1)
        return mean + deviation * torch.special.ndtri(parameters.new_tensor(self.levels))


class StudentT(Density):
    """Student's t distribution, for errors of which a few are large; the parameters are location, scale and degrees.

    There are more than 2 degrees of freedom, so that the variance is finite.

    Raises:
        NlprnnError: SciPy, which computes the quantiles, is not installed.
    """

    size = 3

    def __init__(self, levels: Sequence[float]) -> None:
        super().__init__(levels)
        _special()  # missing, it is named before training

    def parameters(self, raw: Tensor, linear: Tensor, spread: Tensor, unit: tuple[Tensor, Tensor]) -> Tensor:
        """Return location, scale and degrees of freedom (3,)."""
        degrees = 2.0 + functional.softplus(raw[..., 2] + 2.0)
        return torch.stack([linear + spread * raw[..., 0], spread * _width(raw[..., 1]), degrees], dim=-1)

    def distribution(self, parameters: Tensor, unit: tuple[Tensor, Tensor]) -> distributions.StudentT:
        """Return the distribution, in scaled units."""
        location, scale, degrees = parameters.unbind(-1)
        return distributions.StudentT(degrees, location, scale, validate_args=False)

    def quantiles(self, parameters: Tensor, unit: tuple[Tensor, Tensor]) -> Tensor:
        """Return the quantiles (Q,)."""
        location, scale, degrees = parameters.split(1, dim=-1)
        standard = _in_numpy(lambda numbers: _special().stdtrit(numbers, self.levels), degrees)
        return location + scale * standard


class NegativeBinomial(Density):
    """Negative binomial distribution of counts, as in DeepAR (Salinas et al. 2020), in their own unit.

    The parameters are the mean above the data's 0, and the standard deviation beyond that of a Poisson distribution.
    The mean is the corrected linear forecast where this lies well above 0, and positive below.

    Raises:
        NlprnnError: SciPy, which computes the quantiles, is not installed.
    """

    size = 2

    def __init__(self, levels: Sequence[float]) -> None:
        super().__init__(levels)
        _special()  # missing, it is named before training

    def parameters(self, raw: Tensor, linear: Tensor, spread: Tensor, unit: tuple[Tensor, Tensor]) -> Tensor:
        """Return mean and standard deviation (2,)."""
        above = (linear - unit[0]) / spread + raw[..., 0]
        mean = spread * (functional.softplus(above) + _NARROWEST)
        return torch.stack([mean, spread * _width(raw[..., 1])], dim=-1)

    def distribution(self, parameters: Tensor, unit: tuple[Tensor, Tensor]) -> distributions.NegativeBinomial:
        """Return the distribution of the counts."""
        mean, number = self._mean_and_number(parameters, unit)
        return distributions.NegativeBinomial(number, logits=mean.log() - number.log(), validate_args=False)

    def losses(self, parameters: Tensor, target: Tensor, unit: tuple[Tensor, Tensor]) -> Tensor:
        """Return the negative log-likelihood () of the count nearest to the target."""
        counts = ((target - unit[0]) / unit[1]).round().clamp_min(0.0)
        return super().losses(parameters, counts, unit).float()

    def quantiles(self, parameters: Tensor, unit: tuple[Tensor, Tensor]) -> Tensor:
        """Return the quantiles (Q,), as if each count above 0 were spread evenly over half a unit on both sides.

        Rounded they are the quantiles of the distribution; calibration needs to move them by less than a count.
        """

        def invert(both: NDArray[np.float64]) -> NDArray[np.float64]:
            mean, number = both[..., :1], both[..., 1:]
            whole = np.nan_to_num(_special().nbdtrik(self.levels, number, number / (number + mean)))
            return np.where(whole > 0, whole + 0.5, 0.0)  # 0 where 0 alone has the probability of the level

        counts = _in_numpy(invert, torch.stack(self._mean_and_number(parameters, unit), dim=-1)).to(parameters)
        return unit[0][..., None] + unit[1][..., None] * counts

    def _mean_and_number(self, parameters: Tensor, unit: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Return the mean count, and the number r of failures: the variance is mean + mean² / r.

        They are of double precision, where the device has it: the mass is a small difference of large logarithms.
        """
        precise = torch.float32 if parameters.device.type == "mps" else torch.float64
        mean, deviation = parameters.to(precise).unbind(-1)
        return mean / unit[1], (mean / deviation).square()


_CLASSES: dict[DistributionName, type[ValueDistribution]] = {
    "quantiles": FreeQuantiles,
    "normal": Normal,
    "student-t": StudentT,
    "negative-binomial": NegativeBinomial,
}


def value_distribution(name: DistributionName, levels: Sequence[float]) -> ValueDistribution:
    """Return a distribution by its name.

    Raises:
        ValueError: there is no such distribution.
        NlprnnError: SciPy, which it needs, is not installed.
    """
    if name not in _CLASSES:
        raise ValueError(f"unknown distribution {name!r}: choose one of {', '.join(DISTRIBUTIONS)}")
    return _CLASSES[name](levels)


def pinball_losses(quantiles: Tensor, levels: Sequence[float], targets: Tensor) -> Tensor:
    """Return the pinball losses (...) (Koenker & Bassett 1978) of quantiles (..., Q) for targets (...), a mean of Q."""
    error = targets[..., None] - quantiles
    level = error.new_tensor(levels)
    return torch.maximum(level * error, (level - 1.0) * error).mean(-1)


def _width(raw: Tensor) -> Tensor:
    return functional.softplus(raw + _ONE) + _NARROWEST


def _special() -> Any:
    try:
        from scipy import special
    except ImportError as error:
        raise NlprnnError(
            'quantiles of Student\'s t and of counts need SciPy: pip install "nlprnn[forecasting]"'
        ) from error
    return special


def _in_numpy(function: Callable[[NDArray[np.float64]], Any], numbers: Tensor) -> Tensor:
    """Return a function of NumPy arrays for a tensor, which has no gradient."""
    return torch.from_numpy(np.asarray(function(numbers.detach().double().cpu().numpy()))).to(numbers)
