"""How likely a generator's model finds texts."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

import nlprnn.pipelines.generator as generator_module
from nlprnn import Generator
from nlprnn.models import LanguageModel
from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.pipelines import text_score, text_windows
from nlprnn.text import WordTokenizer

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
def test_mean_nll_matches_step_by_step(make_generator, monkeypatch, cell):
    generator = make_generator(cell=cell, num_layers=2)
    ids = generator.encode(["The cat sat on the mat", "你好 unknown Ω", ""])
    assert ids.dtype == np.int64
    assert [index for index, token in enumerate(ids) if token == 2] == [0, 23, len(ids) - 1]
    expected = by_hand(generator, ids.tolist())
    assert generator.mean_nll(ids) == pytest.approx(expected, abs=1e-5)
    monkeypatch.setattr(text_windows, "MAX_TOKENS", 7)
    assert generator.mean_nll(ids) == pytest.approx(expected, abs=1e-5)


def test_mean_nll_is_exact_across_windows(make_generator):
    generator = make_generator()
    ids = np.random.default_rng(0).integers(0, generator.model.vocab_size, size=9001)
    with torch.inference_mode():
        vectors = generator.model(torch.from_numpy(ids[None, :-1])).vectors[0]
        scores = generator.model.logits(vectors).double().log_softmax(dim=1)
    expected = -scores[torch.arange(9000), torch.from_numpy(ids[1:])].mean().item()
    assert generator.mean_nll(ids) == pytest.approx(expected, abs=1e-5)


def test_streams_score_pieces_without_memory(make_generator):
    generator = make_generator()
    ids = np.random.default_rng(0).integers(0, generator.model.vocab_size, size=32)  # 31 predictions, 3 * 10 are used
    pieces = [by_hand(generator, ids[begin : begin + 11].tolist()) for begin in (0, 10, 20)]
    assert generator.mean_nll(ids, streams=3) == pytest.approx(sum(pieces) / 3, abs=1e-5)


def test_uniform_model_has_nll_log_v(make_generator):
    generator = make_generator()
    with torch.no_grad():
        generator.model.output_weight.zero_()
        generator.model.output_bias.zero_()
    assert generator.mean_nll(generator.encode(["The cat"])) == pytest.approx(
        math.log(generator.model.vocab_size), abs=1e-6
    )


@pytest.mark.parametrize("tokens", [0, 1])
def test_too_few_tokens_are_errors(make_generator, tokens):
    with pytest.raises(ValueError, match=f"{tokens} tokens"):
        make_generator().mean_nll(np.arange(tokens))


def test_streams_are_at_most_one_per_token(make_generator):
    generator, ids = make_generator(), np.arange(4, 8)
    assert generator.mean_nll(ids, streams=100) == pytest.approx(generator.mean_nll(ids, streams=3))


@pytest.mark.parametrize("tokenizer", ["character", "word", "bpe"])
def test_score_each_is_batch_invariant(make_generator, monkeypatch, tokenizer):
    generator = make_generator(tokenizer, num_layers=2)
    scores = generator.score_each(PROMPTS)
    monkeypatch.setattr(generator_module, "_SCORED_TOKENS", 7)
    monkeypatch.setattr(text_windows, "MAX_TOKENS", 7)
    monkeypatch.setattr(text_score, "_MAX_LOGITS", 5 * generator.model.vocab_size)
    for prompt, score, again in zip(PROMPTS, scores, generator.score_each(PROMPTS), strict=True):
        ids = generator.encode([prompt])
        assert (score.tokens, score.characters) == (len(ids) - 1, len(prompt))
        assert score.unknown == len([1 for token in ids if token == 1])
        assert score.nll - score.spelling_nll == pytest.approx(
            0.0 if len(ids) == 1 else by_hand(generator, ids.tolist()) * score.tokens, abs=1e-4
        )
        assert again.nll == pytest.approx(score.nll, abs=1e-4)
    assert scores[0].bits_per_character == pytest.approx(scores[0].nll / math.log(2) / len(PROMPTS[0]))


def test_score_carries_the_state(make_generator):
    generator = make_generator()
    score, ids = generator.score(["The cat", "sat"]), generator.encode(["The cat", "sat"])
    assert (score.tokens, score.characters) == (11, 10)
    assert score.nll == pytest.approx(generator.mean_nll(ids) * 11)
    assert score.perplexity == pytest.approx(math.exp(generator.mean_nll(ids)))


def test_word_models_score_paragraphs_separately(make_generator):
    generator = make_generator("word")
    ids = generator.encode(["The cat\nsat.\n\n \nThe dog.\n\n", "on"])
    texts = [[2, *generator.tokenizer.encode(text)] for text in ("The cat sat.", "The dog.", "on")]
    assert ids.tolist() == [token for text in texts for token in text]
    assert make_generator("bpe").encode(["The\n\ncat"]).tolist().count(2) == 1


def test_unknown_words_count_by_their_characters(make_generator):
    generator = make_generator("word")
    tokenizer = generator.tokenizer
    words = ["zyzzyva", "\N{SNOWMAN}"]
    assert tokenizer.encode(" ".join(words)) == [1, 1]
    alphabet = set("".join(tokenizer.words[4:]))
    unseen = sum(letter not in alphabet for word in words for letter in word)
    letters_and_ends = len("zyzzyva") + len("\N{SNOWMAN}") + 2
    spelling = letters_and_ends * math.log(len(alphabet) + 2) + unseen * math.log(0x110000)
    text = f"The {words[0]} sat\n\non {words[1]}"
    running, alone = generator.score([text]), generator.score_each([text])[0]
    for score, tokens in ((running, 6), (alone, 5)):  # the running text has the beginning of its second paragraph
        assert (score.unknown, score.tokens) == (2, tokens)
        assert score.spelling_nll == pytest.approx(spelling)
        assert score.unknown_percent == pytest.approx(200 / tokens)
        assert score.bits_per_character == pytest.approx(score.nll / math.log(2) / len(text))
        assert score.perplexity == pytest.approx(math.exp((score.nll - spelling) / tokens))
    assert running.nll == pytest.approx(generator.mean_nll(generator.encode([text])) * 6 + spelling)


def test_smaller_vocabulary_is_not_flattered():
    texts = [" ".join(f"{letter}{number}" for number in range(40) for letter in "abcde")]
    bits = []
    for size in (10, 300):
        tokenizer = WordTokenizer.train(texts, vocab_size=size)
        encoder = RecurrentEncoder(4, 4)
        model = LanguageModel(embedding=Embedding(tokenizer.vocab_size, 4), encoder=encoder, tied=False)
        with torch.no_grad():  # the distribution of the training text
            counts = torch.bincount(torch.tensor(tokenizer.encode(texts[0])), minlength=tokenizer.vocab_size)
            model.output_weight.zero_()
            model.output_bias.copy_((counts + 1e-9).log())
        score = Generator(model, tokenizer).score(texts)
        assert (score.unknown > 0) == (size == 10)
        bits.append(score.bits_per_character)
    assert bits[0] > bits[1]


def test_no_documents_give_no_tokens(make_generator):
    assert make_generator().encode([]).shape == (0,)
