"""`nlprnn translate`, as a user calls it."""

from __future__ import annotations

import gzip
import json
import math
import shutil
import sys

import pytest

import nlprnn
from nlprnn.pipelines import TranslationOptions

LONG = "a dog sleep in the garden. " * 8


@pytest.fixture
def translate(nlprnn_command, translator_folder):
    def call(*arguments, **options):
        result = nlprnn_command("translate", "--model", translator_folder, *arguments, **options)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout.split("\n")[:-1]

    return call


def test_memorized_sentences_are_translated(translate, pairs):
    assert translate("--beam", 1, *(source for source, _ in pairs)) == [target for _, target in pairs]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("source", ["file", "packed", "pipe"])
def test_one_line_per_input_line_in_order(translate, pairs, tmp_path, source, end):
    lines = ["", pairs[0][0], "   ", pairs[1][0], "tab\there", "\u2028", pairs[4][0], "last\x0c one", ""]
    data = "".join(line + end for line in lines).encode()
    if source == "pipe":
        actual = translate("--beam", 1, input=data)
    else:
        path = tmp_path / ("texts.txt.gz" if source == "packed" else "texts.txt")
        path.write_bytes(gzip.compress(data) if source == "packed" else data)
        actual = translate("--beam", 1, "--file", path)
    assert len(actual) == len(lines)
    assert actual[:4] == ["", pairs[0][1], "", pairs[1][1]]
    assert (actual[5], actual[6], actual[8]) == ("", pairs[4][1], "")


def test_many_batches_keep_order(translate, pairs, tmp_path):
    expected = [pairs[number * number % 3] for number in range(300)]
    (tmp_path / "texts.txt").write_text("\n".join(source for source, _ in expected), encoding="utf-8")
    assert translate("--beam", 1, "--file", tmp_path / "texts.txt") == [target for _, target in expected]


def test_long_line_does_not_change_its_neighbours(translate, pairs, tmp_path):
    lines = [pairs[0][0], "a dog " * 5_000, pairs[1][0]]
    (tmp_path / "texts.txt").write_text("\n".join(lines), encoding="utf-8")
    actual = translate("--file", tmp_path / "texts.txt")
    assert len(actual) == 3
    assert actual[::2] == [pairs[0][1], pairs[1][1]]


def test_json_has_source_translation_and_score(translate, translator_folder):
    texts = ["a dog runs.", "", 'a "men" \\ sleep', "one\ntwo"]
    records = [json.loads(line) for line in translate("--json", *texts)]
    actual = list(nlprnn.load(translator_folder).translate(texts))
    for record, text, translation in zip(records, texts, actual, strict=True):
        assert record == {
            "source": text,
            "translation": translation.text,
            "score": pytest.approx(translation.candidates[0].score, abs=1e-5),
            "unknown_words": translation.unknown_words,
            **({} if text else {"empty": True}),
        }


def test_n_best_lines_are_numbered_best_first(translate, translator_folder):
    texts = ["two men sleep.", "", "a child"]
    actual = list(nlprnn.load(translator_folder).translate(texts, TranslationOptions(n_best=3)))
    expected = [(number, c) for number, translation in enumerate(actual, 1) for c in translation.candidates]
    assert [number for number, _ in expected] == [1, 1, 1, 2, 3, 3, 3]
    lines = [line.split(" ||| ", 2) for line in translate("--n-best", 3, *texts)]
    for (number, score, text), (line, candidate) in zip(lines, expected, strict=True):
        assert (int(number), text) == (line, candidate.text)
        assert float(score) == pytest.approx(candidate.score, abs=1e-4)
    records = [json.loads(line) for line in translate("--json", "--n-best", 3, *texts)]
    assert [len(record["candidates"]) for record in records] == [3, 1, 3]
    for record, translation in zip(records, actual, strict=True):
        assert [one["translation"] for one in record["candidates"]] == [one.text for one in translation.candidates]
        assert record["candidates"][0] == {"translation": record["translation"], "score": record["score"]}


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (["--beam", 2], {"beam_size": 2}),
        (["--beam", 1], {"beam_size": 1}),
        (["--length-penalty", 0], {"length_penalty": 0.0}),
        (["--coverage-penalty", 2], {"coverage_penalty": 2.0}),
        (["--no-repeat-ngram", 1], {"no_repeat_ngram": 1}),
        (["--prefix", "die Garten"], {"prefix": "die Garten"}),
        (["--exact"], {"early_stopping": False}),
    ],
)
def test_search_options_reach_the_search(translate, translator_folder, arguments, options):
    texts = ["two dogs sleep open. the child", "the men open", "in 世界 the garden reads", LONG]
    translator = nlprnn.load(translator_folder)

    def scores(**options):
        actual = translator.translate(texts, TranslationOptions(**{"beam_size": 3, **options}))
        return [pytest.approx(translation.candidates[0].score, abs=1e-5) for translation in actual]

    predicted = [json.loads(line)["score"] for line in translate("--json", "--beam", 3, *arguments, *texts)]
    assert predicted == scores(**options)
    assert predicted != scores()


