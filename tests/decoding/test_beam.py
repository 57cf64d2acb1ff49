"""Beam search against plain searches, on random models."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.decoding import (
    BeamOptions,
    average_length_penalty,
    beam_search,
    coverage_penalty,
    forbid,
    forced_prefix,
    minimum_length,
    no_repeat_ngram,
    repetition_penalty,
    wu_length_penalty,
)

EOS = 0
PENALTIES = {
    "none": (None, lambda length: 1.0),
    "wu": (wu_length_penalty(0.7), lambda length: ((5 + length) / 6) ** 0.7),
    "wu-strong": (wu_length_penalty(3.0), lambda length: ((5 + length) / 6) ** 3),
    "mean": (average_length_penalty(), lambda length: length),
    "falling": (lambda lengths: 1.0 / lengths, lambda length: 1.0 / length),
}
PROCESSORS = {
    "none": [],
    "forbidden": [forbid([2])],
    "longer": [minimum_length(2, EOS)],
    "too-long": [minimum_length(9, EOS)],
    "bigrams": [no_repeat_ngram(2)],
    "words": [no_repeat_ngram(1)],
    "prefix": [forced_prefix(torch.tensor([[1, 2, -1], [-1, -1, -1], [2, 2, 1], [1, -1, -1]]), -1)],
    "penalized": [repetition_penalty(1.5), minimum_length(1, EOS)],
}
every_penalty = pytest.mark.parametrize("penalty", PENALTIES)
quick = settings(max_examples=40, deadline=None)


def attention(state):
    return state.attention


def search(model, sentences, options):
    tokens, state = model.start(sentences)
    return beam_search(model.step, tokens, state, options=options, attention=attention)


def plain(toy, model, options, penalty="none"):
    beta = 0.0 if options.coverage_penalty is None else 0.3
    return toy.PlainSearch(model, options, divisor=PENALTIES[penalty][1], beta=beta)


def options_of(penalty="none", *, covered=False, **values):
    coverage = coverage_penalty(0.3) if covered else None
    values = {"eos_id": EOS, "max_length": 4, **values}
    return BeamOptions(length_penalty=PENALTIES[penalty][0], coverage_penalty=coverage, **values)


def assert_same(found, expected):
    assert [(one.tokens, one.ended) for one in found] == [(one.tokens, one.ended) for one in expected]
    assert [one.score for one in found] == pytest.approx([one.score for one in expected], rel=1e-6)
    assert [one.log_probability for one in found] == pytest.approx([o.log_probability for o in expected], rel=1e-9)


@every_penalty
@pytest.mark.parametrize("covered", [False, True], ids=["plain", "covered"])
@pytest.mark.parametrize("processors", PROCESSORS)
def test_wide_beam_matches_exhaustive_search(toy, penalty, covered, processors):
    options = options_of(
        penalty, covered=covered, logits_processors=PROCESSORS[processors], n_best=4, beam_size=30, max_length=3
    )  # 3 tokens that do not end: 27 sequences of 3
    model = toy.ToyModel(7, vocabulary=4, impossible=0.1)
    for sentence, found in enumerate(search(model, [0, 1, 2], options)):
        expected = plain(toy, model, options, penalty).exhaustive(sentence)
        assert_same([one for one in found if one.ended], expected)
        assert found


searches = st.fixed_dictionaries(
    {
        "penalty": st.sampled_from(list(PENALTIES)),
        "covered": st.booleans(),
        "early_stopping": st.booleans(),
        "logits_processors": st.sampled_from(list(PROCESSORS)),
        "beam_size": st.integers(1, 5),
    }
)


@settings(max_examples=100, deadline=None)
@given(data=st.data(), chosen=searches)
def test_batch_matches_plain_search_of_each_sentence(toy, data, chosen):
    model = toy.ToyModel(
        data.draw(st.integers(0, 10_000)),
        sentences=4,
        vocabulary=data.draw(st.integers(3, 8)),
        impossible=data.draw(st.sampled_from([0.0, 0.2, 0.7])),
        end=data.draw(st.sampled_from([-4.0, 0.0, 2.0])),
    )
    sentences = data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True).map(sorted))
    limits = data.draw(st.lists(st.integers(0, 7), min_size=len(sentences), max_size=len(sentences)))
    chosen["logits_processors"] = PROCESSORS[chosen["logits_processors"]]
    chosen["n_best"] = data.draw(st.integers(1, chosen["beam_size"]))
    if chosen["logits_processors"] is PROCESSORS["prefix"]:
        sentences, limits = [0, 1, 2, 3], (limits * 4)[:4]  # the processor knows rows of the batch, the model sentences

    found = search(model, sentences, options_of(**chosen, max_length=torch.tensor(limits)))
    for sentence, limit, hypotheses in zip(sentences, limits, found, strict=True):
        options = options_of(**chosen, max_length=limit)
        assert_same(hypotheses, plain(toy, model, options, chosen["penalty"]).beam(sentence))


@quick
@given(seed=st.integers(0, 10_000), chosen=searches)
def test_result_is_bit_identical_in_any_batch(toy, seed, chosen):
    model = toy.ToyModel(seed, sentences=6, vocabulary=6, impossible=0.1, dtype=torch.float32)
    chosen["logits_processors"] = (
        [] if chosen["logits_processors"] == "prefix" else PROCESSORS[chosen["logits_processors"]]
    )
    options = options_of(**chosen, n_best=chosen["beam_size"], max_length=6)
    alone = [search(model, [sentence], options)[0] for sentence in range(6)]
    assert search(model, list(range(6)), options) == alone
    order = torch.randperm(6, generator=torch.Generator().manual_seed(seed)).tolist()
    assert search(model, [*order, 0, 0], options) == [alone[sentence] for sentence in [*order, 0, 0]]


@quick
@given(seed=st.integers(0, 10_000), chosen=searches, limit=st.integers(0, 8), end=st.sampled_from([-4.0, 0.0]))
def test_beam_of_one_matches_greedy_search(toy, seed, chosen, limit, end):
    model = toy.ToyModel(seed, sentences=4, vocabulary=6, impossible=0.1, end=end)
    chosen |= {"logits_processors": PROCESSORS[chosen["logits_processors"]], "max_length": limit}
    chosen |= {"beam_size": 1, "early_stopping": True}
    options = options_of(**chosen)
    greedy = search(model, [0, 1, 2, 3], options)
    for sentence, hypotheses in enumerate(greedy):
        assert_same(hypotheses, [plain(toy, model, options, chosen["penalty"]).greedy(sentence)])
    exact = search(
        model, [0, 1, 2, 3], options_of(logits_processors=chosen["logits_processors"], max_length=limit, beam_size=1)
    )
    assert [[one.tokens for one in each] for each in exact] == [[one.tokens for one in each] for each in greedy]


@every_penalty
@pytest.mark.parametrize("covered", [False, True], ids=["plain", "covered"])
def test_scores_match_rescored_hypotheses(toy, penalty, covered):
    model = toy.ToyModel(3, vocabulary=9, dtype=torch.float32)
    options = options_of(penalty, covered=covered, n_best=5, max_length=12)
    for sentence, hypotheses in enumerate(search(model, [0, 1, 2], options)):
        assert len(hypotheses) == 5
        assert hypotheses == sorted(hypotheses, key=lambda one: -one.score)
        for one in hypotheses:
            total = 0.0
            for i, token in enumerate([*one.tokens, EOS]):
                total += float(model.after(sentence, one.tokens[:i])[0][0, token])
            again = plain(toy, model, options, penalty).finish(sentence, one.tokens, total, ended=True)
            assert one[1:3] == pytest.approx(again[1:3], rel=1e-5)


@pytest.mark.parametrize("beam_size", [1, 5])
def test_attention_follows_its_hypothesis(toy, beam_size):
    model = toy.ToyModel(1, vocabulary=7, end=-1.0)
    lengths = torch.tensor([9, 0, 6])
    options = options_of("mean", beam_size=beam_size, n_best=beam_size, max_length=lengths, return_attention=True)
    seen_lengths = set()
    for sentence, hypotheses in enumerate(search(model, [0, 1, 2], options)):
        for one in hypotheses:
            expected = [model.after(sentence, one.tokens[:i])[1] for i in range(len(one.tokens))]
            assert one.attention.shape == (len(one.tokens), 4)
            assert torch.equal(one.attention, torch.stack(expected) if expected else torch.empty(0, 4))
            assert not one.attention.is_inference()
            seen_lengths.add(len(one.tokens))
    assert 0 in seen_lengths
    assert max(seen_lengths) > 2
    assert search(model, [0], options_of())[0][0].attention is None


@pytest.mark.parametrize("beam_size", [1, 3])
def test_finished_sentence_leaves_the_batch(toy, beam_size):
    model = toy.ToyModel(0, sentences=4, vocabulary=5)
    ends = [3, 0, 5, 0]
    for sentence, end in enumerate(ends):
        for length in range(end + 1):
            model.set(sentence, [1] * length, [0.96 if token == (length < end) else 0.01 for token in range(5)])
    found = search(model, [0, 1, 2, 3], options_of(beam_size=beam_size, max_length=50))
    assert [one[0].tokens for one in found] == [[1] * length for length in ends]
    expected = [[s for s in range(4) if ends[s] >= t for _ in range(beam_size if t else 1)] for t in range(6)]
    assert model.seen == expected


@pytest.mark.parametrize(
    ("penalty", "max_length", "first", "second"),
    [
        # The mean: -1 for the end at once, -1.05 so far for the other, which ends with -1.9 / 2 at the last chance.
        ("mean", 1, [-1.0, -1.05, -1.27], [-0.85, -1.0, -1.5]),
        # Multiplied by the length: -2 at once, or -0.4 * 2. At the greatest length -0.3 would be worse than -2.
        ("falling", 9, [-2.0, -0.3, -2.1], [-0.1, -3.0, -3.0]),
    ],
)
def test_search_continues_while_a_reachable_length_can_win(toy, penalty, max_length, first, second):
    model = toy.ToyModel(0, sentences=1, vocabulary=3)
    model.set(0, [], torch.tensor(first).exp().tolist())
    model.set(0, [1], torch.tensor(second).exp().tolist())
    assert search(model, [0], options_of(penalty, beam_size=2, max_length=max_length))[0][0].tokens == [1]


def test_early_stopping_saves_steps_but_may_miss_the_best(toy):
    worse, steps = 0, [0, 0]
    for seed in range(30):
        model = toy.ToyModel(seed, vocabulary=6)
        scores = []
        for index, early in enumerate([True, False]):
            model.seen.clear()
            options = options_of("wu-strong", early_stopping=early, beam_size=2, max_length=15)
            scores.append([each[0].score for each in search(model, [0, 1, 2], options)])
            steps[index] += sum(len(rows) for rows in model.seen)
        assert all(exact >= early for early, exact in zip(*scores, strict=True))
        worse += scores[0] != scores[1]
    assert worse
    assert steps[0] < steps[1] / 2
