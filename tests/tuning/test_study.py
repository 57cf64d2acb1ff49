"""Studies of simulated trainings: budget, pruning, stops at any moment, repetitions with other seeds."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from nlprnn.errors import DataError, TrainingError
from nlprnn.training import TrainingInterrupted
from nlprnn.tuning.search_space import Dimension
from nlprnn.tuning.study_file import STUDY_FILE, StudyRecord


def timeless(record):
    """The trials and the repetitions of a study without their seconds and attempts."""
    content = asdict(record)
    for run in (*content["trials"], *content["repeats"]):
        del run["seconds"], run["attempts"]
    return content["trials"], content["repeats"]


@pytest.mark.parametrize("minutes", [0.5, 2.0])
@pytest.mark.parametrize("epoch_seconds", [0.5, 2.0])
def test_no_trial_is_begun_that_cannot_end_in_the_budget(tools, simulation, tmp_path, minutes, epoch_seconds):
    simulation.epoch_seconds = lambda values: epoch_seconds
    study = tools.study(tmp_path, simulation, minutes=minutes)
    study.search()
    study.repeat()
    duration = simulation.setup_seconds + 8 * epoch_seconds
    for _, began, _ in simulation.begun[1:]:
        assert began + duration <= 60 * minutes
    assert simulation.now <= max(60 * minutes, duration)
    repeats_begin = simulation.begun[len(study.record.trials) :]
    if 60 * minutes > 10 * duration:  # time for the search, and for two more seeds of two settings
        assert len(study.record.trials) >= 5
        assert len(repeats_begin) == 4


def test_slow_settings_end_at_the_budget(tools, simulation, tmp_path):
    simulation.epoch_seconds = lambda values: 1.0 if values == tools.defaults else 20.0
    study = tools.study(tmp_path, simulation, minutes=2.0, trial_minutes=0.5)
    study.search()
    assert simulation.now <= 120 + 20
    assert [trial.reason for trial in study.record.trials if trial.epochs < 8][-1:] == ["the time of the study is over"]


def test_first_trial_is_the_defaults_and_the_best_is_better(tools, simulation, tmp_path):
    study = tools.study(tmp_path, simulation, minutes=2)
    study.search()
    first, best = study.record.trials[0], study.record.best()
    assert first.changes == {}
    assert first.values == {name: value for name, value in tools.defaults.items() if name != "epochs"}
    assert best.score > first.score + 2
    assert 0.002 < best.values["learning_rate"] < 0.03
    assert all(trial.changes == trial.values for trial in study.record.trials[1:])


def test_no_setting_is_tried_twice(tools, simulation, tmp_path):
    study = tools.study(tmp_path, simulation, minutes=20, space=tools.space[1:])
    study.search()
    settings = [tuple(trial.values.values()) for trial in study.record.trials]
    assert sorted(settings) == sorted((size, pooling) for size in (8, 16, 32, 64) for pooling in ("max", "mean"))
    assert "all settings have been tried" in study.lines


def test_options_without_a_known_value_are_not_searched(tools, simulation, tmp_path):
    space = [*tools.space, Dimension("unheard_of", False, tools.space[1].range)]
    study = tools.study(tmp_path, simulation, minutes=1, space=space)
    study.search()
    assert len(study.record.trials) > 1
    assert all("unheard_of" not in trial.changes for trial in study.record.trials)


def test_bad_trials_are_pruned_and_good_ones_are_not(tools, simulation, tmp_path):
    study = tools.study(tmp_path, simulation, minutes=3)
    study.search()
    pruned = [trial for trial in study.record.trials if trial.state == "pruned"]
    complete = [trial for trial in study.record.trials if trial.state == "complete"]
    assert len(pruned) >= 2
    assert all(len(trial.curve) < 8 for trial in pruned)
    assert all(len(trial.curve) == 8 for trial in complete)
    for trial in pruned:  # below the median of the complete trials before it, at its last epoch
        epoch, score = trial.curve[-1]
        before = sorted(one.curve[int(epoch) - 1][1] for one in complete if one.number < trial.number)
        assert epoch >= 2
        assert score < before[len(before) // 2]
    assert study.record.best() in complete


@pytest.mark.parametrize("place", [("1", 1), ("1", 8), ("4", 1), ("3-seed-2", 4)])
@pytest.mark.parametrize("kill", [True, False], ids=["killed", "Ctrl-C"])
def test_stopped_and_resumed_study_equals_a_whole_one(tools, tmp_path, simulation, place, kill):
    whole = tools.study(tmp_path / "whole", simulation, minutes=2)
    whole.search()
    whole.repeat()
    best = whole.record.best().number
    place = (place[0].replace("3-seed", f"{best}-seed"), place[1])

    again = tools.Simulation(simulation.score)
    again.events[place] = tools.Killed() if kill else TrainingInterrupted("stopped")
    stopped = tools.study(tmp_path / "stopped", again, minutes=2)
    if kill:
        save, stopped.save = stopped.save, lambda: save() if place in again.events else None
    with pytest.raises((tools.Killed, TrainingInterrupted)):
        _run(stopped)
    resumed = tools.study(tmp_path / "stopped", again, minutes=2.3)
    _run(resumed)
    assert [name for name, _, was_resumed in again.begun if was_resumed] == [place[0]]
    # The time that the stop has cost may be that of a trial; what both have is the same.
    for runs, others in zip(timeless(resumed.record), timeless(whole.record), strict=True):
        number = min(len(runs), len(others))
        assert number >= 4
        assert runs[:number] == others[:number]


def _run(study):
    study.search()
    study.repeat()


def test_clock_goes_on_where_it_was(tools, simulation, tmp_path):
    simulation.events["2", 4] = TrainingInterrupted("stopped")
    study = tools.study(tmp_path, simulation, minutes=1)
    with pytest.raises(TrainingInterrupted):
        study.search()
    used = simulation.now
    simulation.now = 1000.0
    resumed = tools.study(tmp_path, simulation, minutes=1)
    assert resumed.budget.used == pytest.approx(used)
    resumed.search()
    assert simulation.now <= 1000 + 60 - used + simulation.setup_seconds


def test_failed_trial_is_a_row_with_its_reason(tools, simulation, tmp_path):
    simulation.events["2", 1] = MemoryError()
    simulation.events["3", 2] = DataError("n-grams of order 9 are too many")
    simulation.events["4", 1] = ZeroDivisionError("division by zero")
    study = tools.study(tmp_path, simulation, minutes=2)
    study.search()
    assert [trial.state for trial in study.record.trials[:4]] == ["complete", "failed", "failed", "failed"]
    assert "not enough memory" in study.record.trials[1].reason
    assert study.record.trials[2].reason == "n-grams of order 9 are too many"
    assert study.record.trials[3].reason == "ZeroDivisionError: division by zero"
    assert study.record.best().state == "complete"
    assert len(study.record.trials) > 5


@pytest.mark.parametrize("error", [DataError("no such file"), ZeroDivisionError("a fault"), OSError("disk full")])
def test_mistake_that_all_trials_would_have_ends_the_study(tools, simulation, tmp_path, error):
    simulation.events_at_begin["1"] = error
    with pytest.raises(type(error), match=str(error)):
        tools.study(tmp_path, simulation).search()


def test_trial_that_kills_the_process_again_and_again_fails(tools, simulation, tmp_path):
    for _ in range(3):
        simulation.events_at_begin["2"] = tools.Killed()
        with pytest.raises(tools.Killed):
            tools.study(tmp_path, simulation).search()
    study = tools.study(tmp_path, simulation, minutes=2)
    study.search()
    assert "killed 3 times" in study.record.trials[1].reason
    assert study.record.best().score > study.record.trials[0].score


def test_models_over_the_size_limit_end_soon_and_do_not_win(tools, simulation, tmp_path):
    study = tools.study(tmp_path, simulation, max_model_mb=20, minutes=2)
    study.search()
    large = [trial for trial in study.record.trials if trial.values["size"] > 20]
    assert large
    assert all(trial.state == "too large" and trial.epochs == 1 for trial in large)
    assert all("over 20 MB" in trial.reason for trial in large)
    assert study.record.best().values["size"] == 16


def test_search_leaves_defaults_that_are_too_large(tools, simulation, tmp_path):
    study = tools.study(tmp_path, simulation, max_model_mb=10, minutes=2, trial_minutes=0.2)
    study.search()
    assert study.record.trials[0].state == "too large"
    assert study.record.best().values["size"] == 8


def test_best_and_defaults_are_repeated_with_two_more_seeds(tools, simulation, tmp_path):
    study = tools.study(tmp_path, simulation, minutes=2)
    study.search()
    study.repeat()
    best = study.record.best()
    repeats = [(run.number, run.changes["seed"]) for run in study.record.repeats]
    assert repeats == [(best.number, 2), (1, 2), (best.number, 3), (1, 3)]
    assert {**study.record.repeats[0].changes} == {**best.changes, "seed": 2}
    study.repeat()
    assert len(study.record.repeats) == 4


@pytest.mark.parametrize("defaults_gain", [0.0, 20.0])
def test_defaults_win_if_their_mean_over_the_seeds_is_better(tools, simulation, tmp_path, defaults_gain):
    score = simulation.score
    simulation.score = lambda values: (
        score(values) + (defaults_gain if "seed" in values and values["learning_rate"] == 0.001 else 0.0)
    )
    study = tools.study(tmp_path, simulation, minutes=2)
    study.search()
    study.repeat()
    assert study.record.best() is not study.record.trials[0]
    assert study.winner() is (study.record.trials[0] if defaults_gain else study.record.best())


def test_equal_scores_rank_by_loss():
    record = StudyRecord("fake", {}, max_minutes=1, trial_minutes=1, metric="accuracy")
    trial = type("Trial", (), {})
    ranks = []
    for score, loss in ((90.0, 0.5), (90.0, 0.3), (91.0, 0.9), (None, None)):
        one = trial()
        one.score, one.loss = score, loss
        ranks.append(record.rank(one))
    assert sorted(range(4), key=ranks.__getitem__) == [3, 0, 1, 2]


@pytest.mark.parametrize("content", [None, "", "{}", '{"recipe": 1}', "[1]"])
def test_damaged_study_is_one_sentence(tmp_path, content):
    if content is not None:
        (tmp_path / STUDY_FILE).write_text(content)
    with pytest.raises(TrainingError, match=r"study\.json is missing or damaged"):
        StudyRecord.load(tmp_path)
