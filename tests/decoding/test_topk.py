from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.decoding import topk
from nlprnn.decoding.topk import best_candidates

WAYS = {"all are looked at": 1 << 15, "only chunks are": 0}


@pytest.fixture(params=WAYS)
def way(request, monkeypatch):
    """Either way of finding them, however few they are."""
    monkeypatch.setattr(topk, "_FEW", WAYS[request.param])


def brute_force(scores, log_probabilities, count, excluded):
    """The best values of each sentence, (B, count), -inf where there are no more."""
    totals = scores.clone()
    totals[:, excluded] = -torch.inf
    totals = totals.view(*log_probabilities.shape, -1) + log_probabilities.unsqueeze(2)
    ordered = totals.flatten(1).sort(dim=1, descending=True).values[:, :count]
    return torch.nn.functional.pad(ordered, (0, count - ordered.size(1)), value=-torch.inf)


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    sentences=st.integers(1, 4),
    beams=st.integers(1, 4),
    vocabulary=st.integers(1, 70),
    count=st.integers(1, 9),
    chunks=st.sampled_from([1, 3, 8, 16, 256]),
    kind=st.sampled_from(["normal", "ties", "few", "peak"]),
    few=st.sampled_from([*WAYS.values()]),
)
def test_best_candidates_match_sorting_everything(seed, sentences, beams, vocabulary, count, chunks, kind, few):
    chance = np.random.default_rng(seed)
    values = chance.normal(size=(sentences * beams, vocabulary))
    excluded = int(chance.integers(vocabulary))
    if kind == "ties":
        values = values.round()
    if kind == "few":
        values[chance.random(values.shape) < 0.8] = -np.inf
    if kind == "peak":
        values[:, excluded] = 9.0
    scores = torch.from_numpy(values).float()
    log_probabilities = torch.from_numpy(chance.normal(size=(sentences, beams))).float()
    log_probabilities[torch.from_numpy(chance.random((sentences, beams)) < 0.2)] = -torch.inf
    before = scores.clone()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(topk, "_CHUNKS", chunks)
        patch.setattr(topk, "_FEW", few)
        candidates = best_candidates(scores, log_probabilities, count, excluded=excluded)

    assert torch.equal(scores, before)
    assert torch.equal(candidates.log_probabilities, brute_force(scores, log_probabilities, count, excluded))
    assert candidates.tokens.min() >= 0
    assert candidates.tokens.max() < vocabulary
    assert candidates.beams.min() >= 0
    assert candidates.beams.max() < beams
    for sentence in range(sentences):
        real = candidates.log_probabilities[sentence] > -torch.inf
        beam, token = candidates.beams[sentence][real], candidates.tokens[sentence][real]
        values = scores.view(sentences, beams, -1)[sentence, beam, token] + log_probabilities[sentence, beam]
        assert torch.equal(values, candidates.log_probabilities[sentence][real])
        assert len({*zip(beam.tolist(), token.tolist(), strict=True)}) == int(real.sum())
        assert excluded not in token.tolist()


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("token", [0, 5, 255, 256, 999])
def test_nan_ranks_highest(token):
    scores = torch.randn(6, 1000, generator=torch.Generator().manual_seed(0))
    scores[4, token] = torch.nan
    candidates = best_candidates(scores, torch.zeros(2, 3), 4, excluded=7)
    assert candidates.log_probabilities.isnan().any(dim=1).tolist() == [False, True]


@pytest.mark.usefixtures("way")
def test_scores_need_not_be_contiguous():
    scores = torch.randn(600, 6, generator=torch.Generator().manual_seed(0)).T
    log_probabilities = torch.zeros(2, 3)
    candidates = best_candidates(scores, log_probabilities, 4, excluded=7)
    assert torch.equal(candidates.log_probabilities, brute_force(scores, log_probabilities, 4, 7))
