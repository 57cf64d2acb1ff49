"""The plan of a language model: options that are given win, and the rest follows from the text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.tasks.language_model import LanguageModelOptions
from nlprnn.tasks.language_model_plan import plan_language_model


def random_text(characters, *, seed=1):
    """Make words of random letters, which no compression makes much smaller."""
    rng = random.Random(seed)
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz  ", k=characters))


def plan(text, **options):
    return plan_language_model([text], LanguageModelOptions(**options))


SHORT = random_text(2_000)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "epochs": st.integers(1, 99),
            "patience": st.integers(1, 99),
            "vocab_size": st.integers(1, 9000),
            "embedding_size": st.integers(1, 999),
            "hidden_size": st.integers(1, 999),
            "num_layers": st.integers(1, 9),
            "dropout": st.floats(0, 0.9),
            "batch_size": st.integers(1, 99),
            "bptt": st.integers(2, 999),
            "learning_rate": st.floats(1e-6, 1.0),
            "ema": st.floats(0, 0.9),
        },
    )
)
def test_given_options_are_in_the_plan(given_options):
    planned = plan(SHORT, **given_options)
    assert {name: getattr(planned, name) for name in given_options} == given_options


def test_long_text_has_the_values_of_the_published_figures():
    planned = plan(random_text(300_000))
    sizes = (planned.hidden_size, planned.num_layers, planned.embedding_size, planned.vocab_size, planned.dropout)
    assert sizes == (512, 2, 128, 8000, 0.3)
    assert (planned.batch_size, planned.bptt, planned.learning_rate, planned.ema) == (32, 128, 3e-3, 0.995)
    assert (planned.epochs, planned.patience) == (27, 5)  # 8 million characters
    assert plan(random_text(1_100_000)).epochs == 8


def test_repeated_text_needs_a_smaller_model_than_as_much_different_text():
    repeated, different = plan(SHORT * 150), plan(random_text(300_000))
    assert repeated.diversity.characters == different.diversity.characters
    assert repeated.hidden_size < different.hidden_size
    assert repeated.dropout < different.dropout
    assert plan(SHORT * 150).epochs < plan(SHORT).epochs


def test_shorter_texts_are_read_more_often():
    epochs = [plan(random_text(characters)).epochs for characters in (2_000, 30_000, 100_000)]
    assert epochs == sorted(epochs, reverse=True)
    assert epochs[0] > epochs[-1]


def test_learning_rate_follows_given_batches():
    rates = [plan(SHORT, batch_size=rows, bptt=64).learning_rate for rows in (4, 16)]
    assert rates[1] == pytest.approx(2 * rates[0])


def test_description_names_what_was_chosen():
    planned = plan(SHORT, num_layers=2, hidden_size=100)
    assert planned.describe().startswith("2,000 characters, ")
    assert "2 layers of 100" in planned.describe()
    assert f"up to {planned.epochs} epochs" in planned.describe()
