"""Dropout that grows weaker as the training goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def annealed_dropout(model: nn.Module) -> Iterator[Callable[[float], None]]:
    """Scale every dropout of a model (Rennie et al. 2014, "Annealed Dropout Training of Deep Networks").

    Strong dropout keeps a model from learning single texts by heart for many epochs, but also from fitting well what
    all texts share; at the end of the training, where the rate is small, the second is what counts.

    Args:
        model: its probabilities of now are the full ones: `p` or `probability` of every module that is called some
            Dropout, as PyTorch's are, and every attribute of a module whose name ends in "dropout".

    Yields:
        what sets every probability to a factor, 0 to 1, times the full one. In the end all are what they were.
    """
    full = [
        (module, name, value)
        for module in model.modules()
        for name, value in vars(module).items()
        if isinstance(value, float) and _is_dropout(module, name)
    ]

    def scale(factor: float) -> None:
        for module, name, value in full:
            setattr(module, name, factor * value)

    try:
        yield scale
    finally:
        scale(1.0)


def _is_dropout(module: nn.Module, name: str) -> bool:
    own = "Dropout" in type(module).__name__ and name in ("p", "probability")
    return own or name.endswith("dropout")