def test_ensemble_translates(nlprnn_command, translator_folders, pairs):
    folders = [translator_folders / "one", translator_folders / "two"]
    texts = ["two dogs sleep", "the child is open"]
    together = nlprnn.Translator.ensemble([nlprnn.load(folder) for folder in folders])
    result = nlprnn_command("translate", *(part for f in folders for part in ("--model", f)), "--json", *texts)
    assert result.exit_code == 0, result.output
    scores = [json.loads(line)["score"] for line in result.stdout.splitlines()]
    actual = [translation.candidates[0].score for translation in together.translate(texts)]
    alone = [translation.candidates[0].score for translation in nlprnn.load(folders[0]).translate(texts)]
    assert scores == pytest.approx(actual, abs=1e-5)
    assert scores != pytest.approx(alone, abs=1e-3)


def test_models_with_two_tokenizers_are_refused(fails, translator_folders):
    models = [part for name in ("one", "other") for part in ("--model", translator_folders / name)]
    fails("translate", *models, "a dog", words=["tokenizer", translator_folders / "one", translator_folders / "other"])


@pytest.mark.parametrize(("lines", "words"), [([2], ["line 2"]), ([1, 3], ["lines 1, 3"])])
def test_truncated_lines_give_one_warning(nlprnn_command, translator_folder, lines, words):
    texts = [LONG if number in lines else "a dog" for number in (1, 2, 3)]
    result = nlprnn_command("translate", "--model", translator_folder, "--beam", 1, *texts)
    assert result.stdout.count("\n") == 3
    [warning] = result.stderr.splitlines()
    assert warning.startswith("Warning: ")
    assert "39 tokens" in warning
    assert all(word in warning for word in words)


def test_truncation_warning_is_short(nlprnn_command, translator_folder):
    data = (LONG + "\n").encode() * 30
    result = nlprnn_command("translate", "--model", translator_folder, "--beam", 1, input=data)
    assert "lines 1, 2, 3, 4, 5 and 25 more" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_empty_pipe_gives_no_lines(translate):
    assert translate(input=b"") == []


class TestPicture:
    def test_words_of_the_sentence(self, translate, pairs, tmp_path, monkeypatch):
        from nlprnn.interpret import attention_plot as attention_picture

        drawn = []
        monkeypatch.setattr(
            attention_picture, "plot_attention", lambda attention, path: drawn.append((attention, path))
        )
        assert translate("--beam", 1, "--attention", tmp_path / "a.png", pairs[1][0]) == [pairs[1][1]]
        [(attention, path)] = drawn
        assert path == tmp_path / "a.png"
        assert attention.source == [*["two", "men", "sleep", "in", "the", "garden", "."], "</s>"]
        assert attention.target == ["zwei", "Männer", "schlafen", "im", "Garten", "."]
        assert attention.weights.shape == (6, 8)

    def test_missing_font_gives_a_warning(self, nlprnn_command, translator_folder, tmp_path, monkeypatch):
        from matplotlib.font_manager import fontManager

        target = [
            entry for entry in fontManager.ttflist if "mpl-data" in entry.fname and entry.name.startswith("DejaVu")
        ]
        monkeypatch.setattr(fontManager, "ttflist", target)
        call = ("translate", "--model", translator_folder, "--attention", tmp_path / "new" / "a.png")
        result = nlprnn_command(*call, input="你好,世界!\n".encode())
        assert result.exit_code == 0, result.output
        assert (tmp_path / "new" / "a.png").read_bytes().startswith(b"\x89PNG")
        assert "Warning: no installed font has 你 好 世 界 (CJK)" in result.stderr

    @pytest.mark.parametrize("texts", [["a dog", "two men"], [""], ["  "]])
    def test_one_sentence_is_required(self, fails, translator_folder, tmp_path, texts):
        call = ("translate", "--model", translator_folder, "--attention", tmp_path / "a.png")
        fails(*call, *texts, words=["--attention", "one sentence"])
        fails(*call, input="".join(text + "\n" for text in texts).encode(), words=["--attention", "one sentence"])
        fails(*call, input=b"", words=["--attention", "one sentence"])
        assert not (tmp_path / "a.png").exists()

    def test_empty_translation_has_no_picture(self, fails, translator_folder, tmp_path):
        import torch

        translator = nlprnn.load(translator_folder, device="cpu")
        translator.model.output_bias.data = torch.full_like(translator.model.output_bias, -100.0)
        translator.model.output_bias.data[translator.tokenizer.eos_id] = 100.0
        translator.save(tmp_path / "mute")
        call = ("translate", "--model", tmp_path / "mute", "--attention", tmp_path / "a.png")
        fails(*call, "a dog", words=["a.png", "empty"])

    def test_other_mistakes(self, fails, translator_folder, tmp_path, monkeypatch):
        call = ("translate", "--model", translator_folder, "a dog", "--attention")
        fails(*call, tmp_path / "a.gif", words=["a.gif", ".png"])
        fails(*call, tmp_path / "a", words=[".png"])
        fails(*call, tmp_path, words=[tmp_path, "directory"])
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
        fails(*call, tmp_path / "a.png", words=["matplotlib", 'pip install "nlprnn[plot]"'])


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--beam", value) for value in ("0", "-1", "1001", "five")),
        *(("--length-penalty", value) for value in ("-1", "nan", "inf", "6")),
        *(("--coverage-penalty", value) for value in ("-1", "nan", "1e9")),
        *(("--no-repeat-ngram", value) for value in ("-1", "1.5")),
        *(("--n-best", value) for value in ("0", "6")),
        ("--device", "tpu"),
        ("--prefix", "\udcff"),
    ],
)
def test_value_out_of_range_names_the_option(fails, translator_folder, option, value):
    fails("translate", "--model", translator_folder, option, value, "a dog", words=[option])


