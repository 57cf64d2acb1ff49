"""How likely a generator's model finds texts."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

import nlprnn.pipelines.generator as generator_module

PROMPTS = ["The cat", "", "你好", "She said hello to all of them. ", "x", "Ωβ unknown ☃"]


def by_hand(generator, ids):
    """Mean negative log-probability, one token after the other."""
    state, total = generator.model.initial_state(1), 0.0
    with torch.inference_mode():
        for token, following in pairwise(ids):
            scores, state = generator.model.step(torch.tensor([token]), state)
            total -= float(scores[0, following])
    return total / (len(ids) - 1)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_nats_are_the_mean_negative_log_probability_step_by_step(make_generator, monkeypatch, cell):
    generator = make_generator(cell=cell, num_layers=2)
    ids = generator.encode(["The cat sat on the mat", "你好 unknown Ω", ""])
    assert ids.dtype == np.int64
    assert [index for index, token in enumerate(ids) if token == 2] == [0, 23, len(ids) - 1]
    expected = by_hand(generator, ids.tolist())
    assert generator.nats(ids) == pytest.approx(expected, abs=1e-5)
    monkeypatch.setattr(generator_module, "_SCORED_TOKENS", 7)
    assert generator.nats(ids) == pytest.approx(expected, abs=1e-5)


def test_nats_of_a_text_longer_than_what_is_read_at_once_are_exact(make_generator):
    generator = make_generator()
    ids = np.random.default_rng(0).integers(0, generator.model.vocab_size, size=9001)
    with torch.inference_mode():
        vectors = generator.model(torch.from_numpy(ids[None, :-1])).vectors[0]
        scores = generator.model.logits(vectors).double().log_softmax(dim=1)
    expected = -scores[torch.arange(9000), torch.from_numpy(ids[1:])].mean().item()
    assert generator.nats(ids) == pytest.approx(expected, abs=1e-5)


def test_nats_in_streams_are_those_of_the_pieces_each_read_from_nothing(make_generator):
    generator = make_generator()
    ids = np.random.default_rng(0).integers(0, generator.model.vocab_size, size=32)  # 31 predictions, 3 * 10 are used
    pieces = [by_hand(generator, ids[begin : begin + 11].tolist()) for begin in (0, 10, 20)]
    assert generator.nats(ids, streams=3) == pytest.approx(sum(pieces) / 3, abs=1e-5)


def test_nats_of_a_uniform_model_are_the_logarithm_of_the_vocabulary(make_generator):
    generator = make_generator()
    with torch.no_grad():
        generator.model.output_weight.zero_()
        generator.model.output_bias.zero_()
    assert generator.nats(generator.encode(["The cat"])) == pytest.approx(
        math.log(generator.model.vocab_size), abs=1e-6
    )


@pytest.mark.parametrize("tokens", [0, 1])
def test_too_few_tokens_to_score_are_refused_with_their_number(make_generator, tokens):
    with pytest.raises(ValueError, match=f"{tokens} tokens"):
        make_generator().nats(np.arange(tokens))


def test_more_streams_than_tokens_are_one_stream_a_token(make_generator):
    generator, ids = make_generator(), np.arange(4, 8)
    assert generator.nats(ids, streams=100) == pytest.approx(generator.nats(ids, streams=3))


@pytest.mark.parametrize("tokenizer", ["character", "word", "bpe"])
def test_texts_score_each_on_its_own_whatever_stands_beside_them(make_generator, monkeypatch, tokenizer):
    generator = make_generator(tokenizer, num_layers=2)
    scores = generator.score_each(PROMPTS)
    monkeypatch.setattr(generator_module, "_SCORED_TOKENS", 7)
    monkeypatch.setattr(generator_module, "_SCORED_NUMBERS", 5 * generator.model.vocab_size)
    for prompt, score, again in zip(PROMPTS, scores, generator.score_each(PROMPTS), strict=True):
        ids = generator.encode([prompt])
        assert (score.tokens, score.characters) == (len(ids) - 1, len(prompt))
        assert score.unknown == len([1 for token in ids if token == 1])
        assert score.nats == pytest.approx(
            0.0 if len(ids) == 1 else by_hand(generator, ids.tolist()) * score.tokens, abs=1e-4
        )
        assert again.nats == pytest.approx(score.nats, abs=1e-4)
    assert scores[0].bits_per_character == pytest.approx(scores[0].nats / math.log(2) / len(PROMPTS[0]))


def test_the_score_of_a_text_is_that_of_its_tokens_with_the_state_carried(make_generator):
    generator = make_generator()
    score, ids = generator.score(["The cat", "sat"]), generator.encode(["The cat", "sat"])
    assert (score.tokens, score.characters) == (11, 10)
    assert score.nats == pytest.approx(generator.nats(ids) * 11)
    assert score.perplexity == pytest.approx(math.exp(generator.nats(ids)))


def test_words_have_no_line_ends_so_each_paragraph_is_a_text_of_its_own(make_generator):
    generator = make_generator("word")
    ids = generator.encode(["The cat\nsat.\n\n \nThe dog.\n\n", "on"])
    texts = [[2, *generator.tokenizer.encode(text)] for text in ("The cat sat.", "The dog.", "on")]
    assert ids.tolist() == [token for text in texts for token in text]
    assert make_generator("bpe").encode(["The\n\ncat"]).tolist().count(2) == 1


def test_no_documents_are_no_tokens(make_generator):
    assert make_generator().encode([]).shape == (0,)
