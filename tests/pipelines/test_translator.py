"""Sentences -> translations, with beams, ensembles and attention."""

from __future__ import annotations

from itertools import count, islice

import numpy as np
import pytest
import torch

from nlprnn import Translator, load
from nlprnn.decoding import Hypothesis
from nlprnn.errors import DataError, ModelError
from nlprnn.pipelines import TranslationOptions
from nlprnn.text import CharacterTokenizer

SENTENCES = [
    "The cat sat on the mat, and the dog did not.",
    "",
    "你好,世界!",
    "hello",
    " \t ",
    "Ça va 😀",
    "the dog " * 6,
]
FULL = [text for text in SENTENCES if text.strip()]


def allowed(translator, scores):
    tokenizer = translator.tokenizer
    return scores.index_fill(1, torch.tensor([tokenizer.pad_id, tokenizer.unk_id, tokenizer.bos_id]), -torch.inf)


@pytest.mark.parametrize("beam", [1, 4])
@pytest.mark.parametrize("attention", [False, True])
def test_translations_are_batch_invariant(make_translator, tokenizer, beam, attention):
    translator = make_translator(tokenizer.kind)
    options = TranslationOptions(beam_size=beam, attention=attention)
    together = list(translator.translate(SENTENCES, options))
    assert [translation.source for translation in together] == SENTENCES
    assert len({translation.text for translation in together}) > 2
    for translation in together:
        [alone] = translator.translate([translation.source], options)
        assert (alone.text, alone.truncated, alone.source_tokens) == (
            translation.text,
            translation.truncated,
            translation.source_tokens,
        )
        for one, other in zip(alone.candidates, translation.candidates, strict=True):
            assert one.score == pytest.approx(other.score, abs=1e-5)
            if attention and one.ids:
                np.testing.assert_allclose(one.attention, other.attention, atol=1e-5)


def test_greedy_search_takes_the_most_likely_tokens(make_translator, log_probabilities):
    translator = make_translator()
    for translation in translator.translate(FULL, TranslationOptions(beam_size=1)):
        ids = translation.candidates[0].ids
        likeliest = allowed(translator, log_probabilities(translator, translation.source, ids)).argmax(dim=1).tolist()
        assert likeliest[:-1] == ids
        assert likeliest[-1] == translator.tokenizer.eos_id or len(ids) == 2 * len(translation.source_tokens) + 50


@pytest.mark.parametrize("penalty", [0.0, 0.5, 1.0])
def test_score_is_length_normalized_log_probability(make_translator, penalty, log_probabilities):
    translator = make_translator()
    options = TranslationOptions(beam_size=6, n_best=3, length_penalty=penalty)
    [translation] = translator.translate(["hello, the cat"], options)
    assert len(translation.candidates) == 3
    assert [one.score for one in translation.candidates] == sorted(one.score for one in translation.candidates)[::-1]
    for candidate in translation.candidates:
        ids = [*candidate.ids, translator.tokenizer.eos_id]
        log_probability = log_probabilities(translator, translation.source, candidate.ids)[range(len(ids)), ids].sum()
        assert candidate.score == pytest.approx(float(log_probability) / len(ids) ** penalty, rel=1e-4)
        assert candidate.tokens == translator.tokenizer.pieces(candidate.ids)


def test_wider_exact_search_is_never_worse(make_translator):
    translator = make_translator()
    scores = []
    for beam in (1, 4, 40):
        options = TranslationOptions(beam_size=beam, early_stopping=False)
        scores.append([one.candidates[0].score for one in translator.translate(FULL, options)])
    assert np.all(np.diff(np.array(scores).mean(axis=1)) >= -1e-6)
    assert scores[0] != scores[2]


def test_empty_and_blank_sentences_stay_empty(make_translator):
    for translation in make_translator().translate(["", "  ", "\u3000", "\u2028"], TranslationOptions(n_best=3)):
        assert translation.text == ""
        assert [candidate.ids for candidate in translation.candidates] == [[]]
    assert make_translator()([]) == []


