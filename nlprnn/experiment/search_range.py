"""The values of an option that a search for good options may try, declared where the option is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Between:
    """Numbers from `low` to `high`, both included.

    Args:
        low: least value.
        high: greatest value.
        log: as many below as above the geometric mean, for values of different orders of magnitude.
    """

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class OneOf:
    """A few values; numbers are given in ascending order, so that a search knows which are near."""

    values: tuple[object, ...]

    def __init__(self, *values: object) -> None:
        object.__setattr__(self, "values", values)


SearchRange = Between | OneOf
