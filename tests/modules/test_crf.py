"""The chain against the enumeration of all sequences of labels."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.modules import LinearChainCRF
from nlprnn.tagging_schemes import may_follow

BIO = ["O", "B-X", "I-X", "B-Y", "I-Y"]


def make(num_labels=3, *, seed=0, **options):
    """A chain in double precision whose scores differ by much."""
    torch.manual_seed(seed)
    crf = LinearChainCRF(num_labels, **options).double()
    with torch.no_grad():
        for scores in crf.parameters():
            scores.normal_()
    return crf


def make_rows(lengths, num_labels, *, width=None, seed=1):
    """Scores of labels, a mask, and labels."""
    torch.manual_seed(seed)
    width = max(lengths) if width is None else width
    mask = torch.arange(width) < torch.tensor(lengths)[:, None]
    emissions = 2 * torch.randn(len(lengths), width, num_labels, dtype=torch.double)
    return emissions, mask, torch.randint(num_labels, mask.shape)


def sequences(crf, emissions):
    """Each sequence of labels of one row (T, C) with its score, added up one by one."""
    for labels in product(range(crf.num_labels), repeat=len(emissions)):
        score = sum(emissions[time, label] for time, label in enumerate(labels))
        score = score + sum(crf.transitions[pair] for pair in pairwise(labels))
        yield labels, score + (crf.start[labels[0]] + crf.end[labels[-1]] if labels else 0.0)


@settings(max_examples=25, deadline=None)
@given(
    num_labels=st.integers(1, 4),
    lengths=st.lists(st.integers(0, 4), min_size=1, max_size=3),
    extra=st.integers(0, 2),
    seed=st.integers(0, 2**16),
)
def test_equals_enumeration_of_all_sequences(num_labels, lengths, extra, seed):
    crf = make(num_labels, seed=seed)
    emissions, mask, labels = make_rows(lengths, num_labels, width=max(lengths) + extra, seed=seed)
    total, likelihood = crf.log_partition(emissions, mask), crf.log_likelihood(emissions, mask, labels)
    paths, scores = crf.decode(emissions, mask)
    for row, length in enumerate(lengths):
        every = dict(sequences(crf, emissions[row, :length]))
        values = torch.stack([torch.as_tensor(value, dtype=torch.double) for value in every.values()])
        torch.testing.assert_close(total[row], values.logsumexp(0), rtol=0, atol=1e-10)
        torch.testing.assert_close(scores[row], values.max(), rtol=0, atol=1e-10)
        score = torch.as_tensor(every[tuple(labels[row, :length].tolist())], dtype=torch.double)
        torch.testing.assert_close(likelihood[row], score - values.logsumexp(0), rtol=0, atol=1e-10)
        torch.testing.assert_close(
            torch.as_tensor(every[tuple(paths[row, :length].tolist())], dtype=torch.double), values.max()
        )
    assert not paths[~mask].any()
    torch.testing.assert_close(crf.score(emissions, mask, paths), scores, rtol=0, atol=1e-10)


@pytest.mark.parametrize("labels", [BIO, ["I-X", "O", "B-X"], ["O", "I-X"], ["NOUN", "VERB"]])
def test_decode_finds_the_best_legal_sequence(labels):
    crf = make(len(labels), scheme_labels=labels)
    crf.requires_grad_(False)
    emissions, mask, _ = make_rows([3] * 20 + [1, 2, 4, 0], len(labels))
    paths, scores = crf.decode(emissions, mask)
    for row, length in enumerate(mask.sum(dim=1).tolist()):
        legal = {
            path: score
            for path, score in sequences(crf, emissions[row, :length])
            if all(
                may_follow(None if before is None else labels[before], labels[after], labels)
                for before, after in zip([None, *path], path, strict=False)
            )
        }
        assert legal[tuple(paths[row, :length].tolist())] == max(legal.values())
        assert scores[row].item() == pytest.approx(float(max(legal.values())), abs=1e-10)


def test_illegal_sequence_is_never_decoded():
    crf = LinearChainCRF(5, scheme_labels=BIO)
    emissions = torch.zeros(1, 3, 5)
    emissions[..., 2] = 1e6
    assert crf.decode(emissions, torch.ones(1, 3, dtype=torch.bool))[0].tolist() == [[1, 2, 2]]


def test_gradients_equal_finite_differences():
    crf = make()
    emissions, mask, labels = make_rows([3, 0, 1, 2], 3)
    emissions.requires_grad_()

    def likelihood(emissions, transitions, start, end):
        scores = {"transitions": transitions, "start": start, "end": end}
        return torch.func.functional_call(Likelihood(crf), {f"crf.{k}": v for k, v in scores.items()}, (emissions,))

    class Likelihood(torch.nn.Module):
        def __init__(self, crf):
            super().__init__()
            self.crf = crf

        def forward(self, emissions):
            return self.crf.log_likelihood(emissions, mask, labels)

    weights = [crf.get_parameter(name).detach().requires_grad_() for name in ("transitions", "start", "end")]
    inputs = (emissions, *weights)
    assert torch.autograd.gradcheck(likelihood, inputs)
    likelihood(*inputs).sum().backward()
    assert not emissions.grad[~mask].any()


def test_batch_and_padding_invariance():
    crf = make()
    lengths = [4, 0, 2, 1]
    emissions, mask, labels = make_rows(lengths, 3, width=7)
    whole = [crf.log_likelihood(emissions, mask, labels), *crf.decode(emissions, mask)]
    for row, length in enumerate(lengths):
        single = emissions[row : row + 1, :length], mask[row : row + 1, :length]
        results = [crf.log_likelihood(*single, labels[row : row + 1, :length]), *crf.decode(*single)]
        for one, other in zip(results, whole, strict=True):
            together = other[row : row + 1] if other.dim() == 1 else other[row : row + 1, :length]
            torch.testing.assert_close(one, together, rtol=0, atol=1e-10)
    noise = torch.where(mask.unsqueeze(2), emissions, 1e3)
    torch.testing.assert_close(crf.log_likelihood(noise, mask, labels.where(mask, 2)), whole[0], rtol=0, atol=1e-10)
    assert torch.equal(crf.decode(noise, mask)[0], whole[1])


def test_probabilities_sum_to_one():
    crf = make()
    emissions, mask, _ = make_rows([3], 3)
    every = torch.tensor(list(product(range(3), repeat=3)))
    logs = crf.log_likelihood(emissions.expand(27, 3, 3), mask.expand(27, 3), every)
    assert logs.exp().sum().item() == pytest.approx(1.0, abs=1e-12)


def test_half_precision_sums_in_float32():
    crf = LinearChainCRF(3)
    emissions, mask, labels = make_rows([300], 3)
    narrow = emissions.bfloat16()
    likelihood = crf.log_likelihood(narrow, mask, labels)
    assert likelihood.dtype == torch.float32
    torch.testing.assert_close(likelihood, crf.log_likelihood(narrow.float(), mask, labels))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"num_labels": 0}, "num_labels.*0"),
        ({"num_labels": 2, "scheme_labels": BIO}, "5 scheme_labels for 2 labels"),
    ],
)
def test_invalid_arguments_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        LinearChainCRF(**options)


def test_mismatched_shapes_are_refused():
    crf = LinearChainCRF(3)
    for emissions, mask in ((torch.zeros(2, 4, 2), (2, 4)), (torch.zeros(2, 4, 3), (2, 3)), (torch.zeros(4, 3), (4,))):
        with pytest.raises(ValueError, match=r"\(B, T, 3\)"):
            crf.decode(emissions, torch.ones(mask, dtype=torch.bool))
    with pytest.raises(ValueError, match=r"labels \(2, 3\)"):
        crf.score(torch.zeros(2, 4, 3), torch.ones(2, 4, dtype=torch.bool), torch.zeros(2, 3, dtype=torch.int64))
