from __future__ import annotations

from types import SimpleNamespace

import pytest
from torch import nn

from nlprnn.experiment.search_range import Between, OneOf
from nlprnn.metrics import ACCURACY
from nlprnn.tuning.budget import Budget
from nlprnn.tuning.recipe_runs import Outcome
from nlprnn.tuning.search_space import Dimension
from nlprnn.tuning.study import Study
from nlprnn.tuning.study_file import STUDY_FILE, StudyRecord

pytest.importorskip("optuna")

SPACE = [
    Dimension("learning_rate", False, Between(1e-4, 1e-1, log=True)),
    Dimension("size", True, OneOf(8, 16, 32, 64)),
    Dimension("pooling", False, OneOf("max", "mean")),
]
DEFAULTS = {"learning_rate": 0.001, "size": 16, "pooling": "max", "epochs": 8}


class Killed(BaseException):
    """The process ends without a chance to write anything."""


class Simulation:
    """Trainings that take no time: a clock, checkpoints in memory, and a score that grows with the epochs.

    Args:
        score: values of the options -> score after the last epoch.
        epoch_seconds: values of the options -> seconds of an epoch.
        setup_seconds: before the first epoch.
    """

    def __init__(self, score, *, epoch_seconds=lambda values: 1.0, setup_seconds=2.0):
        self.score, self.epoch_seconds, self.setup_seconds = score, epoch_seconds, setup_seconds
        self.now = 0.0
        self.begun = []  # name of the folder, moment, whether resumed
        self.checkpoints = {}  # folder -> epochs and seconds trained
        self.events = {}  # (name of the folder, epoch) -> what happens after its checkpoint
        self.events_at_begin = {}

    def __call__(self, folder, changes, callback, *, resume):
        self.begun.append((folder.name, self.now, resume))
        folder.mkdir(parents=True, exist_ok=True)
        self.now += self.setup_seconds
        self._happen(self.events_at_begin, folder.name)
        values = {**DEFAULTS, **changes}
        epoch, seconds = self.checkpoints.get(folder, (0, 0.0)) if resume else (0, 0.0)
        network = nn.Linear(values["size"] * 250, 1000, bias=False, device="meta")  # `size` megabytes
        trainer = SimpleNamespace(metric=ACCURACY, network=network, state=SimpleNamespace(), stopped=False)
        trainer.stop = lambda reason: setattr(trainer, "stopped", True)
        trainer.state.epoch, trainer.state.seconds = epoch, seconds
        score = self.score(values) * epoch / values["epochs"]
        while epoch < values["epochs"] and not trainer.stopped:
            epoch, seconds = epoch + 1, seconds + self.epoch_seconds(values)
            self.now += self.epoch_seconds(values)
            score = self.score(values) * epoch / values["epochs"]
            self.checkpoints[folder] = epoch, seconds
            trainer.state.epoch, trainer.state.seconds = epoch, seconds
            callback.on_log(trainer, {"step": epoch})
            callback.on_validation(trainer, {"accuracy": score}, best=True)
            self._happen(self.events, (folder.name, epoch))
        callback.on_end(trainer, {})
        return Outcome({"accuracy": score}, values, values["size"])

    def _happen(self, events, key):
        if key in events:
            raise events.pop(key)


def make_study(folder, simulation, *, minutes=10.0, space=SPACE, **record):
    """Begin a study, or take up the one in the folder, after a kill too."""
    folder.mkdir(exist_ok=True)
    if (folder / STUDY_FILE).exists():
        kept = StudyRecord.load(folder)
        kept.max_minutes = minutes
    else:
        kept = StudyRecord("fake", {}, max_minutes=minutes, **{"trial_minutes": 1.0, **record})
    budget = Budget(minutes, used_seconds=kept.seconds, clock=lambda: simulation.now)
    lines = []
    study = Study(folder, kept, space, simulation, budget, report=lines.append)
    study.lines = lines
    return study


@pytest.fixture
def tools():
    """The simulation, and what makes a study of it."""
    return SimpleNamespace(
        Simulation=Simulation, Killed=Killed, study=make_study, space=SPACE, defaults=DEFAULTS, Outcome=Outcome
    )


def quality(values):
    """The best learning rate is 0.01, a larger size is a little better, and the pooling makes no difference."""
    from math import log10

    return 90.0 - 10 * (log10(values["learning_rate"]) + 2) ** 2 + values["size"] / 32


@pytest.fixture
def simulation():
    """Trainings in which the learning rate matters most."""
    return Simulation(quality)
