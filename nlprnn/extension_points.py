"""Functions of upper floors that objects of lower floors offer as methods; `nlprnn/__init__.py` fills them in.

A pipeline knows nothing of data sets, but `pipeline.evaluate(data)` is where one looks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Evaluate = Callable[..., Any]
"""Function of (pipeline, data, **options)."""

EVALUATE: list[Evaluate] = []
"""The function that scores a pipeline."""
