from __future__ import annotations

import unicodedata

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn import Generator
from nlprnn.models.language_model import LanguageModelOutput
from nlprnn.modules import RecurrentState
from nlprnn.modules.cpu import fast_paths
from nlprnn.pipelines import GenerationOptions
from nlprnn.text import BPETokenizer, CharacterTokenizer, WordTokenizer

PROMPTS = ["The cat", "", "你好", "She said hello to all of them. ", "x", "Ωβ unknown ☃"]
BYTES = BPETokenizer.train(["the cat 日本語 😀 👩‍👩‍👧 naïve café"] * 2, vocab_size=275)


class ScriptedModel:
    """Writes what it is told, whatever the prompt."""

    text_start = "bos"

    def __init__(self, ids, vocab_size):
        self.ids, self.vocab_size = ids, vocab_size

    def parameters(self):
        return iter([torch.zeros(1)])

    def eval(self):
        return self

    def __call__(self, ids, mask, state=None):
        return LanguageModelOutput(None, RecurrentState(torch.zeros(len(ids), 1, 1)), None, None)

    def numpy_step(self, *, int8=False):
        return self.step

    def step(self, tokens, state):
        logits = np.full((len(tokens), self.vocab_size), -50.0, dtype=np.float32)
        logits[:, self.ids[int(state.hidden[0])]] = 0.0
        return logits, state.map(lambda drawn: drawn + 1)


def written(tokenizer, prompt, ids, **options):
    """The pieces that come out when a model draws `ids`."""
    generator = Generator(ScriptedModel(ids, tokenizer.vocab_size), tokenizer)
    options = GenerationOptions(length=len(ids), temperature=0.0, **options)
    pieces = list(generator.stream(prompt, options))
    assert generator([prompt], options) == ["".join(pieces)]
    return pieces


@pytest.mark.parametrize("tokenizer", ["character", "word", "bpe"])
def test_seed_determines_the_text(make_generator, tokenizer):
    generator = make_generator(tokenizer)
    first = generator(PROMPTS, GenerationOptions(length=30, seed=1))
    assert generator(PROMPTS, GenerationOptions(length=30, seed=1)) == first
    assert generator(PROMPTS, GenerationOptions(length=30, seed=2)) != first
    assert generator(PROMPTS, GenerationOptions(length=30)) != generator(PROMPTS, GenerationOptions(length=30))


