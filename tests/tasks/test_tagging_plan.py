"""The plan of a tagger: options that are given win, and the rest follows from size and length of the sentences."""

from __future__ import annotations

from dataclasses import asdict
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data.tagged_rows import TaggedSplit
from nlprnn.errors import OptionError
from nlprnn.experiment import Run
from nlprnn.experiment.options import FROM_DATA, option_fields
from nlprnn.experiment.run_file import write_chosen, write_run_file
from nlprnn.tasks.tagging import TaggedSentences, TaggingOptions
from nlprnn.tasks.tagging_plan import plan_tagging


def sentences(number, *, words=10, labels=("O", "B-X", "I-X")):
    def split(rows):
        return TaggedSplit([["word"] * words] * rows, [[labels[0]] * words] * rows, [], "", {})

    return TaggedSentences({"train": split(number), "validation": split(max(2, number // 10))}, list(labels))


def plan(number, *, words=10, start=None, **options):
    return plan_tagging(sentences(number, words=words), TaggingOptions(**options), start)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "epochs": st.integers(1, 99),
            "patience": st.integers(1, 99),
            "batch_size": st.integers(1, 512),
            "learning_rate": st.floats(1e-6, 1.0),
            "word_dropout": st.floats(0, 0.9),
            "hidden_size": st.integers(1, 999),
            "embedding_size": st.integers(1, 999),
            "character_size": st.integers(1, 999),
            "min_frequency": st.integers(1, 9),
        },
    )
)
def test_given_options_are_in_the_plan(given_options):
    planned = plan(40, **given_options)
    assert {name: getattr(planned, name) for name in given_options} == given_options


def test_each_option_from_the_data_is_in_the_plan():
    names = {field.name for field in option_fields(TaggingOptions) if field.meta["auto"] == FROM_DATA}
    assert names <= vars(plan(40)).keys()


def test_more_sentences_mean_larger_batches_and_fewer_epochs():
    plans = [plan(number) for number in (100, 1_000, 20_000, 200_000)]
    batches, epochs = [one.batch_size for one in plans], [one.epochs for one in plans]
    assert batches == sorted(batches)
    assert epochs == sorted(epochs, reverse=True)
    assert batches[0] < batches[-1]
    assert epochs[0] > epochs[1] > epochs[-1]


def test_long_sentences_are_read_less_often():
    assert plan(10_000, words=60).epochs < plan(10_000).epochs


def test_learning_rate_follows_a_given_batch_size():
    assert plan(40, batch_size=64).learning_rate == pytest.approx(2 * plan(40, batch_size=16).learning_rate)


def test_tolerance_is_half_the_standard_error_of_the_validation_sentences():
    assert plan(100).tolerance == pytest.approx(50 * (0.09 / 10) ** 0.5)


def test_new_tags_on_trained_weights_mean_branches_for_thousands_of_rows():
    former, start = plan(3_400), SimpleNamespace(goes_on=False)
    branched = plan(3_400, start=start)
    assert branched.branches == branched.length["branches"] == 4 > former.branches
    assert branched.epochs == 2 * former.epochs
    assert branched.patience > branched.epochs / branched.branches
    assert plan(3_400, start=start, patience=3).patience == 3
    assert "mean of 4 trainings from the same weights" in branched.describe()
    assert plan(3_400, start=start, epochs=5) == plan(3_400, epochs=5)
    for number in (200, 2_000, 14_000):
        assert plan(number, words=15, start=start) == plan(number, words=15)


@pytest.mark.parametrize("start", [None, SimpleNamespace(goes_on=True)])
def test_other_taggers_have_no_branches(start):
    assert plan(3_400, start=start) == plan(3_400, start=start, branches=1) == plan(3_400)
    with pytest.raises(OptionError, match="--branches"):
        plan(3_400, start=start, branches=2)


def test_given_branches_are_those_of_the_plan():
    start = SimpleNamespace(goes_on=False)
    assert plan(3_400, start=start, branches=1) == plan(3_400)
    few = plan(3_400, start=start, branches=3, epochs=30)
    assert (few.branches, few.epochs, few.patience) == (3, 30, 20)


def test_run_of_a_version_without_branches_is_resumed_without(tmp_path):
    options, start = TaggingOptions(), SimpleNamespace(goes_on=False)
    write_run_file(tmp_path, "tagging", options)
    before = asdict(plan(3_400))
    write_chosen(tmp_path, {name: value for name, value in before.items() if name != "branches"})
    assert Run("tagging", tmp_path, options, True).choose(plan(3_400, start=start)) == plan(3_400)


def test_description_names_what_was_chosen():
    planned = plan(3_400)
    assert planned.describe().startswith("3,400 sentences, 3 tags, 10 words each: batches of ")
    assert f"up to {planned.epochs} epochs" in planned.describe()


def test_resumed_run_keeps_the_first_choice(tmp_path):
    def choose(options, data, *, resume):
        write_run_file(tmp_path, "tagging", options)
        return Run("tagging", tmp_path, options, resume).choose(plan_tagging(data, options))

    first = choose(TaggingOptions(), sentences(40), resume=False)
    resumed = choose(TaggingOptions(epochs=99), sentences(40_000), resume=True)
    assert (resumed.batch_size, resumed.learning_rate) == (first.batch_size, first.learning_rate)
    assert resumed.epochs == 99 != first.epochs
