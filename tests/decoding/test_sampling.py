from __future__ import annotations

import pytest
import torch

import nlprnn.decoding.sampling as sampling_module
from nlprnn.decoding import forbid, sample, temperature

V = 5
TABLE = torch.tensor(
    [
        [0.1, 0.2, 0.3, 0.4, 0.0],
        [0.5, 0.0, 0.25, 0.125, 0.125],
        [0.05, 0.05, 0.05, 0.05, 0.8],
        [0.2, 0.2, 0.2, 0.2, 0.2],
        [0.0, 0.9, 0.0, 0.1, 0.0],
    ]
)
"""Row by row, the distribution of the token after each: a Markov chain."""


def step(tokens, state):
    """The state counts the steps."""
    return TABLE[tokens].log(), state + 1


def draw(rows, seed=0, **options):
    chance = torch.Generator().manual_seed(seed)
    return torch.stack(list(sample(step, rows, torch.zeros(len(rows)), generator=chance, **options)), dim=1)


def test_one_seed_gives_one_sample():
    rows = torch.tensor([0, 1, 2])
    assert torch.equal(draw(rows, length=50), draw(rows, length=50))
    assert not torch.equal(draw(rows, length=50), draw(rows, seed=1, length=50))


def test_global_generator_is_left_alone():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    draw(torch.tensor([0]), length=5)
    assert torch.equal(torch.get_rng_state(), before)


def test_tokens_follow_their_distribution():
    drawn = draw(torch.zeros(1000, dtype=torch.int64), length=40)
    before, after = drawn[:, :-1].flatten(), drawn[:, 1:].flatten()
    for token in range(V):
        counts = torch.bincount(after[before == token], minlength=V).double()
        expected = TABLE[token].double() * counts.sum()
        assert counts.sum() > 1000
        assert not counts[expected == 0].any()
        possible = expected > 0
        statistic = ((counts - expected)[possible] ** 2 / expected[possible]).sum()
        assert statistic < 18.5  # chi-square with at most 4 degrees of freedom: 0.1 % of fair draws are above


@pytest.mark.parametrize("length", [0, 1, 7])
def test_length_tokens_take_length_steps(length):
    steps = []

    def counting(tokens, state):
        steps.append(state)
        return step(tokens, state)

    drawn = list(sample(counting, torch.tensor([0, 3]), 0, length=length))
    assert len(drawn) == length
    assert steps == list(range(length))
    assert all(tokens.shape == (2,) and tokens.dtype == torch.int64 for tokens in drawn)


def test_the_caller_may_stop_early():
    steps = []

    def counting(tokens, state):
        steps.append(state)
        return step(tokens, state)

    drawing = sample(counting, torch.tensor([0]), 0, length=100)
    next(drawing), next(drawing)
    drawing.close()
    assert len(steps) == 2


def test_processors_apply_in_their_order():
    # After 0 the most likely is 3, which is forbidden, then 2; after 2 it is 4, after 4 it is 1, after 1 it is 0.
    assert draw(torch.tensor([0]), length=4, logits_processors=[forbid([3]), temperature(0)]).tolist() == [[2, 4, 1, 0]]
    with pytest.raises(ValueError, match="no token is left"):
        next(iter(sample(step, torch.tensor([0]), 0, length=1, logits_processors=[temperature(0), forbid([3])])))


@pytest.mark.parametrize("room", [1, 2, 256])
def test_processors_see_the_tokens_of_each_row(monkeypatch, room):
    monkeypatch.setattr(sampling_module, "_COLUMNS", room)
    seen = []

    def watch(scores, history):
        seen.append((history.tokens.clone(), history.rows))
        return scores

    drawn = draw(torch.tensor([0, 1, 2]), length=9, logits_processors=[watch])
    assert len(seen) == 9
    for t, (tokens, rows) in enumerate(seen):
        assert torch.equal(tokens, drawn[:, :t])
        assert rows.tolist() == [0, 1, 2]


def test_nan_scores_are_an_error():
    with pytest.raises(ValueError, match="no token is left"):
        next(iter(sample(lambda tokens, state: (torch.full((1, V), torch.nan), state), torch.tensor([0]), 0, length=1)))
