from __future__ import annotations

import numpy as np
import pytest
import torch

from nlprnn.decoding.logits_processors import forbid, temperature
from nlprnn.decoding.numpy_sampling import sample_arrays
from nlprnn.decoding.sampling import sample

V = 7
LOGITS = np.random.default_rng(0).normal(size=(V, V)).astype(np.float32) * 3 + 5
"""Row by row, what follows each token: a Markov chain."""


def step(tokens, state):
    """The state counts the steps."""
    return LOGITS[tokens], state + 1


def tensor_step(tokens, state):
    return torch.from_numpy(LOGITS)[tokens].log_softmax(dim=1), state + 1


def draw(rows, seed=0, heat=1.0, **options):
    chance = torch.Generator().manual_seed(seed)
    return np.array(list(sample_arrays(step, torch.tensor(rows), 0, temperature=heat, generator=chance, **options)))


@pytest.mark.parametrize("rows", [[3], [0, 1, 2]])
@pytest.mark.parametrize("heat", [0.0, 1e-40, 1e-3, 0.8, 1.0, 5.0, 1e300])
def test_one_seed_draws_what_sampling_on_tensors_draws(rows, heat):
    filters = [forbid([0, 4]), temperature(heat)]
    options = {"length": 60, "filters": filters, "generator": torch.Generator().manual_seed(5)}
    expected = torch.stack(list(sample(tensor_step, torch.tensor(rows), 0, **options)))
    drawn = draw(rows, seed=5, heat=heat, forbidden=[0, 4], length=60)
    assert drawn.tolist() == expected.tolist()
    assert not np.isin(drawn, [0, 4]).any()


def test_the_global_source_of_chance_is_left_alone():
    before = torch.get_rng_state()
    draw([0], length=5)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("length", [0, 1, 7])
def test_as_many_tokens_come_as_asked_and_no_step_more_is_made(length):
    steps = []

    def counting(tokens, state):
        steps.append(state)
        return step(tokens, state)

    assert len(list(sample_arrays(counting, torch.tensor([0, 3]), 0, length=length, temperature=1.0))) == length
    assert steps == list(range(length))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("heat", [0.0, 1.0])
def test_scores_that_are_no_numbers_are_an_error_and_not_a_text(wrong, heat):
    def broken(tokens, state):
        return np.full((len(tokens), V), wrong, dtype=np.float32), state

    with pytest.raises(ValueError, match="no token is left"):
        next(sample_arrays(broken, torch.tensor([0, 1]), 0, length=1, temperature=heat))


def test_forbidding_all_is_an_error():
    with pytest.raises(ValueError, match="no token is left"):
        draw([0], length=1, forbidden=range(V))
