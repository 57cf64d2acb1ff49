from __future__ import annotations

import numpy as np
import pytest
import torch

from nlprnn.decoding import forbid, sample, sample_numpy, temperature

V = 7
LOGITS = np.random.default_rng(0).normal(size=(V, V)).astype(np.float32) * 3 + 5
"""Row by row, the logits after each token: a Markov chain."""


def step(tokens, state):
    """The state counts the steps."""
    return LOGITS[tokens], state + 1


def tensor_step(tokens, state):
    return torch.from_numpy(LOGITS)[tokens].log_softmax(dim=1), state + 1


def draw(rows, seed=0, heat=1.0, **options):
    chance = torch.Generator().manual_seed(seed)
    return np.array(list(sample_numpy(step, torch.tensor(rows), 0, temperature=heat, generator=chance, **options)))


@pytest.mark.parametrize("rows", [[3], [0, 1, 2]])
@pytest.mark.parametrize("heat", [0.0, 1e-40, 1e-3, 0.8, 1.0, 5.0, 1e300])
def test_matches_sampling_on_tensors(rows, heat):
    processors = [forbid([0, 4]), temperature(heat)]
    options = {"length": 60, "logits_processors": processors, "generator": torch.Generator().manual_seed(5)}
    expected = torch.stack(list(sample(tensor_step, torch.tensor(rows), 0, **options)))
    drawn = draw(rows, seed=5, heat=heat, forbidden=[0, 4], length=60)
    assert drawn.tolist() == expected.tolist()
    assert not np.isin(drawn, [0, 4]).any()


def test_global_generator_is_left_alone():
    before = torch.get_rng_state()
    draw([0], length=5)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("length", [0, 1, 7])
def test_length_tokens_take_length_steps(length):
    steps = []

    def counting(tokens, state):
        steps.append(state)
        return step(tokens, state)

    assert len(list(sample_numpy(counting, torch.tensor([0, 3]), 0, length=length, temperature=1.0))) == length
    assert steps == list(range(length))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("heat", [0.0, 1.0])
def test_scores_that_are_not_finite_are_an_error(wrong, heat):
    def broken(tokens, state):
        return np.full((len(tokens), V), wrong, dtype=np.float32), state

    with pytest.raises(ValueError, match="no token is left"):
        next(sample_numpy(broken, torch.tensor([0, 1]), 0, length=1, temperature=heat))


def test_forbidding_all_is_an_error():
    with pytest.raises(ValueError, match="no token is left"):
        draw([0], length=1, forbidden=range(V))
