"""Beam search where there is little to choose from, or something is wrong."""

from __future__ import annotations

import math

import pytest
import torch

from nlprnn.decoding import (
    BeamOptions,
    average_length_penalty,
    beam_search,
    coverage_penalty,
    forbid,
    minimum_length,
    no_repeat_ngram,
)

EOS = 0


def search(model, sentences=(0, 1, 2), **values):
    options = BeamOptions(**{"eos_id": EOS, "max_length": 3, **values})
    return beam_search(model.step, *model.start(list(sentences)), options=options)


def test_attention_is_read_only_where_it_is_needed(toy):
    model, options = toy.ToyModel(0), BeamOptions(eos_id=EOS, max_length=3)
    found = beam_search(model.step, *model.start([0, 1]), options=options, attention=pytest.fail)
    assert found == beam_search(model.step, *model.start([0, 1]), options=options)


def test_no_sentences_give_no_hypotheses(toy):
    model = toy.ToyModel(0)
    assert search(model, []) == []
    assert model.seen == []


@pytest.mark.parametrize("beam_size", [1, 2, 50])
def test_vocabulary_of_the_end_alone(toy, beam_size):
    found = search(toy.ToyModel(0, vocabulary=1), beam_size=beam_size, n_best=beam_size)
    assert [[one[:4] for one in each] for each in found] == [[([], 0.0, 0.0, True)]] * 3


@pytest.mark.parametrize(("max_length", "lengths"), [(0, {0}), (1, {0, 1})])
def test_end_is_forced_and_scored_at_max_length(toy, max_length, lengths):
    model = toy.ToyModel(0, vocabulary=4, end=-20.0)
    for sentence, hypotheses in enumerate(search(model, max_length=max_length, n_best=4)):
        assert {len(one.tokens) for one in hypotheses} == lengths
        assert all(one.ended for one in hypotheses)
        empty = next(one for one in hypotheses if not one.tokens)
        assert empty.log_probability == float(model.after(sentence, [])[0][0, EOS])
    assert len(model.seen) == max_length + 1


def test_fewer_hypotheses_than_requested(toy):
    model = toy.ToyModel(0, vocabulary=3)
    for most, count in [(0, 1), (1, 3), (2, 7)]:
        found = search(model, max_length=most, beam_size=20, n_best=20)
        assert [len({tuple(one.tokens) for one in each}) for each in found] == [count] * 3


@pytest.mark.parametrize("processors", [[forbid([EOS])], [minimum_length(4, EOS)]], ids=["forbidden", "too-long"])
@pytest.mark.parametrize("max_length", [0, 3])
def test_hypotheses_without_end_are_truncated_and_scored(toy, processors, max_length):
    model, penalty = toy.ToyModel(0), average_length_penalty()
    found = search(model, logits_processors=processors, max_length=max_length, n_best=5, length_penalty=penalty)
    for sentence, hypotheses in enumerate(found):
        assert len(hypotheses) == (5 if max_length else 1)
        for one in hypotheses:
            assert not one.ended
            assert len(one.tokens) == max_length
            steps = [float(model.after(sentence, one.tokens[:i])[0][0, one.tokens[i]]) for i in range(max_length)]
            assert one.log_probability == pytest.approx(sum(steps))
            assert one.score == pytest.approx(sum(steps) / max(max_length, 1))


def test_hypotheses_without_continuation_are_truncated(toy):
    model = toy.ToyModel(0, vocabulary=3)
    found = search(model, logits_processors=[forbid([EOS]), no_repeat_ngram(1)], max_length=100, n_best=2)
    assert [sorted(one.tokens for one in each) for each in found] == [[[1, 2], [2, 1]]] * 3
    assert not any(one.ended for each in found for one in each)
    found = search(model, logits_processors=[forbid([0, 1, 2])])
    assert [[one[:4] for one in each] for each in found] == [[([], 0.0, 0.0, False)]] * 3


def test_ended_hypotheses_beat_truncated_ones(toy):
    def end_forbidden_after_1(scores, history):
        forbidden = (history.tokens == 1).any(dim=1)
        return scores.index_put((forbidden, torch.tensor(EOS)), torch.tensor(-torch.inf, dtype=scores.dtype))

    model = toy.ToyModel(0, end=-30.0)
    found = search(model, logits_processors=[forbid([3, 4]), end_forbidden_after_1], beam_size=8, n_best=8)
    assert all(one.ended and 1 not in one.tokens for each in found for one in each)


