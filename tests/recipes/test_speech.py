"""The recipe of speech recognition, from clips of tones to transcripts on the command line."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

import nlprnn
from nlprnn.cli.main import main as nlprnn_command
from nlprnn.training import Callback

RECIPE = runpy.run_path(str(Path(__file__).parents[2] / "recipes" / "speech.py"))["main"]
RATE = 4000
TONES = {"low": 300.0, "mid": 800.0, "high": 1600.0}
OPTIONS = {
    "num_mels": 12,
    "channels": 4,
    "hidden_size": 16,
    "num_layers": 1,
    "dropout": 0.0,
    "speed": 0.0,
    "warp": 0.0,
    "frequency_masks": 0,
    "noise": 0.0,
    "silence": 0.0,
    "pad": 0.0,
    "time_masks": 0,
    "learning_rate": 0.03,
    "batch_size": 8,
    "ema": 0.0,
    "patience": 30,
    "threads": 1,
}


def tone(word, seed):
    """A tone of a quarter of a second that falls off at both ends, in a little noise."""
    rng = np.random.default_rng(seed)
    samples = np.arange(1000)
    wave = np.sin(2 * np.pi * TONES[word] * rng.uniform(0.95, 1.05) * samples / RATE) * np.hanning(1000)
    return (0.4 * wave + 0.003 * rng.normal(size=1000)).astype(np.float32)


def spoken(word):
    """A word after a twentieth of a second of silence, and before a tenth."""
    silence = np.random.default_rng(0).normal(size=600).astype(np.float32) * 0.003
    return np.concatenate([silence[:200], tone(word, 90), silence[200:]])


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """A folder of clips by word."""
    folder = tmp_path_factory.mktemp("clips")
    for word in TONES:
        (folder / word).mkdir()
        for number in range(20):
            soundfile.write(folder / word / f"{number}.wav", tone(word, number), RATE)
    return folder


@pytest.fixture(scope="module")
def model(clips, drawing, tmp_path_factory):
    """A streaming model of the clips."""
    out = tmp_path_factory.mktemp("runs") / "speech"
    with drawing():
        return RECIPE.train(dataset=str(clips), out=out, epochs=16, bidirectional=False, **OPTIONS)


def run(*arguments, **options):
    return CliRunner().invoke(nlprnn_command, list(map(str, arguments)), **options)


def test_words_are_recognized(model):
    scores = json.loads((model / "scores.json").read_text(encoding="utf-8"))
    assert scores["test"]["wer"] == 0.0
    assert "jiwer" in scores["test"]["wer_signature"]
    recognizer = nlprnn.load(model)
    assert recognizer(tone("high", 77)) == "high"
    assert recognizer.processor.words == ("high", "low", "mid")
    assert 0.0 < recognizer.processor.reject < 1.0


def test_transcribe_prints_a_line_for_each_file(model, tmp_path):
    files = []
    for word in ("mid", "low"):
        files.append(tmp_path / f"{word}.wav")
        soundfile.write(files[-1], tone(word, 50), RATE)
    (tmp_path / "text.wav").write_text("no sound", encoding="utf-8")
    done = run("transcribe", "--model", model, *files)
    assert (done.exit_code, done.stdout) == (0, f"{files[0]}  mid\n{files[1]}  low\n")
    piped = run("transcribe", "--model", model, "-", input=files[0].read_bytes())
    assert (piped.exit_code, piped.stdout) == (0, "mid\n")
    damaged = run("transcribe", "--model", model, files[1], tmp_path / "text.wav", files[0])
    assert damaged.exit_code == 1
    assert damaged.stdout == f"{files[1]}  low\n{files[0]}  mid\n"
    assert "text.wav is no sound" in damaged.stderr
    assert "1 of 3 recordings" in damaged.stderr


def test_model_adapts_to_a_speaker(tmp_path):
    rows = ["path,text,speaker"]
    for number in range(24):
        word, speaker = sorted(TONES)[number % 3], "abcd"[number // 6]
        soundfile.write(tmp_path / f"{number}.wav", tone(word, number), RATE)
        rows.append(f"{number}.wav,{word},{speaker}")
    (tmp_path / "clips.csv").write_text("\n".join(rows), encoding="utf-8")
    options = OPTIONS | {"normalize": "speaker"}
    out = RECIPE.train(dataset=str(tmp_path / "clips.csv"), out=tmp_path / "run", epochs=1, **options)
    assert nlprnn.load(out).processor.statistics == "speaker"
    evaluated = run("evaluate", "--model", out, "--dataset", tmp_path / "clips.csv", "--json")
    assert evaluated.exit_code == 0
    adapted = run("transcribe", "--model", out, "--adapt", tmp_path, tmp_path / "0.wav")
    assert adapted.exit_code == 0
    (tmp_path / "empty").mkdir()
    refused = run("transcribe", "--model", out, "--adapt", tmp_path / "empty", tmp_path / "0.wav")
    assert "empty has no sound files" in refused.stderr


def test_run_and_transcribe_draw_pictures(model, tmp_path):
    path, picture = tmp_path / "high.wav", tmp_path / "high.png"
    soundfile.write(path, spoken("high"), RATE)
    done = run("transcribe", "--model", model, "--plot", picture, path)
    assert (done.exit_code, done.stdout) == (0, "high\n")
    for drawn in (picture, model / "confusion.png"):
        assert drawn.read_bytes().startswith(b"\x89PNG")
    assert "give one file" in run("transcribe", "--model", model, "--plot", picture, path, path).stderr
    assert "choose one that ends in" in run("transcribe", "--model", model, "--plot", tmp_path / "a.txt", path).stderr


def test_transcribe_gives_times_and_subtitles(model, tmp_path):
    path = tmp_path / "high.wav"
    soundfile.write(path, spoken("high"), RATE)
    record = json.loads(run("transcribe", "--model", model, "--json", path).stdout)
    assert (record["text"], record["seconds"]) == ("high", 0.4)
    (word,) = record["words"]
    assert 0.05 <= word["start"] < word["end"] <= 0.32
    assert record["alternatives"][0]["text"] == "high"
    (line,) = run("transcribe", "--model", model, "--timestamps", path).stdout.splitlines()
    assert line.split()[-1] == "high"
    subtitles = run("transcribe", "--model", model, "--srt", path).stdout
    assert subtitles.startswith("1\n00:00:00,")
    assert subtitles.endswith("\nhigh\n")


def test_other_words_and_silence_are_rejected(model, tmp_path):
    path, silence = tmp_path / "low.wav", tmp_path / "silence.wav"
    soundfile.write(path, tone("low", 60), RATE)
    soundfile.write(silence, np.zeros(2000), RATE)
    closed = ["transcribe", "--model", model, "--words", "mid,high", "--one-word", "--reject"]
    assert run(*closed, "auto", path).stdout.strip() in ("[rejected]", "")
    assert run(*closed[:-3], "mid,low,high", "--reject", "auto", path).stdout == "low\n"
    for option in ("auto", "0"):
        done = run(*closed, option, silence)
        assert (done.stdout, done.stderr) == ("\n", f"{silence}: no speech is recognized\n")
    record = json.loads(run("transcribe", "--model", model, "--json", silence).stdout)
    assert (record["text"], record["speech"], record["rejected"]) == ("", False, False)
    refused = run(*closed, "often", path)
    assert refused.exit_code == 1
    assert "a confidence from 0 to 1" in refused.stderr


def test_stream_gives_a_word_while_it_is_spoken(model):
    recognizer = nlprnn.load(model)
    stream, wave, partial = recognizer.stream(), spoken("mid"), []
    for chunk in np.split(wave, range(200, len(wave), 200)):
        partial.append(stream.accept(chunk))
    assert stream.finish().text == "mid"
    assert partial[0] == ""
    assert set(partial) <= {"", "mid"}


def test_evaluate_lists_what_was_confused(model, clips, tmp_path):
    path = str(clips / "low" / "0.wav")
    rows = [{"path": path, "text": text, "speaker": who} for text, who in (("low", "a"), ("high", "b"))]
    table = tmp_path / "rows.jsonl"
    table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = run("evaluate", "--model", model, "--dataset", table)
    assert done.exit_code == 0, done.stderr
    assert "1  high  taken for  low" in done.stdout
    assert "rows.jsonl, line 2" in done.stdout
    assert "jiwer" in done.stdout
    scores = json.loads(run("evaluate", "--model", model, "--dataset", table, "--json").stdout)
    assert (scores["wer"], scores["substitutions"]) == (50.0, 1.0)
    assert scores["speakers"] == {"b": 100.0, "a": 0.0}


def test_attention_decoder_is_trained_and_used(clips, tmp_path):
    options = {**OPTIONS, "learning_rate": 0.01, "decoder": "attention", "concatenate": 2}
    model = RECIPE.train(dataset=str(clips), out=tmp_path / "attention", epochs=1, **options)
    path = tmp_path / "low.wav"
    soundfile.write(path, tone("low", 1), RATE)
    record = json.loads(run("transcribe", "--model", model, "--json", path).stdout)
    assert set(record["text"].split()) <= set(TONES)
    assert record["words"] == []
    refused = run("transcribe", "--model", model, "--srt", path)
    assert refused.exit_code == 1
    assert "has no times" in refused.stderr


class Stopped(Exception):  # noqa: N818 - it is nobody's error
    """End of a training after its first validation."""


class StopAfterFirstEpoch(Callback):
    def on_validation(self, trainer, scores, *, best):
        raise Stopped


def test_resumed_run_equals_an_uninterrupted_one(clips, tmp_path):
    options = {**OPTIONS, "dataset": str(clips), "units": "characters", "noise": 0.5, "epochs": 2}
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    RECIPE.train(out=whole, **options)
    with pytest.raises(Stopped):
        RECIPE.train(out=stopped, callbacks=[StopAfterFirstEpoch()], **options)
    RECIPE.train(out=stopped, resume=True)
    for name in ("model.safetensors", "scores.json"):
        assert (stopped / name).read_bytes() == (whole / name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--json", "--srt", "a.wav"], "one of --json"),
        ([], "give FILES"),
        (["--srt", "a.wav", "b.wav"], "one file"),
        (["--words", "loud", "-"], "cannot write 'loud'"),
        (["--words", ",", "a.wav"], "has no words"),
        (["missing.wav"], "no such file"),
        (["--language-model", "tales", "-"], "writes whole words"),
    ],
)
def test_odd_commands_get_one_sentence(model, arguments, message, tmp_path):
    soundfile.write(tmp_path / "low.wav", tone("low", 1), RATE)
    sound = (tmp_path / "low.wav").read_bytes()
    done = run("transcribe", "--model", model, *arguments, input=sound)
    assert done.exit_code in (1, 2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr
