"""The plan of a tagger: options that are given win, and the rest follows from size and length of the sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data.tagged_rows import TaggedSplit
from nlprnn.experiment import Run
from nlprnn.experiment.options import FROM_DATA, option_fields
from nlprnn.experiment.run_file import write_run_file
from nlprnn.tasks.tagging import TaggedSentences, TaggingOptions
from nlprnn.tasks.tagging_plan import plan_tagging


def sentences(number, *, words=10, labels=("O", "B-X", "I-X")):
    def split(rows):
        return TaggedSplit([["word"] * words] * rows, [[labels[0]] * words] * rows, [], "", {})

    return TaggedSentences({"train": split(number), "validation": split(max(2, number // 10))}, list(labels))


def plan(number, *, words=10, **options):
    return plan_tagging(sentences(number, words=words), TaggingOptions(**options))


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
