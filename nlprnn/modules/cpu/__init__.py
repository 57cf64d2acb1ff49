"""Fast inference paths for the CPU, behind one switch.

The modules of `nlprnn.modules` are the definition; what is here computes the same, faster, on a CPU without gradients:
a NumPy step of a recurrent stack, an LSTM over cached input products, a decoder step, and eight-bit weights. Models and
pipelines choose these paths while `fast_paths_enabled`; inside `with fast_paths(False)` the modules alone run, which is
what an export traces and what one compares with.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["fast_paths", "fast_paths_enabled"]

_ENABLED = ContextVar("nlprnn_fast_paths", default=True)


def fast_paths_enabled() -> bool:
    """Return whether fast paths may be taken in this thread or task; True outside `fast_paths(False)`."""
    return _ENABLED.get()


@contextmanager
def fast_paths(enabled: bool) -> Iterator[None]:
    """Enable or disable the fast paths inside a `with` block, for this thread or task."""
    token = _ENABLED.set(enabled)
    try:
        yield
    finally:
        _ENABLED.reset(token)
