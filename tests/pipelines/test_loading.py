from __future__ import annotations

import json
import shutil
from fnmatch import fnmatch

import huggingface_hub
import pytest
import torch

import nlprnn
from nlprnn import Classifier, Generator, Translator, load
from nlprnn.errors import DeviceError, ModelError
from nlprnn.models import LanguageModel, TextClassifier
from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.pipelines import GenerationOptions
from nlprnn.serialization.registry import REGISTRY
from nlprnn.text import SentencePieceTokenizer, WordTokenizer


@pytest.fixture
def offline(monkeypatch, tmp_path):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "no cache"))


@pytest.mark.parametrize("tokenizer", ["character", "word", "bpe"])
def test_classifier_round_trip(make_classifier, tmp_path, tokenizer):
    classifier = make_classifier(tokenizer)
    classifier.save(tmp_path / "new" / "folder")
    loaded = load(tmp_path / "new" / "folder", device="cpu")
    assert isinstance(loaded, Classifier)
    texts = ["The cat sat", "", "naïve 😀"]
    assert loaded(texts) == classifier(texts)


@pytest.mark.parametrize("tokenizer", ["character", "word", "bpe"])
def test_generator_round_trip(make_generator, tmp_path, tokenizer):
    generator = make_generator(tokenizer)
    generator.save(str(tmp_path))
    loaded = nlprnn.load(str(tmp_path), device="cpu")
    assert isinstance(loaded, Generator)
    assert loaded(["The cat", ""], GenerationOptions(length=30, seed=0)) == generator(
        ["The cat", ""], GenerationOptions(length=30, seed=0)
    )


def test_saving_over_another_model_leaves_the_new_one(make_generator, make_classifier, tmp_path):
    make_generator("bpe").save(tmp_path)
    make_classifier("word").save(tmp_path)
    assert isinstance(load(tmp_path, device="cpu"), Classifier)


def test_hub_download_includes_sentencepiece_files(tmp_path, monkeypatch):
    tokenizer = SentencePieceTokenizer.train(["the cat sat on the mat"] * 3, vocab_size=280)
    model = LanguageModel(embedding=Embedding(tokenizer.vocab_size, 4), encoder=RecurrentEncoder(4, 6))
    Generator(model, tokenizer).save(tmp_path / "hub")

    def snapshot_download(repo_id, *, allow_patterns, **options):
        assert repo_id == "someone/tales"
        for path in (tmp_path / "hub").iterdir():
            if any(fnmatch(path.name, pattern) for pattern in allow_patterns):
                (tmp_path / "cache").mkdir(exist_ok=True)
                (tmp_path / "cache" / path.name).write_bytes(path.read_bytes())
        return str(tmp_path / "cache")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    monkeypatch.chdir(tmp_path)
    loaded = load("someone/tales", device="cpu")
    assert isinstance(loaded, Generator)
    assert isinstance(loaded.tokenizer, SentencePieceTokenizer)


@pytest.mark.parametrize("wrong", [Generator, Translator])
def test_load_of_another_pipeline_names_the_right_one(make_classifier, tmp_path, wrong):
    make_classifier().save(tmp_path)
    message = rf"holds a TextClassifier, which is not for {wrong.__name__}: load it with Classifier\.load"
    with pytest.raises(ModelError, match=message):
        wrong.load(tmp_path)


def test_subclasses_load_the_models_of_their_base(make_classifier, tmp_path):
    class OwnClassifier(Classifier):
        pass

    make_classifier().save(tmp_path)
    assert type(OwnClassifier.load(tmp_path, device="cpu")) is OwnClassifier
    assert type(load(tmp_path, device="cpu")) is Classifier
    assert type(load(tmp_path, device="cpu", classes=[OwnClassifier])) is OwnClassifier


def test_registered_tokenizers_and_models_load(make_classifier, tmp_path, monkeypatch):
    class OwnTokenizer(WordTokenizer):
        kind = "own"

    class OwnModel(TextClassifier):
        pass

    classifier = make_classifier("word")
    classifier.model.__class__ = OwnModel
    classifier.processor = OwnTokenizer(classifier.tokenizer.tokenizer)
    with pytest.raises(ModelError, match=r"nlprnn\.register\(OwnTokenizer\) first"):
        classifier.save(tmp_path)
    monkeypatch.setattr(REGISTRY, "processors", {"own": OwnTokenizer})
    classifier.save(tmp_path)
    monkeypatch.undo()
    with pytest.raises(ModelError, match=r"model of class 'OwnModel'.*nlprnn\.register"):
        load(tmp_path)
    with pytest.raises(ModelError, match="kind 'own'; known are word"):
        load(tmp_path, classes=[OwnModel])
    loaded = load(tmp_path, device="cpu", classes=[OwnModel, OwnTokenizer])
    assert (type(loaded), type(loaded.model), type(loaded.tokenizer)) == (Classifier, OwnModel, OwnTokenizer)
    assert loaded(["The cat"]) == classifier(["The cat"])


