"""The options of recipes that train on data larger than memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from nlprnn.errors import OptionError
from nlprnn.experiment.options import Options, option

_BUFFER = 50_000
_SAMPLE = 100_000

NOT_STREAMED: dict[str, str] = dict.fromkeys(
    ("streaming", "shuffle_buffer", "sample_rows"),
    "this recipe reads its data into memory; sentiment, news, text_generation, translation and pretrain stream theirs",
)
"""`Options.absent` of a recipe that does not stream."""


@dataclass(frozen=True, kw_only=True)
class StreamingOptions(Options):
    """Whether and how the rows to train on are read as they are needed.

    Raises:
        OptionError: an option of streaming is given without it.
    """

    section: ClassVar[str] = "Data"

    streaming: bool = option(
        False,
        help="Streaming of training data that do not fit into memory: read, tokenised and shuffled block by block in "
        "each epoch.",
    )
    shuffle_buffer: int = option(_BUFFER, min=2, help="Neighbouring rows that are shuffled together, with --streaming.")
    sample_rows: int = option(
        _SAMPLE, min=10, help="Rows, drawn at random, of which vocabulary and plan are made, with --streaming."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.streaming and (self.shuffle_buffer, self.sample_rows) != (_BUFFER, _SAMPLE):
            flag = "--sample-rows" if self.shuffle_buffer == _BUFFER else "--shuffle-buffer"
            raise OptionError(f"{flag} is an option of --streaming: give both, or leave it out")

    @property
    def streamed(self) -> dict[str, Any]:
        """How data are streamed, by the names of the arguments of functions that open them."""
        return {"buffer": self.shuffle_buffer, "sample_rows": self.sample_rows}
