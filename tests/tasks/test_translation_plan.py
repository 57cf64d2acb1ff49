"""The plan of a translation model: options that are given win, and the rest follows from the sentence pairs."""

from __future__ import annotations

import random
from dataclasses import replace

import datasets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data import DataReport
from nlprnn.experiment.run import Run
from nlprnn.experiment.run_file import write_run_file
from nlprnn.experiment.settings import find_settings, read_settings
from nlprnn.tasks.translation import SentencePairs, TranslatorOptions
from nlprnn.tasks.translation_plan import plan_translation


def random_sentences(number, *, words=10, seed=1):
    """Make sentences of random letters, which no compression makes much smaller."""
    rng = random.Random(seed)
    return [
        " ".join("".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=5)) for _ in range(words)) for _ in range(number)
    ]


def pairs_of(sources, targets):
    table = datasets.Dataset.from_dict({"source": sources, "target": targets})
    return SentencePairs({"train": table, "validation": table.select(range(2))}, DataReport((), (), {}, {}))


SMALL = pairs_of(random_sentences(60), random_sentences(60, seed=2))


def plan(pairs=SMALL, **options):
    return plan_translation(pairs, TranslatorOptions(**options))


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "epochs": st.integers(1, 99),
            "patience": st.integers(1, 99),
            "vocab_size": st.integers(1, 9000),
            "embedding_size": st.integers(1, 999),
            "encoder_size": st.integers(1, 999),
            "decoder_size": st.integers(1, 999),
            "dropout": st.floats(0, 0.9),
            "embedding_dropout": st.floats(0, 0.9),
            "word_dropout": st.floats(0, 0.9),
            "batch_tokens": st.integers(1, 9999),
            "learning_rate": st.floats(1e-6, 1.0),
            "ema": st.floats(0, 0.9),
        },
    )
)
def test_given_options_are_in_the_plan(given_options):
    planned = plan(**given_options)
    assert {name: getattr(planned, name) for name in given_options} == given_options


def test_statistics_are_of_both_sides():
    planned = plan(pairs_of(random_sentences(60, words=4), random_sentences(60, words=8)))
    assert (planned.pairs, planned.diversity.words) == (60, 60 * 12)
    assert "60 pairs, 6 words each" in planned.describe()


def test_large_data_have_the_values_of_the_published_figures():
    planned = plan(pairs_of(random_sentences(6_000), random_sentences(6_000, seed=2)))
    settings = read_settings(find_settings("multi30k"), TranslatorOptions)
    names = vars(planned).keys() & settings.keys()
    assert len(names) >= 12
    assert {name: getattr(planned, name) for name in names} == {name: settings[name] for name in names}


def test_repeated_phrases_need_a_smaller_model_than_as_many_different_ones():
    phrases = random_sentences(20, words=5)
    sides = [
        [f"{first} {second}" for first in phrases for second in phrases][:400] * 15
        for phrases in (phrases, phrases[::-1])
    ]
    repeated = plan(pairs_of(*sides))
    different = plan(pairs_of(random_sentences(6_000), random_sentences(6_000, seed=2)))
    assert (repeated.pairs, repeated.diversity.words) == (different.pairs, different.diversity.words)
    assert repeated.decoder_size < different.decoder_size
    assert repeated.dropout < different.dropout


def test_fewer_pairs_are_read_more_often():
    epochs = [plan(pairs_of(*[random_sentences(number, words=6)] * 2)).epochs for number in (40, 1_000, 4_000)]
    assert epochs == sorted(epochs, reverse=True)
    assert epochs[0] > epochs[-1]


def test_learning_rate_follows_a_given_batch_size():
    rates = [plan(batch_tokens=tokens).learning_rate for tokens in (256, 1_024)]
    assert rates[1] == pytest.approx(2 * rates[0])


def test_resumed_run_keeps_its_plan(tmp_path):
    def choose(pairs, options, *, resume):
        write_run_file(tmp_path, "translation", options)
        return Run("translation", tmp_path, options, resume).choose(plan_translation(pairs, options))

    begun = choose(SMALL, TranslatorOptions(dropout=0.4), resume=False)
    more = pairs_of(*[random_sentences(4_000)] * 2)
    later = choose(more, TranslatorOptions(dropout=0.4, epochs=99), resume=True)
    assert plan(more).batch_tokens != begun.batch_tokens
    assert replace(later, pairs=60, diversity=begun.diversity) == replace(begun, epochs=99)


def test_description_names_what_was_chosen():
    planned = plan(decoder_size=300)
    assert planned.describe().startswith("60 pairs, 10 words each, ")
    assert "decoder 300" in planned.describe()
    assert f"up to {planned.epochs} epochs" in planned.describe()
