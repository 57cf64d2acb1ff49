"""The options of a training that starts from a trained model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from nlprnn.errors import OptionError
from nlprnn.experiment.options import Options, option

_SHARE = 0.5


@dataclass(frozen=True, kw_only=True)
class AdaptationOptions(Options):
    """Which model a training starts from, and how much of that model's data it reads again.

    Raises:
        OptionError: an option of mixing is given without what it belongs to.
    """

    section: ClassVar[str] = "Starting point"

    init_from: Path | None = option(
        None,
        help="Model to start from: folder, Hub id or bundled name of one of the same task, which is adapted to the new "
        "data; or, for texts and tags, the pretrained encoder of recipes/pretrain.py; none = a new model.",
    )
    mix_in: str | None = option(
        None, help="Dataset that the model of --init-from was trained on, whose rows are mixed into the new ones."
    )
    mix_share: float = option(
        _SHARE, above=0, below=1, help="Share of the rows of --mix-in in the training data; fewer if it is small."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if str(self.init_from) == "none":
            object.__setattr__(self, "init_from", None)
        if self.mix_in is not None and self.init_from is None:
            raise OptionError("--mix-in is the data of the model to start from: give --init-from too")
        if self.mix_in is None and self.mix_share != _SHARE:
            raise OptionError("--mix-share is the share of --mix-in: give both, or leave it out")
        if self.mix_in is not None and getattr(self, "streaming", False):
            raise OptionError("--mix-in is not streamed: leave out --streaming, or put both into one folder")
