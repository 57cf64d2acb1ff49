"""The search space of a study: the options of a recipe that may change, and the values that each may take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nlprnn.errors import OptionError
from nlprnn.experiment.options import OptionField, Options, option_fields
from nlprnn.experiment.search_range import Between, OneOf, SearchRange

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

_DIGITS = 2
"""Significant digits of a number that is tried: more make no difference, and a settings file is read by people."""


@dataclass(frozen=True)
class Dimension:
    """An option that may change.

    Attributes:
        name: of the option.
        whole: its values are whole numbers.
        range: values to try.
    """

    name: str
    whole: bool
    range: SearchRange

    def including(self, value: Any) -> Dimension:
        """Return the dimension with a value in its range, such as a default outside of it."""
        if isinstance(self.range, Between):
            low, high = min(self.range.low, value), max(self.range.high, value)
            return replace(self, range=replace(self.range, low=low, high=high))
        values = self.range.values
        if value in values:
            return self
        extended = (*values, value)
        return replace(self, range=OneOf(*(sorted(extended) if _are_numbers(extended) else extended)))

    def distribution(self) -> BaseDistribution:
        """Return what Optuna draws from: numbers, or positions in the list of values."""
        from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

        if isinstance(self.range, Between):
            return FloatDistribution(self.range.low, self.range.high, log=self.range.log)
        if _are_numbers(self.range.values):
            return IntDistribution(0, len(self.range.values) - 1)
        return CategoricalDistribution(list(range(len(self.range.values))))

    def encode(self, value: Any) -> Any:
        """Return a value of the option as Optuna knows it."""
        return float(value) if isinstance(self.range, Between) else self.range.values.index(value)

    def decode(self, drawn: Any) -> Any:
        """Return what Optuna has drawn as a value of the option, rounded."""
        if isinstance(self.range, OneOf):
            return self.range.values[drawn]
        value = min(max(float(f"{drawn:.{_DIGITS}g}"), self.range.low), self.range.high)
        return round(value) if self.whole else value

    def describe(self) -> str:
        """Return the option and its values, for people."""
        flag = "--" + self.name.replace("_", "-")
        if isinstance(self.range, Between):
            return f"{flag} {self.range.low:g} to {self.range.high:g}"
        return f"{flag} {', '.join(map(str, self.range.values))}"


def search_space(options: type[Options], fixed: Mapping[str, Any]) -> list[Dimension]:
    """Return the options that may change: they declare a range, are not given, and fit those that are.

    Args:
        options: of the recipe.
        fixed: options that stay fixed.
    """
    fields = [field for field in option_fields(options) if field.meta["tune"] is not None and field.name not in fixed]
    return [
        Dimension(field.name, field.kind is int, field.meta["tune"]) for field in fields if _fits(options, fixed, field)
    ]


def _fits(options: type[Options], fixed: Mapping[str, Any], field: OptionField) -> bool:
    """Whether all values of a range go together with the given options, as label smoothing with one label a text."""
    try:
        for value in _ends(field.meta["tune"]):
            options.from_mapping({**fixed, field.name: value})
    except OptionError:
        return False
    return True


def _ends(values: SearchRange) -> Iterator[Any]:
    yield from (values.low, values.high) if isinstance(values, Between) else values.values


def _are_numbers(values: tuple[object, ...]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