@pytest.mark.parametrize("beam_size", [1, 5])
def test_equal_scores_give_reproducible_distinct_hypotheses(toy, beam_size):
    model = toy.ToyModel(0, vocabulary=7)
    model.table[:] = -math.log(7)
    options = {"max_length": 4, "beam_size": beam_size, "n_best": beam_size}
    found = search(model, **options, length_penalty=average_length_penalty())
    assert found == search(model, **options, length_penalty=average_length_penalty())
    assert found[0] == found[1] == found[2]
    assert len({tuple(one.tokens) for one in found[0]}) == len(found[0])


def test_half_precision_scores_are_summed_in_single(toy):
    model = toy.ToyModel(0, dtype=torch.bfloat16)
    model.attention[:] = torch.tensor([0.98, 0.01, 0.006, 0.004])
    options = BeamOptions(
        eos_id=EOS, max_length=60, coverage_penalty=coverage_penalty(1.0), logits_processors=[minimum_length(60, EOS)]
    )
    one = beam_search(model.step, *model.start([0]), options=options, attention=lambda state: state.attention)[0][0]
    steps = [float(model.after(0, one.tokens[:i])[0][0, token]) for i, token in enumerate([*one.tokens, EOS])]
    assert len(steps) == 61
    assert one.log_probability == pytest.approx(sum(steps), rel=1e-6)
    covered = (model.attention[0, 0].float() * 61).clamp(max=1).log().sum()
    assert one.score == pytest.approx(sum(steps) + float(covered), rel=1e-6)


@pytest.mark.parametrize("broken", [math.nan, math.inf])
@pytest.mark.parametrize("token", [EOS, 1, 4])
@pytest.mark.parametrize("length", [1, 3])
def test_nan_scores_are_an_error_that_names_the_sentence(toy, broken, token, length):
    def breaking(scores, history):
        if history.tokens.size(1) == length:
            scores = scores.clone()
            scores[history.rows == 5, token] = broken
        return scores

    model = toy.ToyModel(0, sentences=7, end=-9.0)
    with pytest.raises(ValueError, match=f"token {length} of sentence 5.*NaN"):
        search(model, range(7), logits_processors=[breaking], max_length=5)
    assert search(model, range(5), logits_processors=[breaking], max_length=5)


def test_logits_instead_of_log_probabilities_are_an_error(toy):
    model = toy.ToyModel(0)
    model.table += 5.0
    with pytest.raises(ValueError, match="log_softmax"):
        search(model)


@pytest.mark.parametrize("eos", [5, 99])
def test_end_outside_the_vocabulary_is_an_error(toy, eos):
    with pytest.raises(ValueError, match=f"eos_id {eos}"):
        search(toy.ToyModel(0), eos_id=eos)


def test_step_with_too_few_rows_is_an_error(toy):
    model = toy.ToyModel(0)
    with pytest.raises(ValueError, match=r"\(3, V\).*\(1, 5\)"):
        beam_search(
            lambda tokens, state: (model.table[:1, 0], state),
            *model.start([0, 1, 2]),
            options=BeamOptions(eos_id=EOS, max_length=3),
        )


@pytest.mark.parametrize("values", [{"coverage_penalty": coverage_penalty(0.2)}, {"return_attention": True}])
def test_missing_attention_function_is_an_error(toy, values):
    with pytest.raises(ValueError, match="attention"):
        search(toy.ToyModel(0), **values)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"beam_size": 0}, "beam_size.*0"),
        ({"n_best": 0}, "n_best.*0"),
        ({"n_best": 6}, "n_best.*5.*6"),
        ({"eos_id": -1}, "eos_id.*-1"),
        ({"max_length": -1}, "max_length.*-1"),
        ({"max_length": 2.5}, "max_length.*2.5"),
        ({"max_length": torch.tensor([3, -1])}, "max_length.*-1"),
        ({"max_length": torch.zeros(2, 2, dtype=torch.int64)}, "max_length"),
    ],
)
def test_options_out_of_range_are_an_error(values, words):
    with pytest.raises(ValueError, match=words):
        BeamOptions(**{"eos_id": 3, "max_length": 10, **values})


def test_limits_of_another_number_of_sentences_are_an_error(toy):
    with pytest.raises(ValueError, match=r"2 sentences.*3"):
        search(toy.ToyModel(0), max_length=torch.tensor([1, 2]))


@pytest.mark.parametrize("penalty", [lambda lengths: lengths - 2, lambda lengths: lengths.log(), lambda lengths: 1.0])
def test_length_penalty_that_is_not_positive_is_an_error(toy, penalty):
    with pytest.raises((ValueError, AttributeError)):
        search(toy.ToyModel(0), length_penalty=penalty)
