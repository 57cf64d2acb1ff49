"""Search and sampling over any step function.

Importing this package loads nothing; using a name loads its module.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nlprnn.decoding.beam import beam_search
    from nlprnn.decoding.ensemble import EnsembleState, ensemble_step
    from nlprnn.decoding.hypotheses import Hypothesis
    from nlprnn.decoding.logits_processors import (
        History,
        LogitsProcessor,
        forbid,
        forced_prefix,
        minimum_length,
        no_repeat_ngram,
        repetition_penalty,
        temperature,
        top_k,
        top_p,
    )
    from nlprnn.decoding.numpy_sampling import NumpyStep, sample_numpy
    from nlprnn.decoding.options import BeamOptions
    from nlprnn.decoding.penalties import (
        CoveragePenalty,
        LengthPenalty,
        average_length_penalty,
        coverage_penalty,
        wu_length_penalty,
    )
    from nlprnn.decoding.sampling import sample
    from nlprnn.decoding.step import Selectable, Step

_MODULES = {
    "BeamOptions": "options",
    "CoveragePenalty": "penalties",
    "EnsembleState": "ensemble",
    "History": "logits_processors",
    "Hypothesis": "hypotheses",
    "LengthPenalty": "penalties",
    "LogitsProcessor": "logits_processors",
    "NumpyStep": "numpy_sampling",
    "Selectable": "step",
    "Step": "step",
    "average_length_penalty": "penalties",
    "beam_search": "beam",
    "coverage_penalty": "penalties",
    "ensemble_step": "ensemble",
    "forbid": "logits_processors",
    "forced_prefix": "logits_processors",
    "minimum_length": "logits_processors",
    "no_repeat_ngram": "logits_processors",
    "repetition_penalty": "logits_processors",
    "sample": "sampling",
    "sample_numpy": "numpy_sampling",
    "temperature": "logits_processors",
    "top_k": "logits_processors",
    "top_p": "logits_processors",
    "wu_length_penalty": "penalties",
}

__all__ = [
    "BeamOptions",
    "CoveragePenalty",
    "EnsembleState",
    "History",
    "Hypothesis",
    "LengthPenalty",
    "LogitsProcessor",
    "NumpyStep",
    "Selectable",
    "Step",
    "average_length_penalty",
    "beam_search",
    "coverage_penalty",
    "ensemble_step",
    "forbid",
    "forced_prefix",
    "minimum_length",
    "no_repeat_ngram",
    "repetition_penalty",
    "sample",
    "sample_numpy",
    "temperature",
    "top_k",
    "top_p",
    "wu_length_penalty",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