def test_prefix_that_repeats_an_ngram(fails, translator_folder):
    call = ("translate", "--model", translator_folder, "--prefix", "ein ein ein", "--no-repeat-ngram", 1)
    fails(*call, "a dog", words=["'ein ein ein'", "repeats 1 token"])


def test_wrong_calls(fails, translator_folder, tmp_path, monkeypatch):
    call = ("translate", "--model", translator_folder)
    fails("translate", "a dog", words=["--model"])
    fails(*call, "--file", tmp_path / "x.txt", "a dog", words=["--file"])
    fails(*call, "--bean", 3, "a dog", words=["--bean", "--beam"])
    fails(*call, "caf\udce9", words=["TEXTS", "UTF-8"])
    fails(*call, input=b"good\n\xff\n", words=["standard input, line 2", "UTF-8"])
    monkeypatch.setattr("nlprnn.cli.text_io.is_piped", lambda: False)
    fails(*call, words=["nothing to translate", "--file"])


def test_unreadable_file_is_named(fails, translator_folder, tmp_path):
    call = ("translate", "--model", translator_folder, "--file")
    fails(*call, tmp_path / "none.txt", words=["none.txt"])
    fails(*call, tmp_path, words=[tmp_path])
    (tmp_path / "empty.txt").touch()
    fails(*call, tmp_path / "empty.txt", words=["empty.txt", "empty"])
    (tmp_path / "latin.txt").write_bytes(b"good\ncaf\xe9\n")
    fails(*call, tmp_path / "latin.txt", words=["latin.txt, line 2", "UTF-8"])


@pytest.mark.parametrize("verb", ["translate", "classify", "generate"])
@pytest.mark.parametrize("kind", ["translate", "classify", "generate"])
def test_model_of_another_kind_names_its_verb(
    fails, translator_folder, classifier_folder, generator_folder, verb, kind
):
    folders = {"translate": translator_folder, "classify": classifier_folder, "generate": generator_folder}
    if verb != kind:
        texts = [] if verb == "generate" else ["a dog"]
        fails(verb, "--model", folders[kind], *texts, input=b"", words=[f"nlprnn {kind} --model {folders[kind]}"])


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
def test_damaged_model_names_the_file(fails, translator_folder, tmp_path, name):
    folder = tmp_path / "model"
    shutil.copytree(translator_folder, folder)
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])
    fails("translate", "--model", folder, "a dog", words=[folder, name])
    (folder / name).unlink()
    fails("translate", "--model", folder, "a dog", words=[folder, name])


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_non_finite_weights_are_refused(fails, translator_folder, tmp_path, value):
    translator = nlprnn.load(translator_folder, device="cpu")
    translator.model.decoder.attentional_layer.weight.data[0, 0] = value
    translator.save(tmp_path / "broken")
    words = [tmp_path / "broken", "decoder.attentional_layer.weight"]
    fails("translate", "--model", tmp_path / "broken", "a dog", words=words)


def test_int8_translates_memorized_sentences(translate, pairs):
    assert translate("--quantize", "int8", *(source for source, _ in pairs)) == [target for _, target in pairs]
