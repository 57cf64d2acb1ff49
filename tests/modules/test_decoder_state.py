"""Which rows of the memory go with which rows of the state, as beam search reorders, drops and repeats them."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.modules import AttentionDecoder, GeneralAttention, RecurrentState


def randn(*shape):
    return torch.randn(*shape, dtype=torch.double)


def build(*, sentences, cell="lstm", feeding=True):
    """A decoder and the state from which it starts, with sources of different lengths, one of padding alone."""
    attention = GeneralAttention(4, 5)
    decoder = AttentionDecoder(3, 4, 6, attention=attention, cell=cell, num_layers=2, input_feeding=feeding).double()
    recurrent = RecurrentState(randn(sentences, 2, 4), randn(sentences, 2, 4) if cell == "lstm" else None)
    mask = torch.arange(6) < torch.tensor([6, 2, 0, 4])[:sentences, None]
    return decoder, decoder.initial_state(randn(sentences, 6, 5), mask, recurrent)


def repeated(state, times):
    """The state with K rows of each sentence, and the same with a separate memory for each row."""
    rows = torch.arange(len(state.attention)).repeat_interleave(times)
    shared = state.select(rows)
    assert shared.memory is state.memory
    return shared, shared._replace(memory=state.memory.select(rows))


def step_both(decoder, shared, separate):
    """Read the same tokens in both states and compare everything that comes out."""
    x = randn(len(separate.attention), 3)
    (output, shared), (expected, separate) = decoder.step(x, shared), decoder.step(x, separate)
    pairs = [
        (output, expected),
        (shared.attention, separate.attention),
        *zip(shared.recurrent, separate.recurrent, strict=True),
    ]
    for actual, reference in [*pairs, (shared.input_feed, separate.input_feed)]:
        if reference is None:
            assert actual is None
        else:
            torch.testing.assert_close(actual, reference, rtol=0, atol=1e-10)
    return shared, separate


@settings(max_examples=30, deadline=None)
@given(
    times=st.integers(1, 3),
    chosen=st.lists(st.lists(st.integers(0, 11), min_size=1, max_size=6), min_size=1, max_size=3),
    cell=st.sampled_from(["lstm", "gru", "rnn"]),
    feeding=st.booleans(),
)
def test_selected_rows_decode_as_with_separate_memories(times, chosen, cell, feeding):
    decoder, state = build(sentences=4, cell=cell, feeding=feeding)
    shared, separate = repeated(state, times)
    for rows in chosen:
        indices = torch.tensor(rows) % len(separate.attention)
        shared, separate = step_both(decoder, shared.select(indices), separate.select(indices))


@pytest.mark.parametrize(
    ("rows", "sentences"),
    [
        ([1, 1, 2, 3, 5, 4], [0, 1, 2]),  # beams change order inside their sentences: nothing is copied
        ([0, 2, 4], [0, 1, 2]),  # one beam of each
        ([0, 1, 4, 5], [0, 2]),  # a sentence is finished
        ([5, 5, 5, 5], [2]),
        ([4, 5, 0, 1], [2, 0]),
        ([0, 1, 2, 4, 5], [0, 0, 1, 2, 2]),  # not equally many: each row has a separate one
        ([0, 2, 1, 3], [0, 1, 0, 1]),
        ([], []),
    ],
    ids=str,
)
def test_rows_of_a_sentence_share_memory(rows, sentences):
    decoder, state = build(sentences=3)
    shared, separate = repeated(state, 2)
    indices = torch.tensor(rows, dtype=torch.long)
    chosen = shared.select(indices)
    for tensor, whole in zip(chosen.memory, state.memory, strict=True):
        assert torch.equal(tensor, whole[sentences])
    assert (chosen.memory is state.memory) == (sentences == [0, 1, 2])
    step_both(decoder, chosen, separate.select(indices))


def test_empty_state_selects_none():
    decoder, state = build(sentences=3)
    none = torch.empty(0, dtype=torch.long)
    again = state.select(none).select(none)
    assert (len(again.attention), len(again.memory.mask), len(again.input_feed)) == (0, 0, 0)
    output, _ = decoder.step(randn(0, 3), again)
    assert output.shape == (0, 6)


@pytest.mark.parametrize("beams", [1, 3])
def test_search_copies_memory_only_for_finished_sentences(beams):
    decoder, state = build(sentences=4)
    shared, separate = repeated(state, beams)
    held = [0, 1, 2, 3]
    for live in ([0, 1, 2, 3], [0, 1, 2, 3], [0, 2, 3], [0, 2, 3], [2]):
        rows = torch.cat([beams * held.index(sentence) + torch.randint(beams, (beams,)) for sentence in live])
        before = shared.memory
        shared, separate = step_both(decoder, shared.select(rows), separate.select(rows))
        assert (shared.memory is before) == (held == live)
        assert len(shared.memory.mask) == len(live)
        held = live
