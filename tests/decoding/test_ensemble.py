from __future__ import annotations

import pytest
import torch

from nlprnn.decoding.beam import beam_search
from nlprnn.decoding.ensemble import EnsembleState, ensemble
from nlprnn.decoding.options import BeamOptions


def start(*models):
    tokens = models[0].start([0, 1, 2])[0]
    return tokens, EnsembleState(tuple(model.start([0, 1, 2])[1] for model in models))


def test_an_ensemble_gives_the_mean_of_the_probabilities_and_carries_each_state(toy):
    models = [toy.ToyModel(seed, impossible=0.3) for seed in range(3)]
    step = ensemble([model.step for model in models])
    tokens, state = start(*models)
    alone = list(state.members)
    for _ in range(3):
        scores, state = step(tokens, state)
        expected = torch.zeros_like(scores)
        for index, model in enumerate(models):
            own, alone[index] = model.step(tokens, alone[index])
            expected += own.exp() / 3
        torch.testing.assert_close(scores.exp(), expected)
        assert torch.equal(scores == -torch.inf, expected == 0)
        order = torch.tensor([2, 0, 0])
        tokens, state = scores.argmax(dim=1), state.select(order)
        alone = [one.select(order) for one in alone]


def test_beam_search_with_copies_of_a_model_finds_what_the_model_finds(toy):
    model = toy.ToyModel(4, vocabulary=7)
    options = BeamOptions(eos_id=toy.EOS, max_length=8, n_best=3)
    tokens, state = start(model, model)
    found = beam_search(ensemble([model.step, model.step]), tokens, state, options=options)
    expected = beam_search(model.step, *model.start([0, 1, 2]), options=options)
    for ours, theirs in zip(found, expected, strict=True):
        assert [one.tokens for one in ours] == [one.tokens for one in theirs]
        assert [one.score for one in ours] == pytest.approx([one.score for one in theirs])


def test_members_that_do_not_fit_are_refused(toy):
    model, wider = toy.ToyModel(0), toy.ToyModel(0, vocabulary=6)
    with pytest.raises(ValueError, match="at least one"):
        ensemble([])
    with pytest.raises(ValueError, match="2 step functions got 1"):
        ensemble([model.step, model.step])(*start(model))
    with pytest.raises(ValueError, match=r"one vocabulary.*\(3, 5\), \(3, 6\)"):
        ensemble([model.step, wider.step])(*start(model, wider))
