"""Sizes of modules, checked before anything is built."""

from __future__ import annotations

MOST_LAYERS = 1000
"""Recurrent layers on top of each other: more would only fill the memory."""


def check_sizes(**sizes: int) -> None:
    """Check the sizes of a module.

    Args:
        sizes: name of an argument -> its value.

    Raises:
        ValueError: one is not positive, or `num_layers` is above `MOST_LAYERS`.
    """
    if min(sizes.values()) < 1:
        raise ValueError(f"sizes must be positive, got {', '.join(f'{name} {size}' for name, size in sizes.items())}")
    if sizes.get("num_layers", 1) > MOST_LAYERS:
        raise ValueError(f"num_layers must be at most {MOST_LAYERS:,}, got {sizes['num_layers']}")