@pytest.mark.parametrize("tokenizer", ["character", "word", "bpe"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_generation_is_batch_invariant(make_generator, tokenizer, cell):
    generator = make_generator(tokenizer, cell=cell, num_layers=2)
    together = generator(PROMPTS, GenerationOptions(length=20, temperature=0.0))
    assert together == [generator([prompt], GenerationOptions(length=20, temperature=0.0))[0] for prompt in PROMPTS]
    assert len(set(together)) > 1


@pytest.mark.parametrize("options", [{}, {"top_k": 3, "repetition_penalty": 1.2}, {"int8": True}])
@pytest.mark.parametrize("tokenizer", ["character", "word", "bpe"])
def test_seeded_text_of_a_prompt_is_that_of_the_prompt_alone(make_generator, tokenizer, options):
    generator = make_generator(tokenizer, num_layers=2)
    options = GenerationOptions(length=40, seed=3, **options)
    alone = [generator([prompt], options)[0] for prompt in PROMPTS]
    assert generator(PROMPTS, options) == alone
    assert generator(PROMPTS[::-1], options) == alone[::-1]
    assert generator([*PROMPTS * 4], options)[: len(PROMPTS)] == alone


def test_equal_prompts_have_different_seeded_texts(make_generator):
    texts = make_generator()(["The cat"] * 6, GenerationOptions(length=40, seed=3))
    assert len(set(texts)) == 6
    assert make_generator()(["The cat"] * 7, GenerationOptions(length=40, seed=3))[:6] == texts


def started(generator, prompts):
    """The ids that the model reads before it writes, of each prompt."""
    seen = []
    forward, model = type(generator.model).forward, generator.model

    def watch(ids, mask=None, state=None):
        seen.extend([] if mask is None else (row[real].tolist() for row, real in zip(ids, mask, strict=True)))
        return forward(model, ids, mask, state)

    model.forward = watch
    last = []
    step = model.step
    model.step = lambda tokens, state: (last.extend(tokens.tolist()), step(tokens, state))[1]
    with fast_paths(False):
        generator(prompts, GenerationOptions(length=1, temperature=0.0))
    return [[*row, token] for row, token in zip(seen, last, strict=True)]


@pytest.mark.parametrize(
    ("tokenizer", "text_start", "start"),
    [("line", "bos", 2), ("line", "line_end", 4), ("word", "line_end", 2), ("character", "line_end", 2)],
)
def test_texts_start_from_the_mark_of_training(make_generator, tokenizer, text_start, start):
    generator = make_generator("character" if tokenizer == "line" else tokenizer)
    generator.model.text_start = text_start
    if tokenizer == "line":
        characters = generator.tokenizer.characters
        generator = Generator(generator.model, CharacterTokenizer(["\n", *characters[1:]]))
    prompts = ["The", "", "cat"]
    expected = [[start, *generator.tokenizer.encode(prompt)] for prompt in prompts]
    assert started(generator, prompts) == expected
    assert generator.encode(["The", "cat"]).tolist() == [*expected[0], *expected[2]]
    assert [score.nll for score in generator.score_each(["The"])] == pytest.approx([generator.score(["The"]).nll])


@pytest.mark.parametrize("tokenizer", ["character", "word", "bpe"])
@pytest.mark.parametrize("options", [{}, {"top_k": 3}, {"top_p": 0.5}, {"temperature": 0.0}, {"temperature": 3.0}])
def test_stream_pieces_join_to_the_text_of_a_call(make_generator, tokenizer, options):
    generator = make_generator(tokenizer)
    for prompt in PROMPTS:
        pieces = list(generator.stream(prompt, GenerationOptions(length=40, seed=3, **options)))
        assert "".join(pieces) == generator([prompt], GenerationOptions(length=40, seed=3, **options))[0]
        assert all(pieces)


@pytest.mark.parametrize("cell", ["lstm", "mingru"])
def test_filters_that_keep_all_tokens_change_nothing(make_generator, cell):
    generator = make_generator(cell=cell, num_layers=2)  # without filters tokens are drawn on arrays
    for prompts in (PROMPTS, PROMPTS[:1], PROMPTS * 4):
        plain, filtered = (
            generator(prompts, GenerationOptions(length=20, seed=7, top_k=top_k))
            for top_k in (None, generator.model.vocab_size)
        )
        assert plain == filtered


def test_top_k_1_is_greedy(make_generator):
    generator = make_generator()
    assert generator(PROMPTS, GenerationOptions(length=20, top_k=1, temperature=5.0)) == generator(
        PROMPTS, GenerationOptions(length=20, temperature=0.0)
    )


def test_length_counts_characters(make_generator):
    generator = make_generator()
    generator.model.output_bias.data[2:4] = -100.0  # no end
    for length in (0, 1, 33):
        assert [len(text) for text in generator(PROMPTS, GenerationOptions(length=length, seed=0))] == [length] * len(
            PROMPTS
        )


def test_padding_and_unknown_are_never_sampled(make_generator):
    generator = make_generator()
    generator.model.output_bias.data[:2] = 100.0
    text = generator(["The"], GenerationOptions(length=200, seed=0, temperature=3.0))[0]
    assert text
    assert "\ufffd" not in text


@pytest.mark.parametrize("end", [2, 3], ids=["begin-of-next", "end"])
def test_generation_stops_at_the_end_token(make_generator, end):
    generator = make_generator()
    generator.model.output_bias.data[end] = 100.0
    assert generator(PROMPTS, GenerationOptions(length=50, seed=0)) == [""] * len(PROMPTS)
    assert list(generator.stream("The", GenerationOptions(length=50, seed=0))) == []


@pytest.mark.parametrize("end", [2, 3])
def test_tokens_after_the_end_are_not_shown(end):
    assert "".join(written(BYTES, "the", [*BYTES.encode("cat"), end, *BYTES.encode("dog")])) == " cat"


def test_equal_prompts_are_read_once(make_generator, monkeypatch):
    generator, rows = make_generator(), []
    forward = generator.model.forward
    monkeypatch.setattr(generator.model, "forward", lambda ids, *others: rows.append(len(ids)) or forward(ids, *others))
    texts = generator(["The cat", "x", "The cat"], GenerationOptions(length=20, seed=1))
    assert rows == [2]
    assert texts[:2] == generator(["The cat", "x"], GenerationOptions(length=20, seed=1))
    assert texts[2] != texts[0]


def test_rows_end_independently(make_generator):
    generator = make_generator(seed=4)
    generator.model.output_bias.data[3] = 1.0
    texts = generator(["T"] * 40, GenerationOptions(length=60, seed=0))
    lengths = sorted(len(text) for text in texts)
    assert lengths[0] < lengths[-1]
    assert all("\ufffd" not in text for text in texts)


@settings(max_examples=60, deadline=None)
@given(
    prompt=st.text(max_size=12),
    text=st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("日本語😀👩‍é ")), min_size=1, max_size=12),
)
def test_byte_subwords_never_split_a_character(prompt, text):
    pieces = written(BYTES, prompt, BYTES.encode(text))
    prompt, text = (unicodedata.normalize("NFC", part) for part in (prompt, text))
    assert "".join(pieces) == (text if prompt.endswith(" ") or not prompt else " " + text)
    assert "\ufffd" in text or not any("\ufffd" in piece for piece in pieces)


def test_byte_stream_shows_whole_characters_immediately():
    ids = BYTES.encode("日 😀é")
    assert len(ids) > 4  # more tokens than characters
    assert written(BYTES, "the cat", ids) == [" ", "日", " ", "😀", "é"]


