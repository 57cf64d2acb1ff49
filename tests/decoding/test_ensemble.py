from __future__ import annotations

import pytest
import torch

from nlprnn.decoding import BeamOptions, EnsembleState, beam_search, ensemble_step


def start(*models):
    tokens = models[0].start([0, 1, 2])[0]
    return tokens, EnsembleState(tuple(model.start([0, 1, 2])[1] for model in models))


def test_ensemble_averages_probabilities(toy):
    models = [toy.ToyModel(seed, impossible=0.3) for seed in range(3)]
    step = ensemble_step([model.step for model in models])
    tokens, state = start(*models)
    members = list(state.members)
    for _ in range(3):
        scores, state = step(tokens, state)
        expected = torch.zeros_like(scores)
        for index, model in enumerate(models):
            scores_of_one, members[index] = model.step(tokens, members[index])
            expected += scores_of_one.exp() / 3
        torch.testing.assert_close(scores.exp(), expected)
        assert torch.equal(scores == -torch.inf, expected == 0)
        order = torch.tensor([2, 0, 0])
        tokens, state = scores.argmax(dim=1), state.select(order)
        members = [member.select(order) for member in members]


def test_ensemble_of_copies_equals_the_model(toy):
    model = toy.ToyModel(4, vocabulary=7)
    options = BeamOptions(eos_id=toy.EOS, max_length=8, n_best=3)
    tokens, state = start(model, model)
    found = beam_search(ensemble_step([model.step, model.step]), tokens, state, options=options)
    expected = beam_search(model.step, *model.start([0, 1, 2]), options=options)
    for actual, single in zip(found, expected, strict=True):
        assert [one.tokens for one in actual] == [one.tokens for one in single]
        assert [one.score for one in actual] == pytest.approx([one.score for one in single])


def test_members_that_do_not_fit_are_an_error(toy):
    model, wider = toy.ToyModel(0), toy.ToyModel(0, vocabulary=6)
    with pytest.raises(ValueError, match="at least one"):
        ensemble_step([])
    with pytest.raises(ValueError, match="2 step functions got 1"):
        ensemble_step([model.step, model.step])(*start(model))
    with pytest.raises(ValueError, match=r"one vocabulary.*\(3, 5\), \(3, 6\)"):
        ensemble_step([model.step, wider.step])(*start(model, wider))