@pytest.mark.parametrize("path", ["no-such-folder", "/no/such/folder", "a/b/c", "C:\\models\\x", "", "a b/c"])
def test_missing_folders_are_errors_without_a_network(tmp_path, monkeypatch, path, offline):
    monkeypatch.chdir(tmp_path)

    def refuse(*args, **options):
        raise AssertionError("no Hub id, so nothing to ask the Hub")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refuse)
    with pytest.raises(ModelError, match=r"no model folder|not a model folder"):
        load(path)


def test_unknown_hub_ids_are_named_offline(tmp_path, monkeypatch, offline):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=r"no folder someone/nothing here.*check the name and the network"):
        load("someone/nothing")


def test_files_are_not_folders(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelError, match=r"model\.safetensors is a file"):
        load(tmp_path / "model.safetensors")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
def test_missing_and_truncated_files_are_named(make_generator, tmp_path, name):
    make_generator().save(tmp_path)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match=name):
        load(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ModelError, match=name):
        load(tmp_path)


@pytest.mark.parametrize("name", ["Translator", "RecurrentEncoder", "os.system"])
def test_unknown_model_classes_are_errors(make_generator, tmp_path, name):
    make_generator().save(tmp_path)
    config = json.loads((tmp_path / "config.json").read_bytes())
    config["model"]["class"] = name
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError, match=name):
        load(tmp_path)


def test_tokenizers_of_other_models_are_errors(make_generator, tmp_path):
    make_generator("word").save(tmp_path / "word")
    make_generator("bpe").save(tmp_path / "bpe")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / "word" / name).write_bytes((tmp_path / "bpe" / name).read_bytes())
    with pytest.raises(ModelError, match="tokenizer"):
        load(tmp_path / "word")


def test_unavailable_devices_are_errors(make_generator, tmp_path, monkeypatch):
    make_generator().save(tmp_path)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DeviceError, match="cuda"):
        load(tmp_path, device="cuda")


def test_push_to_hub_round_trip(monkeypatch, make_classifier, tmp_path):
    class Hub:
        def __init__(self, token):
            assert token == "secret"

        def create_repo(self, repo_id, *, private, exist_ok):
            assert (private, exist_ok) == (True, True)
            return huggingface_hub.RepoUrl(f"https://huggingface.co/{repo_id}")

        def upload_folder(self, *, repo_id, folder_path, commit_message):
            shutil.copytree(folder_path, tmp_path / repo_id)
            return "address of the commit"

    monkeypatch.setattr(huggingface_hub, "HfApi", Hub)
    classifier = make_classifier("word")
    classifier.save(tmp_path / "here")
    (tmp_path / "here" / "README.md").write_bytes(b"# Films \x80")  # also one of another encoding
    (tmp_path / "here" / "scores.json").write_text("{}")
    classifier = load(tmp_path / "here", device="cpu")
    assert classifier.push_to_hub("me/films", private=True, token="secret") == "address of the commit"
    assert load(tmp_path / "me" / "films", device="cpu")(["The cat sat"]) == classifier(["The cat sat"])
    assert (tmp_path / "me" / "films" / "README.md").read_bytes() == b"# Films \x80"
    assert (tmp_path / "me" / "films" / "scores.json").exists()


def test_half_precision_saves_space_up_to_rounding(make_classifier, tmp_path):
    classifier = make_classifier("word")
    classifier.save(tmp_path / "whole")
    classifier.save(tmp_path / "half", half=True)
    sizes = [(tmp_path / name / "model.safetensors").stat().st_size for name in ("whole", "half")]
    assert sizes[1] < 0.75 * sizes[0]
    halved = load(tmp_path / "half", device="cpu")(["The cat sat"])[0]
    assert halved.probability == pytest.approx(classifier(["The cat sat"])[0].probability, abs=1e-2)
