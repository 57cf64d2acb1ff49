"""The option of commands that can run a model with weights of fewer bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nlprnn.experiment.options import Options, option


@dataclass(frozen=True, kw_only=True)
class QuantizationOptions(Options):
    """How the weights of a model are held."""

    quantize: Literal["int8"] | None = option(
        None,
        help="Quantization of the weights on a CPU: smaller, and faster where layers are large, at a small loss.",
    )