def test_translations_are_one_line(make_translator):
    translator = make_translator("character")
    others = map(chr, range(0x4E00, 0x4E00 + translator.tokenizer.vocab_size - 6))
    translator.processor = CharacterTokenizer(["\n", "\u2028", *others])
    translator.model.output_bias.data[4:6] = 6.0
    for translation in translator.translate(["一 丁", "丁"], TranslationOptions(beam_size=1)):
        assert "\n" in translation.candidates[0].tokens
        assert len(translation.text.splitlines()) <= 1


@pytest.mark.parametrize("n_best", [1, 2, 3, 4])
def test_n_best_texts_are_distinct(make_translator, monkeypatch, n_best):
    translator = make_translator("bpe")
    encode = translator.tokenizer.encode
    split = [token for letter in "the" for token in encode(letter)]
    split = [token for token in split if translator.tokenizer.decode([token]).strip()]  # without spaces between
    rows = [split, encode("the"), encode("the dog"), [*encode("the"), *encode(" ")], []]
    assert translator.tokenizer.decode(split) == "the"
    assert split != encode("the")
    texts = ["the", "the dog", ""]
    hypotheses = [Hypothesis(tokens, -float(rank), -1.0, True) for rank, tokens in enumerate(rows)]

    def search(self, sources, options):
        assert options.n_best == (5 if n_best > 1 else 1)  # all of the beam, to choose from
        return [hypotheses[: options.n_best]] * len(sources)

    monkeypatch.setattr(Translator, "search", search)
    [translation] = translator.translate(["hello"], TranslationOptions(n_best=n_best))
    assert [candidate.text for candidate in translation.candidates] == texts[:n_best]
    assert [candidate.score for candidate in translation.candidates] == [0.0, -2.0, -4.0][:n_best]


@pytest.mark.parametrize("kind", ["bpe", "character", "word"])
def test_beam_has_no_text_twice(make_translator, kind):
    translator = make_translator(kind)
    options = TranslationOptions(beam_size=12, n_best=12, early_stopping=False)
    for translation in translator.translate(FULL, options):
        texts = [candidate.text for candidate in translation.candidates]
        assert len(set(texts)) == len(texts)


def test_sentences_stream_as_they_arrive(make_translator):
    translator = make_translator()
    taken = []

    def source():
        for number in count():
            taken.append(f"the {number}")
            yield taken[-1]

    found = translator.translate(source(), TranslationOptions(beam_size=1))
    assert [one.source for one in islice(found, 40)] == [f"the {number}" for number in range(40)]
    assert len(taken) < 100


def test_long_sentences_are_truncated_and_marked(make_translator):
    translator = make_translator("word", max_length=4)
    whole, cut, more = translator.translate(["the cat sat", "the cat sat on", "the cat sat on the mat"])
    assert [one.truncated for one in (whole, cut, more)] == [False, True, True]
    assert whole.text == cut.text == more.text
    assert whole.source_tokens == more.source_tokens == ["the", "cat", "sat", "</s>"]


def test_white_space_does_not_count_as_length(make_translator):
    text = "the cat sat"
    for kind in ("word", "bpe"):
        longest = len(make_translator(kind).tokenizer.encode(text)) + 1
        found = make_translator(kind, max_length=longest).translate(
            [text, f"  {text}\n", "the  cat \t sat", f"{text} on"]
        )
        assert [one.truncated for one in found] == [False, False, False, True]


def test_attention_is_target_by_source_tokens(make_translator):
    translator = make_translator()
    for translation in translator.translate(["hello", "the cat sat"], TranslationOptions(attention=True, n_best=2)):
        for candidate in translation.candidates:
            assert candidate.attention.shape == (len(candidate.tokens), len(translation.source_tokens))
            np.testing.assert_allclose(candidate.attention.sum(axis=1), 1, atol=1e-5)
    [plain] = translator.translate(["hello"])
    assert plain.candidates[0].attention is None


