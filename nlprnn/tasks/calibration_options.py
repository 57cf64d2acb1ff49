"""Options of the calibration of a classifier. They load no torch, so that help is instant."""

from __future__ import annotations

from dataclasses import dataclass

from nlprnn.experiment.options import option
from nlprnn.tasks.evaluation.options import LabelledSplitOptions


@dataclass(frozen=True, kw_only=True)
class CalibrationOptions(LabelledSplitOptions):
    """Which texts a classifier is calibrated on, and for which precision."""

    precision: float | None = option(
        None, above=0, below=1, help="Precision of the answers; texts that are too uncertain for it are left `unsure`."
    )
    confidence: float = option(
        0.95, above=0, below=1, help="Confidence with which the texts must show the precision, or it is refused."
    )