def test_incomplete_bytes_are_shown_at_the_end():
    ids = BYTES.encode("the 我")[:-1]
    assert "".join(written(BYTES, "", ids)) == "the \ufffd"


@pytest.mark.parametrize(
    ("prompt", "words", "expected"),
    [
        ('say " hello', ["said", '"', "and", "he"], ' said" and he'),
        ('say "hello', ['"', "and", "he"], '" and he'),
        ("he said", [",", "well", "."], ", well."),
        ("(", ["all", ")"], "all)"),
        ("", ["he", "said", "."], "he said."),
    ],
)
def test_words_are_spaced_as_in_print(prompt, words, expected):
    tokenizer = WordTokenizer.train(['say " hello said " and he , well . ( all )'])
    ids = [tokenizer.encode(word)[0] for word in words]
    assert "".join(written(tokenizer, prompt, ids)) == expected


def test_no_prompts_give_no_texts(make_generator):
    assert make_generator()([], GenerationOptions(length=5)) == []


def test_single_strings_are_errors(make_generator):
    with pytest.raises(TypeError, match="list"):
        make_generator()("The cat")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"temperature": -1.0}, "temperature"),
        ({"top_k": 0}, "top-k"),
        ({"top_p": 0.0}, "top-p"),
        ({"repetition_penalty": 0.5}, "repetition penalty"),
        ({"length": -1}, "length"),
        ({"stop": ("",)}, "stop"),
        ({"stop": "end"}, "stop"),
    ],
)
def test_options_out_of_range_are_errors(options, words):
    with pytest.raises(ValueError, match=words):
        GenerationOptions(**options)


@settings(max_examples=50, deadline=None)
@given(
    text=st.text("abc ", min_size=1, max_size=30),
    stops=st.lists(st.text("abc ", min_size=1, max_size=4), max_size=3),
)
def test_text_ends_before_the_first_stop_text(text, stops):
    tokenizer = CharacterTokenizer.train(["abc "])
    pieces = written(tokenizer, "a", tokenizer.encode(text), stop=tuple(stops))
    read = next((end for end in range(len(text) + 1) if any(stop in text[:end] for stop in stops)), len(text))
    ends = [place for stop in stops if (place := text[:read].find(stop)) >= 0]
    assert "".join(pieces) == text[: min(ends, default=len(text))]
    assert all(pieces)


def test_text_without_stop_prefix_is_shown_immediately():
    tokenizer = CharacterTokenizer.train(["abc"])
    assert written(tokenizer, "", tokenizer.encode("abacab"), stop=("abc",)) == ["ab", "ac", "ab"]


def test_stop_text_in_the_prompt_is_ignored():
    tokenizer = CharacterTokenizer.train(["abc"])
    assert "".join(written(tokenizer, "abc", tokenizer.encode("bca"), stop=("abc",))) == "bca"


def test_repetition_penalty_breaks_a_loop(make_generator):
    generator = make_generator()
    generator.model.output_bias.data[10] = 3.0
    repeated, varied = (
        generator(["The"], GenerationOptions(length=30, temperature=0.0, repetition_penalty=value))[0]
        for value in (1.0, 5.0)
    )
    assert len(set(varied)) > len(set(repeated))


@pytest.mark.parametrize("cell", ["lstm", "gru", "mingru"])
def test_int8_nll_is_close(make_generator, cell):
    generator = make_generator(cell=cell, num_layers=2)
    whole, short = (
        generator(PROMPTS, GenerationOptions(length=40, temperature=0.0, int8=int8)) for int8 in (False, True)
    )
    same = sum(a[:1] == b[:1] for a, b in zip(whole, short, strict=True))
    assert same >= len(PROMPTS) - 2
    assert generator.mean_nll(generator.encode(PROMPTS), int8=True) == pytest.approx(
        generator.mean_nll(generator.encode(PROMPTS)), rel=0.05
    )


def test_whole_sentences_go_on_for_a_quarter_of_the_length(make_generator):
    generator = make_generator(seed=4)
    short, whole = (GenerationOptions(length=200, seed=1, whole_sentences=whole) for whole in (False, True))
    assert (short.most_tokens, whole.most_tokens) == (200, 250)
    prompt = "It was so. And"
    assert generator([prompt], whole)[0].startswith(generator([prompt], short)[0])
    assert "".join(generator.stream(prompt, whole)) == generator([prompt], whole)[0]


@pytest.mark.parametrize("tokenizer", ["character", "word", "bpe"])
def test_spaces_after_the_prompt_change_nothing(make_generator, tokenizer):
    generator, options = make_generator(tokenizer), GenerationOptions(length=20, seed=1, temperature=0.0)
    text, spaced = (generator([prompt], options)[0] for prompt in ("The cat", "The cat "))
    assert "".join(generator.stream("The cat ", options)) == spaced
    if tokenizer == "bpe":
        assert spaced == text.removeprefix(" ")