class TestConstraints:
    def test_all_candidates_begin_with_the_prefix(self, make_translator):
        translator = make_translator()
        prefix = translator.tokenizer.encode("The dog and")
        options = TranslationOptions(prefix="The dog and", n_best=4)
        for translation in translator.translate(["hello", "the cat sat on it"], options):
            for candidate in translation.candidates:
                assert candidate.ids[: len(prefix)] == prefix
                assert candidate.text.startswith("The dog and")

    def test_long_prefixes_are_kept_whole(self, make_translator):
        prefix = "the dog " * 50
        [text] = make_translator()(["hi"], TranslationOptions(prefix=prefix))
        assert text.startswith(prefix.strip())

    def test_impossible_prefixes_are_errors(self, make_translator):
        with pytest.raises(DataError, match="'zebra', which the model does not know"):
            make_translator("word")(["the"], TranslationOptions(prefix="the zebra"))
        options = TranslationOptions(prefix="the the", no_repeat_ngram=1)
        with pytest.raises(DataError, match="'the the' repeats 1 token"):
            make_translator("word")(["the"], options)
        options = TranslationOptions(prefix="the the", no_repeat_ngram=2)
        assert make_translator("word")(["the"], options)[0].startswith("the the")

    def test_white_space_of_a_prefix_is_ignored(self, make_translator, tokenizer):
        translator = make_translator(tokenizer.kind)
        [plain] = translator.translate(["the cat"], TranslationOptions(prefix="the dog"))
        [spaced] = translator.translate(["the cat"], TranslationOptions(prefix=" the \t dog\n"))
        assert spaced.candidates[0].ids == plain.candidates[0].ids
        [free] = translator.translate(["the cat"])
        [blank] = translator.translate(["the cat"], TranslationOptions(prefix=" "))
        assert blank.candidates[0].ids == free.candidates[0].ids

    @pytest.mark.parametrize("size", [1, 2, 3])
    def test_no_ngram_is_repeated(self, make_translator, size):
        translator = make_translator()
        translator.model.output_bias.data[translator.tokenizer.eos_id] = -5.0
        [free] = translator.translate(["the cat"])
        [bound] = translator.translate(["the cat"], TranslationOptions(no_repeat_ngram=size))

        def repeats(ids):
            ngrams = list(zip(*(ids[begin:] for begin in range(size)), strict=False))
            return len(ngrams) - len(set(ngrams))

        assert repeats(free.candidates[0].ids) > 0
        assert repeats(bound.candidates[0].ids) == 0

    def test_coverage_penalty_lowers_scores(self, make_translator):
        translator = make_translator()
        translator.model.output_bias.data[translator.tokenizer.eos_id] = 20.0  # it ends before it has seen all
        [plain] = translator.translate(SENTENCES[:1])
        [bound] = translator.translate(SENTENCES[:1], TranslationOptions(coverage_penalty=1.0))
        assert bound.candidates[0].score < plain.candidates[0].score

    @pytest.mark.parametrize("text", ["the cat", ""])
    @pytest.mark.parametrize("options", [{"beam_size": 0}, {"n_best": 6}, {"length_penalty": -1.0}])
    def test_options_out_of_range_are_errors(self, make_translator, options, text):
        with pytest.raises(ValueError, match=r"beam_size|n_best|alpha"):
            make_translator()([text], TranslationOptions(**options))

    def test_single_strings_are_errors(self, make_translator):
        with pytest.raises(TypeError, match="list"):
            make_translator()("the cat")


