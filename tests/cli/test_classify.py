"""`nlprnn classify`, as a user calls it."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys

import pytest

import nlprnn
from nlprnn.cli.main import main


@pytest.fixture
def classify(nlprnn_command, classifier_folder):
    def call(*arguments, **options):
        result = nlprnn_command("classify", "--model", classifier_folder, *arguments, **options)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout.split("\n")[:-1]

    return call


def test_line_has_label_probability_and_text(classify, classifier_folder):
    texts = ["a good film", "great fun", "a dull plot"]
    expected = nlprnn.load(classifier_folder)(texts)
    for line, text, prediction in zip(classify(*texts), texts, expected, strict=True):
        label, probability, shown = line.split(maxsplit=2)
        assert label == prediction.label
        assert float(probability.rstrip("%")) == pytest.approx(100 * prediction.probability, abs=0.06)
        assert shown == text


def test_json_probabilities_sum_to_one(classify):
    texts = ["great fun", "", "Ωμέγα \u2028 好", 'a "quoted" \\ text']
    records = [json.loads(line) for line in classify("--json", *texts)]
    assert [record["text"] for record in records] == texts
    for record in records:
        assert set(record["probabilities"]) == {"bad", "good", "mixed"}
        assert sum(record["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert (
            record["probability"] == max(record["probabilities"].values()) == record["probabilities"][record["label"]]
        )


ODD_LINES = ["first", "", "   ", "film " * 20_000, "tab\there", "\u2028", "last\x0c one", "好看的电影"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("source", ["file", "packed", "pipe"])
def test_one_line_per_input_line_in_order(classify, tmp_path, source, end):
    data = (end.join(ODD_LINES) + end).encode()
    if source == "pipe":
        lines = classify("--json", input=data)
    else:
        path = tmp_path / ("texts.txt.gz" if source == "packed" else "texts.txt")
        path.write_bytes(gzip.compress(data) if source == "packed" else data)
        lines = classify("--json", "--file", path)
    assert [json.loads(line)["text"] for line in lines] == ODD_LINES


def test_text_with_line_ends_is_one_line(classify):
    assert len(classify("one\ntwo", "three\r\nfour", "")) == 3


def test_many_batches_keep_order(classify, tmp_path):
    texts = [f"film {number}" + " good" * (number % 7) for number in range(5_000)]
    (tmp_path / "texts.txt").write_text("\n".join(texts), encoding="utf-8")
    lines = classify("--json", "--file", tmp_path / "texts.txt")
    assert [json.loads(line)["text"] for line in lines] == texts


def test_each_line_of_an_open_pipe_is_answered(forked, classifier_folder):
    process, inputs, outputs, _ = forked(lambda: main(["classify", "--model", str(classifier_folder), "--json"]))
    for text in ("one", "two"):
        inputs.write(text.encode() + b"\n")
        inputs.flush()
        assert json.loads(outputs.readline())["text"] == text
    inputs.close()
    process.join(30)
    assert process.exitcode == 0


def test_closed_output_pipe_is_no_error(classifier_folder, tmp_path):
    (tmp_path / "texts.txt").write_text("a good film\n" * 20_000)
    call = [sys.executable, "-m", "nlprnn.cli.main", "classify", "--model", str(classifier_folder)]
    with subprocess.Popen(
        [*call, "--file", str(tmp_path / "texts.txt")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        assert b"a good film" in command.stdout.readline()
        command.stdout.close()
        assert command.stderr.read() == b""
        assert command.wait(30) in (0, 1)


def test_byte_order_mark_is_skipped(classify):
    assert json.loads(classify("--json", input=b"\xef\xbb\xbfgood\n")[0])["text"] == "good"


def test_empty_pipe_gives_no_lines(classify):
    assert classify(input=b"") == []


def test_unreadable_file_is_named(fails, classifier_folder, tmp_path):
    call = ("classify", "--model", classifier_folder, "--file")
    fails(*call, tmp_path / "none.txt", words=["none.txt"])
    fails(*call, tmp_path / "none.csv", words=["none.csv", "no such file"])
    fails(*call, tmp_path, words=[tmp_path])
    (tmp_path / "empty.txt").touch()
    fails(*call, tmp_path / "empty.txt", words=["empty.txt", "empty"])
    (tmp_path / "latin.txt").write_bytes(b"good\ncaf\xe9\n")
    fails(*call, tmp_path / "latin.txt", words=["latin.txt, line 2", "UTF-8"])
    (tmp_path / "cut.txt.gz").write_bytes(gzip.compress(b"good film\n" * 100)[:-12])
    fails(*call, tmp_path / "cut.txt.gz", words=["cut.txt.gz", "truncated"])


def test_invalid_utf8_is_an_error(fails, classifier_folder):
    fails("classify", "--model", classifier_folder, input=b"good\n\xff\n", words=["standard input, line 2", "UTF-8"])
    fails("classify", "--model", classifier_folder, "caf\udce9", words=["TEXTS", "UTF-8"])


def test_without_a_model_the_bundled_one_answers(nlprnn_command):
    result = nlprnn_command("classify", "I loved it")
    assert result.stdout.startswith("positive")
    assert result.stderr.startswith("Model: sentiment ")


def test_wrong_options(fails, classifier_folder, generator_folder, tmp_path):
    fails("classify", "--model", classifier_folder, "--file", tmp_path / "x.txt", "good", words=["--file"])
    fails("classify", "--model", classifier_folder, "--jsn", "good", words=["--jsn", "--json"])
    fails("classify", "--model", generator_folder, "good", words=[generator_folder, "nlprnn generate"])
    fails("classify", "--model", tmp_path / "none", "good", words=[tmp_path / "none"])
    fails("classify", "--model", "", "good", words=["config.json"])


def test_file_as_model_is_named(fails, tmp_path):
    (tmp_path / "model.bin").touch()
    fails("classify", "--model", tmp_path / "model.bin", "good", words=["model.bin", "folder"])


DAMAGES = {
    "config.json": [b"", b"{", b"[]", b"\xff\xfe"],
    "model.safetensors": [b"", b"x" * 100, None],
    "tokenizer.json": [b"", b"{", b"[]", b"{}", None],
    "tokenizer_config.json": [b"", b"{", b'{"class": "Unheard"}', None],
}


@pytest.mark.parametrize(("name", "content"), [(name, bad) for name, contents in DAMAGES.items() for bad in contents])
def test_damaged_model_names_the_file(fails, classifier_folder, tmp_path, name, content):
    folder = tmp_path / "model"
    shutil.copytree(classifier_folder, folder)
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    fails("classify", "--model", folder, "good", words=[folder, name])


@pytest.mark.parametrize("size", [-1, 0, 7, 10**15, "eight", None])
def test_mismatched_config_sizes(fails, classifier_folder, tmp_path, size):
    folder = tmp_path / "model"
    shutil.copytree(classifier_folder, folder)
    config = json.loads((folder / "config.json").read_text())
    config["model"]["encoder"]["hidden_size"] = size
    (folder / "config.json").write_text(json.dumps(config))
    fails("classify", "--model", folder, "good", words=[folder])


def test_unlisted_class_is_never_built(fails, classifier_folder, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(classifier_folder, folder)
    (folder / "config.json").write_text('{"format_version": 1, "model": {"class": "os.system", "command": "true"}}')
    fails("classify", "--model", folder, "good", words=[folder, "os.system"])


def test_truncated_weights_file_is_named(fails, classifier_folder, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(classifier_folder, folder)
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    fails("classify", "--model", folder, "good", words=["model.safetensors", "damaged"])


def test_hub_id_without_network(fails, tmp_path, monkeypatch):
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    fails("classify", "--model", "nobody/nothing", "good", words=["nobody/nothing", "network"])
