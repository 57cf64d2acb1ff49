"""Beam search where there is little to choose from, or something is wrong."""

from __future__ import annotations

import math

import pytest
import torch

from nlprnn.decoding.beam import beam_search
from nlprnn.decoding.greedy import greedy_search
from nlprnn.decoding.logits_processors import forbid, minimum_length, no_repeat_ngram
from nlprnn.decoding.options import BeamOptions
from nlprnn.decoding.penalties import average_length_penalty, coverage_penalty

EOS = 0


def search(model, sentences=(0, 1, 2), **values):
    options = BeamOptions(**{"eos_id": EOS, "max_length": 3, **values})
    return beam_search(model.step, *model.start(list(sentences)), options=options)


def test_no_sentences_are_no_hypotheses_and_no_steps(toy):
    model = toy.ToyModel(0)
    assert search(model, []) == []
    assert model.seen == []


@pytest.mark.parametrize("beam_size", [1, 2, 50])
def test_a_vocabulary_of_the_end_alone_gives_the_empty_hypothesis(toy, beam_size):
    found = search(toy.ToyModel(0, vocabulary=1), beam_size=beam_size, n_best=beam_size)
    assert [[one[:4] for one in each] for each in found] == [[([], 0.0, 0.0, True)]] * 3


@pytest.mark.parametrize(("max_length", "lengths"), [(0, {0}), (1, {0, 1})])
def test_the_end_is_forced_after_the_most_tokens_and_its_cost_counted(toy, max_length, lengths):
    model = toy.ToyModel(0, vocabulary=4, end=-20.0)
    for sentence, hypotheses in enumerate(search(model, max_length=max_length, n_best=4)):
        assert {len(one.tokens) for one in hypotheses} == lengths
        assert all(one.ended for one in hypotheses)
        empty = next(one for one in hypotheses if not one.tokens)
        assert empty.log_probability == float(model.after(sentence, [])[0][0, EOS])
    assert len(model.seen) == max_length + 1


def test_as_many_hypotheses_come_as_there_are(toy):
    model = toy.ToyModel(0, vocabulary=3)
    for most, count in [(0, 1), (1, 3), (2, 7)]:
        found = search(model, max_length=most, beam_size=20, n_best=20)
        assert [len({tuple(one.tokens) for one in each}) for each in found] == [count] * 3


@pytest.mark.parametrize("filters", [[forbid([EOS])], [minimum_length(4, EOS)]], ids=["forbidden", "too-long"])
@pytest.mark.parametrize("max_length", [0, 3])
def test_where_no_end_is_allowed_hypotheses_are_cut_and_scored_by_what_there_is(toy, filters, max_length):
    model = toy.ToyModel(0)
    found = search(model, filters=filters, max_length=max_length, n_best=5, length_penalty=average_length_penalty())
    for sentence, hypotheses in enumerate(found):
        assert len(hypotheses) == (5 if max_length else 1)
        for one in hypotheses:
            assert not one.ended
            assert len(one.tokens) == max_length
            steps = [float(model.after(sentence, one.tokens[:i])[0][0, one.tokens[i]]) for i in range(max_length)]
            assert one.log_probability == pytest.approx(sum(steps))
            assert one.score == pytest.approx(sum(steps) / max(max_length, 1))


def test_where_nothing_can_go_on_hypotheses_are_cut_there(toy):
    model = toy.ToyModel(0, vocabulary=3)
    found = search(model, filters=[forbid([EOS]), no_repeat_ngram(1)], max_length=100, n_best=2)
    assert [sorted(one.tokens for one in each) for each in found] == [[[1, 2], [2, 1]]] * 3
    assert not any(one.ended for each in found for one in each)
    found = search(model, filters=[forbid([0, 1, 2])])
    assert [[one[:4] for one in each] for each in found] == [[([], 0.0, 0.0, False)]] * 3


