"""Dropout schedule: scales all dropout probabilities of a model as training progresses."""

from __future__ import annotations

from types import TracebackType

from torch import nn

_PYTORCH: tuple[tuple[type[nn.Module], str], ...] = (
    (nn.modules.dropout._DropoutNd, "p"),
    (nn.RNNBase, "dropout"),
    (nn.MultiheadAttention, "dropout"),
)
"""PyTorch's modules with dropout, and the attribute with its probability."""


class DropoutSchedule:
    """Context that scales every dropout probability of a model (Rennie et al. 2014, "Annealed Dropout Training").

    Strong dropout keeps a model from memorizing texts over many epochs, but also from fitting well what all texts
    share; at the end of training, where the learning rate is small, the second matters more.

    The probabilities are those of PyTorch's dropout modules and recurrent layers, and the attributes that a module
    names in `dropout_probabilities`, a tuple of strings, because it calls dropout as a function.

    Args:
        model: its probabilities on entry are the full ones; on exit they are restored.
    """

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self._full: list[tuple[nn.Module, str, float]] = []

    def __enter__(self) -> DropoutSchedule:
        self._full = [
            (module, name, getattr(module, name)) for module in self.model.modules() for name in _probabilities(module)
        ]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.scale(1.0)

    def scale(self, factor: float) -> None:
        """Set every probability to `factor`, 0 to 1, times the full one."""
        for module, name, probability in self._full:
            setattr(module, name, factor * probability)


def _probabilities(module: nn.Module) -> tuple[str, ...]:
    """Return the attributes of a module that hold dropout probabilities."""
    names = tuple(name for kind, name in _PYTORCH if isinstance(module, kind))
    return (*names, *getattr(module, "dropout_probabilities", ()))
