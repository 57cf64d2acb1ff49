from __future__ import annotations

import math

import pytest

from nlprnn.metrics import ACCURACY
from nlprnn.training import TrainingOptions
from nlprnn.training.state import TrainingState


@pytest.mark.parametrize(
    ("state", "progress"),
    [
        ({"epoch": 2.0}, 0.5),
        ({"epoch": 5.0}, 1.0),
        ({"epoch": 1.0, "seconds": 300.0, "evaluation_seconds": 60.0}, 300 / 540),  # the last validation is reserved
        ({"epoch": 1.0, "seconds": 300.0}, 300 / 582),
        ({"epoch": 3.0, "seconds": 300.0, "evaluation_seconds": 60.0}, 0.75),
        ({"seconds": 200.0, "evaluation_seconds": 60.0, "final_seconds": 140.0}, 0.5),  # and the scores at the end
        ({"seconds": 75.0, "evaluation_seconds": 590.0}, 0.5),  # a quarter of the time is for training
    ],
)
def test_progress_is_that_of_epochs_or_minutes(state, progress):
    options = TrainingOptions(epochs=4, max_minutes=10 if "seconds" in state else None)
    assert TrainingState(**state).progress(options) == pytest.approx(progress)


def test_best_score_wins_then_lower_loss_then_the_first():
    state = TrainingState()
    scores = [(50.0, 0.7), (math.nan, 0.1), (60.0, 0.9), (60.0, 0.8), (60.0, 0.8), (55.0, 0.1)]
    improved = [state.record_evaluation({"accuracy": score, "loss": loss}, ACCURACY) for score, loss in scores]
    assert improved == [True, False, True, True, False, False]
    assert (state.best, state.best_loss, state.evals_without_improvement) == (60.0, 0.8, 2)


def test_lower_loss_wins_among_scores_that_differ_by_chance():
    state = TrainingState()
    scores = [(80.0, 0.50), (80.8, 0.55), (79.5, 0.45), (79.4, 0.30), (82.0, 0.90), (81.5, 0.60), (80.9, 0.10)]
    improved = [
        state.record_evaluation({"accuracy": score, "loss": loss}, ACCURACY, tolerance=1.0) for score, loss in scores
    ]
    # The third is near the first, which is kept, but too far below the second, the best score of all.
    assert improved == [True, False, False, False, True, True, False]
    assert (state.best, state.top_score) == (81.5, 82.0)


def test_patience_starts_anew_at_the_lowest_loss_or_the_best_score():
    state, counts = TrainingState(), []
    for score, loss in [(80.0, 0.5), (79.0, 0.4), (79.0, 0.45), (81.0, 0.6), (80.0, 0.41)]:
        state.record_evaluation({"accuracy": score, "loss": loss}, ACCURACY)
        counts.append(state.evals_without_improvement)
    assert counts == [0, 0, 1, 0, 1]


def test_equal_scores_without_loss_do_not_improve():
    state = TrainingState()
    assert [state.record_evaluation({"accuracy": 50.0}, ACCURACY) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(("patience", "expected"), [(None, False), (2, True), (3, False)])
def test_patience_counts_validations_without_improvement(patience, expected):
    state = TrainingState(evals_without_improvement=2)
    assert state.out_of_patience(TrainingOptions(patience=patience)) == expected


def test_restore_takes_all_values_and_refuses_unknown_ones():
    state = TrainingState(step=3, best=1.0)
    state.restore(vars(TrainingState(step=9)))
    assert state == TrainingState(step=9)
    with pytest.raises(TypeError, match="future"):
        state.restore({"future": 1})
