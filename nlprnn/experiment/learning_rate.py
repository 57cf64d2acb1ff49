"""`--find-learning-rate`: a recipe that searches for a learning rate, and trains nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

from nlprnn.errors import NlprnnError, OptionError
from nlprnn.training.callbacks import Callback, StoppableTrainer

if TYPE_CHECKING:
    from nlprnn.training.learning_rate_search import LearningRateSearch
    from nlprnn.training.trainer import Trainer

_ROWS = 12
"""Learning rates that are printed."""


class LearningRateSearched(NlprnnError):  # noqa: N818 - it is nobody's error
    """The search has ended: its result goes to where the recipe was called."""

    def __init__(self, search: LearningRateSearch, used: float) -> None:
        super().__init__(f"suggested: --learning-rate {search.suggestion:.1e}")
        self.search = search
        self.used = used

    def report(self, picture: Path) -> str:
        """Draw the losses, and return them as a table, with the suggestion."""
        search = self.search
        steps = range(0, len(search.rates), -(-len(search.rates) // _ROWS))
        lines = [
            "learning rate  training loss",
            *(f"{search.rates[at]:13.1e}  {search.losses[at]:.4f}" for at in steps),
        ]
        lines += [
            "",
            f"The loss is lowest at {search.highest:.1e}. Suggested, a tenth of it: --learning-rate "
            f"{search.suggestion:.1e}. The run without --find-learning-rate has {self.used:.1e}.",
        ]
        if not search.falls:
            lines.append(f"The loss hardly falls in {len(search.rates)} steps: the suggestion is worth little.")
        try:
            search.draw(picture)
        except ImportError:
            return "\n".join([*lines, 'Not drawn, matplotlib is missing: pip install "nlprnn[plot]"'])
        return "\n".join([*lines, f"Picture: {picture}"])


class LearningRateFinder(Callback):
    """Searches for a learning rate in place of the training, and raises `LearningRateSearched`."""

    def on_begin(self, trainer: StoppableTrainer) -> None:
        """Search.

        Raises:
            LearningRateSearched: always, unless there is an error.
            OptionError: there are several processes.
        """
        from nlprnn.training.learning_rate_search import find_learning_rate

        if os.environ.get("WORLD_SIZE", "1") != "1":
            raise OptionError("--find-learning-rate is for one process: call the recipe with python")
        trainer = cast("Trainer", trainer)
        used = max(group["initial_lr"] for group in trainer.optimizer.param_groups)
        raise LearningRateSearched(find_learning_rate(trainer), used)
