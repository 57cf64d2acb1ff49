"""The model that a run started from: what `run.json`, the model card and the terminal report of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

Scores = Mapping[str, Mapping[str, Any]]
"""Split -> name of a metric -> number (or, for a signature, text)."""

OLD_VALIDATION = "old_validation"
"""Split of the validation rows of the data that the former model was trained on."""


@dataclass(frozen=True)
class Origin:
    """The model that a run started from.

    Attributes:
        model: its folder or name, as it was given.
        checksum: SHA-256 of its weights, in hexadecimal digits.
        settled: options of the recipe whose values are the model's.
        labels: of the model, in its order; empty without.
        reading: options by which the data that are mixed in are read.
        scores: of the model before the training, on the validation rows of the new data and of those mixed in.
    """

    model: str
    checksum: str
    settled: Mapping[str, Any] = field(default_factory=dict)
    labels: Sequence[str] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    scores: Scores = field(default_factory=dict)

    def to_mapping(self) -> dict[str, Any]:
        """Return the attributes as JSON can hold them; `from_mapping` reads them back."""
        return asdict(self)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Return what `to_mapping` has written."""
        return cls(**values)

    def describe(self) -> str:
        """Return one sentence for the model card."""
        return f"It started from the weights of `{self.model}` (SHA-256 `{self.checksum}`)."

    def compare(self, after: Scores) -> Iterator[str]:
        """Yield a line for each split that was scored before the training: its scores before and after.

        Args:
            after: scores of the adapted model.
        """
        for split in filter(after.__contains__, self.scores):
            pairs = {
                name: (value, after[split][name])
                for name, value in self.scores[split].items()
                if name in after[split] and name != "rows" and not isinstance(value, str)
            }
            figures = "   ".join(f"{name} {old:.4g} -> {new:.4g}" for name, (old, new) in pairs.items())
            yield f"{split:<16}{figures}"
