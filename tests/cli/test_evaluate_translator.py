"""`nlprnn evaluate` on translators, as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import nlprnn
from nlprnn.metrics import translation_scores
from nlprnn.pipelines import TranslationOptions

pytestmark = pytest.mark.usefixtures("isolated_cache")


def test_memorized_sentences_score_100_with_signatures(evaluate, translator_folder, pairs, write):
    path = write("known.jsonl", ["en", "de"], pairs)
    lines = evaluate(translator_folder, path, "--beam", 1).stdout.splitlines()
    for line, name in zip(lines, ["BLEU", "chrF"], strict=False):
        assert line.split()[:2] == [name, "100.00"]
        assert "|version:" in line
    assert lines[0].split()[2].startswith("nrefs:1|case:mixed|eff:no|tok:13a")
    assert lines[2].startswith("loss")


def test_scores_match_the_translations(evaluate, translator_folder, write, tmp_path):
    rows = [("a dog sleeps.", "Ein Hund schläft."), ("two men in 世界", "zwei Hunde"), ("the child", "x")]
    path = write("new.jsonl", ["wrong", "right"], rows)
    options = ("--source", "wrong", "--target", "right", "--beam", 2, "--length-penalty", 0.5, "--lowercase")
    call = (
        translator_folder,
        path,
        *options,
        "--bleu-tokenizer",
        "char",
        "--predictions",
        tmp_path / "out" / "found.txt",
    )
    scores = json.loads(evaluate(*call, "--json").stdout)
    translator = nlprnn.load(translator_folder)
    sources, targets = [list(side) for side in zip(*rows, strict=True)]
    actual = translator(sources, TranslationOptions(beam_size=2, length_penalty=0.5))
    expected = translation_scores(actual, targets, lowercase=True, tokenize="char")
    expected["loss"] = translator.mean_nll(translator.encode_source(sources), translator.encode_target(targets))
    assert scores == pytest.approx(expected)
    assert "case:lc" in scores["bleu_signature"]
    assert "tok:char" in scores["bleu_signature"]
    assert (tmp_path / "out" / "found.txt").read_text(encoding="utf-8").split("\n") == [*actual, ""]


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no disk that is always full")
def test_scores_are_printed_before_the_disk_fills(nlprnn_command, translator_folder, tmp_path, pairs, write):
    (tmp_path / "full").symlink_to("/dev/full")
    call = ("evaluate", "--model", translator_folder, "--dataset", write("known.jsonl", ["en", "de"], pairs))
    result = nlprnn_command(*call, "--predictions", tmp_path / "full")
    assert result.exit_code == 1
    assert "BLEU" in result.stdout
    assert "the disk is full" in result.stderr.splitlines()[-1]


def test_unwritable_file_fails_before_the_work(fails, translator_folder, tmp_path):
    (tmp_path / "file").touch()
    call = ("evaluate", "--model", translator_folder, "--dataset", tmp_path / "none.csv")
    fails(
        *call,
        "--predictions",
        tmp_path / "file" / "found.txt",
        words=["--predictions", tmp_path / "file" / "found.txt"],
    )


def test_ensemble_is_scored(evaluate, fails, translator_folders, pairs, write):
    path = write("known.jsonl", ["en", "de"], pairs)
    folders = [translator_folders / name for name in ("one", "two")]
    scores = json.loads(evaluate(folders[0], path, "--model", folders[1], "--json").stdout)
    actual = nlprnn.Translator.ensemble([nlprnn.load(folder) for folder in folders])([one for one, _ in pairs])
    assert scores == pytest.approx(translation_scores(actual, [two for _, two in pairs]))
    together = ("evaluate", "--model", folders[0], "--model", translator_folders / "other", "--dataset", path)
    fails(*together, words=[translator_folders / "other", "tokenizer"])


def test_detected_columns_are_logged(evaluate, translator_folder, pairs, write):
    assert (
        "source = 'en' (guessed), target = 'de' (guessed)"
        in evaluate(translator_folder, write("a.jsonl", ["en", "de"], pairs)).stderr
    )
    turned = write("b.jsonl", ["de", "en"], [(two, one) for one, two in pairs])
    assert "source = 'de' (guessed), target = 'en' (guessed)" in evaluate(translator_folder, turned).stderr


def test_empty_and_truncated_rows_are_logged(evaluate, translator_folder, pairs, write, caplog):
    rows = [*pairs, ("", "leer"), ("a dog", None), ("a dog " * 40, "Hund"), (" ", "x")]
    path = write("a.jsonl", ["en", "de"], rows)
    result = evaluate(translator_folder, path, "--beam", 1, "--json")
    assert f"no source, and counted as empty text: 2 of 9 rows; the first is {path}, line 6" in caplog.text
    assert f"no target, and counted as empty text: 1 of 9 rows; the first is {path}, line 7" in caplog.text
    assert "longer than the 39 tokens that the model reads: 1 sentences" in result.stderr
    assert "a.jsonl, line 8" in result.stderr
    assert 0 < json.loads(result.stdout)["bleu"] < 100


def test_line_aligned_files_are_scored_whole(evaluate, translator_folder, pairs, tmp_path):
    for side, suffix in enumerate(("en", "de")):
        text = "".join(pair[side] + "\n" for pair in pairs)
        (tmp_path / f"test2016.{suffix}").write_text(text, encoding="utf-8")
    call = (translator_folder, tmp_path / "test2016", "--source", "en", "--target", "de")
    result = evaluate(*call, "--beam", 1, "--json")
    assert json.loads(result.stdout)["bleu"] == pytest.approx(100)
    assert "scored: 5 rows" in result.stderr


def test_test_split_of_a_sample_is_scored(evaluate, tmp_path, translator_folder):
    result = evaluate(translator_folder, "translation", "--beam", 1, "--predictions", tmp_path / "out.txt")
    assert "scored: 500 rows" in result.stderr
    assert len((tmp_path / "out.txt").read_text(encoding="utf-8").split("\n")) == 501


def test_missing_bleu_tokenizer_fails_before_the_work(fails, translator_folder, tmp_path, monkeypatch):
    import sacrebleu.metrics

    def refuse(tokenize):
        raise RuntimeError("\nmany\nlines\n")

    monkeypatch.setattr(sacrebleu.metrics, "BLEU", refuse)
    call = (
        "evaluate",
        "--model",
        translator_folder,
        "--dataset",
        tmp_path / "none.csv",
        "--bleu-tokenizer",
        "ja-mecab",
    )
    fails(*call, words=["--bleu-tokenizer ja-mecab", "sacrebleu[ja]"])


@pytest.mark.parametrize(
    ("columns", "rows", "words"),
    [
        (["en"], [["a dog"]], ["target", "two texts"]),
        (["en", "de"], [["a dog", None], ["two", ""]], ["a.jsonl", "target"]),
        (["en", "de"], [], ["a.jsonl is empty"]),
    ],
)
def test_tables_without_targets(fails, translator_folder, write, columns, rows, words):
    path = write("a.jsonl", columns, rows)
    fails("evaluate", "--model", translator_folder, "--dataset", path, words=[path.name, *words])