def test_an_end_is_better_than_any_hypothesis_that_was_cut(toy):
    def end_forbidden_after_1(scores, history):
        forbidden = (history.tokens == 1).any(dim=1)
        return scores.index_put((forbidden, torch.tensor(EOS)), torch.tensor(-torch.inf, dtype=scores.dtype))

    model = toy.ToyModel(0, end=-30.0)
    found = search(model, filters=[forbid([3, 4]), end_forbidden_after_1], beam_size=8, n_best=8)
    assert all(one.ended and 1 not in one.tokens for each in found for one in each)


@pytest.mark.parametrize("search_with", [beam_search, greedy_search])
def test_where_all_scores_are_equal_each_run_gives_the_same_distinct_hypotheses(toy, search_with):
    model = toy.ToyModel(0, vocabulary=7)
    model.table[:] = -math.log(7)
    options = BeamOptions(eos_id=EOS, max_length=4, n_best=5, length_penalty=average_length_penalty())
    found = search_with(model.step, *model.start([0, 1, 2]), options=options)
    assert found == search_with(model.step, *model.start([0, 1, 2]), options=options)
    assert found[0] == found[1] == found[2]
    assert len({tuple(one.tokens) for one in found[0]}) == len(found[0])


def test_scores_of_half_precision_are_added_up_in_single(toy):
    model = toy.ToyModel(0, dtype=torch.bfloat16)
    model.attention[:] = torch.tensor([0.98, 0.01, 0.006, 0.004])
    options = BeamOptions(
        eos_id=EOS, max_length=60, coverage_penalty=coverage_penalty(1.0), filters=[minimum_length(60, EOS)]
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
def test_scores_that_are_no_numbers_are_an_error_that_names_the_sentence(toy, broken, token, length):
    def breaking(scores, history):
        if history.tokens.size(1) == length:
            scores = scores.clone()
            scores[history.rows == 5, token] = broken
        return scores

    model = toy.ToyModel(0, sentences=7, end=-9.0)
    with pytest.raises(ValueError, match=f"token {length} of sentence 5.*NaN"):
        search(model, range(7), filters=[breaking], max_length=5)
    assert search(model, range(5), filters=[breaking], max_length=5)


def test_logits_are_not_taken_for_log_probabilities(toy):
    model = toy.ToyModel(0)
    model.table += 5.0
    with pytest.raises(ValueError, match="log_softmax"):
        search(model)


@pytest.mark.parametrize("eos", [5, 99])
def test_an_end_outside_the_vocabulary_is_refused(toy, eos):
    with pytest.raises(ValueError, match=f"eos_id {eos}"):
        search(toy.ToyModel(0), eos_id=eos)


def test_a_step_that_scores_too_few_rows_is_refused(toy):
    model = toy.ToyModel(0)
    with pytest.raises(ValueError, match=r"\(3, V\).*\(1, 5\)"):
        beam_search(
            lambda tokens, state: (model.table[:1, 0], state),
            *model.start([0, 1, 2]),
            options=BeamOptions(eos_id=EOS, max_length=3),
        )


@pytest.mark.parametrize("values", [{"coverage_penalty": coverage_penalty(0.2)}, {"return_attention": True}])
def test_attention_that_cannot_be_read_is_refused(toy, values):
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
def test_options_out_of_range_are_refused_when_they_are_made(values, words):
    with pytest.raises(ValueError, match=words):
        BeamOptions(**{"eos_id": 3, "max_length": 10, **values})


def test_limits_for_another_number_of_sentences_are_refused(toy):
    with pytest.raises(ValueError, match=r"2 sentences.*3"):
        search(toy.ToyModel(0), max_length=torch.tensor([1, 2]))


@pytest.mark.parametrize("penalty", [lambda lengths: lengths - 2, lambda lengths: lengths.log(), lambda lengths: 1.0])
def test_a_length_penalty_that_is_not_positive_is_refused(toy, penalty):
    with pytest.raises((ValueError, AttributeError)):
        search(toy.ToyModel(0), length_penalty=penalty)