class TestEnsembles:
    def test_single_models_write_no_temporary_files(self, make_translator, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", "/nowhere")
        alone = make_translator()
        assert Translator.ensemble([alone])(SENTENCES) == alone(SENTENCES)

    def test_empty_ensembles_are_errors(self):
        with pytest.raises(ValueError, match="at least one"):
            Translator.ensemble([])

    def test_ensemble_of_one_model_twice_equals_it(self, make_translator):
        one = make_translator()
        options = TranslationOptions(n_best=3, attention=True)
        both = Translator.ensemble([one, make_translator()]).translate(SENTENCES, options)
        for alone, together in zip(one.translate(SENTENCES, options), both, strict=True):
            assert [candidate.ids for candidate in alone.candidates] == [c.ids for c in together.candidates]
            for candidate, other in zip(alone.candidates, together.candidates, strict=True):
                assert candidate.score == pytest.approx(other.score, abs=1e-5)
                if candidate.ids:
                    np.testing.assert_allclose(candidate.attention, other.attention, atol=1e-5)

    def test_probabilities_are_averaged_in_any_order(self, make_translator, log_probabilities):
        one, two = make_translator(), make_translator(seed=1)
        for members in ([one, two], [two, one]):
            [translation] = Translator.ensemble(members).translate(["hello, cat"], TranslationOptions(length_penalty=0))
            best = translation.candidates[0]
            ids = [*best.ids, one.tokenizer.eos_id]
            scores = torch.stack([log_probabilities(member, "hello, cat", best.ids) for member in (one, two)])
            mean = scores.exp().mean(dim=0).log()[range(len(ids)), ids].sum()
            assert best.score == pytest.approx(float(mean), rel=1e-4)

    def test_different_tokenizers_are_named(self, make_translator, tmp_path):
        for name in ("bpe", "word"):
            make_translator(name).save(tmp_path / name)
        with pytest.raises(ModelError, match="another tokenizer") as caught:
            Translator.ensemble([load(tmp_path / name, device="cpu") for name in ("bpe", "word")])
        assert str(tmp_path / "bpe") in str(caught.value)
        assert str(tmp_path / "word") in str(caught.value)


def test_translator_round_trip(make_translator, tokenizer, tmp_path):
    translator = make_translator(tokenizer.kind)
    translator.save(tmp_path)
    loaded = load(tmp_path, device="cpu")
    assert isinstance(loaded, Translator)
    assert loaded(SENTENCES) == translator(SENTENCES)


def test_mean_nll_is_over_all_target_tokens(make_translator, log_probabilities):
    translator = make_translator()
    sources, targets = ["the cat", "hello there", ""], ["", "the dog sat on it", "cat"]
    encoded = translator.encode_target(targets)
    losses = []
    for source, target in zip(sources, encoded, strict=True):
        ids = target.tolist()[1:]
        losses += (-log_probabilities(translator, source, ids[:-1])[range(len(ids)), ids]).tolist()
    assert translator.mean_nll(translator.encode_source(sources), encoded) == pytest.approx(np.mean(losses), rel=1e-5)


def test_dropout_never_acts_on_translations(make_translator):
    translator = make_translator(weight_dropout=0.5)
    translator.model.train()
    assert translator(SENTENCES) == translator(SENTENCES)
    sources, targets = translator.encode_source(["the cat"]), translator.encode_target(["the dog"])
    translator.model.train()
    assert translator.mean_nll(sources, targets) == translator.mean_nll(sources, targets)


def test_files_can_be_translated_line_by_line(make_translator, tmp_path):
    translator = make_translator()
    (tmp_path / "lines.txt").write_text("".join(f"{text}\n" for text in FULL), encoding="utf-8")
    with (tmp_path / "lines.txt").open(encoding="utf-8") as lines:
        assert [found.text for found in translator.translate(lines)] == translator(FULL)
    assert translator(["  the\t cat\u2028", "the cat"])[0] == translator(["the cat"])[0]
    with pytest.raises(TypeError, match="list"):
        next(translator.translate("the cat"))


def test_scoring_no_pairs_is_an_error(make_translator):
    translator = make_translator()
    with pytest.raises(ValueError, match="no pairs"):
        translator.mean_nll(translator.encode_source([]), translator.encode_target([]))
