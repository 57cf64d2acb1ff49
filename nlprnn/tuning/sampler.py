"""What a study tries next, and which options mattered: Optuna's algorithms on its trials.

The trials are in `study.json`; Optuna gets them in memory, so that it needs no database and no trial is lost to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from nlprnn.errors import NlprnnError
from nlprnn.tuning.search_space import Dimension
from nlprnn.tuning.study_file import StudyRecord, TrialRecord

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

_CHANGED_SHARE = 1 / 3
"""Share of the options that a trial draws again; the others are those of the best trial so far. Most of what a recipe
has by default is good, and a short study cannot find all of it again."""

_NEAR_DRAWS = 20
_UNIFORM_DRAWS = 200
"""Draws near the best trial, then from all values, until the settings count as exhausted: all have been tried."""

_STARTUP_TRIALS = 3
"""Complete trials before draws are learnt rather than uniform."""


def import_optuna() -> ModuleType:
    """Return Optuna, which then logs warnings alone.

    Raises:
        NlprnnError: it is not installed.
    """
    try:
        import optuna
    except ImportError:
        raise NlprnnError('tuning needs Optuna: pip install "nlprnn[tune]"') from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def suggest(study: StudyRecord, space: Sequence[Dimension], *, seed: int) -> dict[str, Any] | None:
    """Return the values of the next trial, which no trial has had before; None if all have been tried.

    A resumed study continues as it would have: the draw depends on the seed and the trials alone.

    Args:
        study: with its first trial ended.
        space: options that may change.
        seed: of the study.
    """
    import numpy as np

    optuna = import_optuna()
    best = study.best() or min(study.trials, key=lambda trial: trial.model_mb)  # where all are too large
    tried = [trial.values for trial in study.trials]
    generator = np.random.default_rng([seed, len(study.trials)])
    for draw in range(_NEAR_DRAWS + _UNIFORM_DRAWS if space else 0):
        number = int(generator.integers(2**31))
        changed = np.ones(len(space), dtype=bool)
        if draw < _NEAR_DRAWS:
            changed = generator.random(len(space)) < _CHANGED_SHARE
            changed[generator.integers(len(space))] = True
            sampler = optuna.samplers.TPESampler(n_startup_trials=_STARTUP_TRIALS, seed=number)
        else:
            sampler = optuna.samplers.RandomSampler(seed=number)
        drawn = _optuna_study(study, space, sampler).ask({one.name: one.distribution() for one in space}).params
        values = {
            one.name: one.decode(drawn[one.name]) if new else best.values[one.name]
            for one, new in zip(space, changed, strict=True)
        }
        if values not in tried:
            return values
    return None


def importances(study: StudyRecord, space: Sequence[Dimension]) -> dict[str, float]:
    """Return the share of each option in what separates good trials from bad ones, the largest first.

    They are computed by PED-ANOVA (Watanabe et al. 2023); of fewer than four scored trials, there are none.
    """
    optuna = import_optuna()
    if len(study.candidates()) < _STARTUP_TRIALS + 1:
        return {}
    evaluated = _optuna_study(study, space, None)
    if len({trial.value for trial in evaluated.trials if trial.value is not None}) < 2:
        return {}
    shares = optuna.importance.get_param_importances(evaluated)
    return {name: float(share) for name, share in shares.items() if math.isfinite(share)}


def _optuna_study(study: StudyRecord, space: Sequence[Dimension], sampler: Any) -> Study:
    """Return a study of Optuna's with all trials that have ended, and the values of the options in a space."""
    direction = "maximize" if study.higher_is_better else "minimize"
    made: Study = import_optuna().create_study(direction=direction, sampler=sampler)
    made.add_trials(_optuna_trial(trial, space) for trial in study.trials if trial.state != "running")
    return made


def _optuna_trial(trial: TrialRecord, space: Iterable[Dimension]) -> FrozenTrial:
    from optuna.trial import TrialState, create_trial

    states = {"complete": TrialState.COMPLETE, "pruned": TrialState.PRUNED}
    state = states.get(trial.state, TrialState.FAIL)
    known = [one for one in space if one.name in trial.values]
    return create_trial(
        state=state,
        value=trial.score if state is TrialState.COMPLETE else None,
        params={one.name: one.encode(trial.values[one.name]) for one in known},
        distributions={one.name: one.distribution() for one in known},
        intermediate_values={math.ceil(epoch): score for epoch, score in trial.curve},
    )
