from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import huggingface_hub
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from nlprnn.errors import ModelError
from nlprnn.models import LanguageModel, TextClassifier
from nlprnn.models.pretrained import load_model
from nlprnn.modules import LastPooling
from nlprnn.modules.pooling import POOLINGS
from nlprnn.serialization import config, model_folder
from nlprnn.serialization.model_folder import write_model
from nlprnn.serialization.registry import REGISTRY

CELLS = {
    "lstm": {"cell": "lstm", "weight_dropout": 0.25, "locked_dropout": 0.125},
    "gru": {"cell": "gru", "dropout": 0.5},
    "rnn-sigmoid": {"cell": "rnn", "nonlinearity": "sigmoid"},
}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("pooling", POOLINGS)
def test_saved_classifier_is_equal(make_text_classifier, batch, tmp_path, cell, pooling):
    model = make_text_classifier(pooling=POOLINGS[pooling], labels=("a", "ü", "c"), num_layers=2, **CELLS[cell])
    model.save_pretrained(tmp_path)
    loaded = TextClassifier.from_pretrained(tmp_path)
    assert torch.equal(loaded(*batch), model(*batch))
    assert loaded.labels == ["a", "ü", "c"]
    assert not loaded.training
    for name in ("cell", "nonlinearity", "dropout", "weight_dropout", "locked_dropout", "bidirectional", "num_layers"):
        assert getattr(loaded.encoder, name) == getattr(model.encoder, name)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("hidden_size", [3, 5])
@pytest.mark.parametrize("cell", CELLS)
def test_saved_language_model_is_equal(make_language_model, tmp_path, cell, hidden_size, tied):
    model = make_language_model(tied=tied, hidden_size=hidden_size, output_dropout=0.5, **CELLS[cell])
    model.save_pretrained(tmp_path)
    loaded = LanguageModel.from_pretrained(str(tmp_path))
    ids = torch.randint(0, 9, (2, 6))
    assert torch.equal(loaded(ids)[0], model(ids)[0])
    assert (loaded.tied, loaded.output_dropout) == (tied, 0.5)


def test_saving_again_replaces_all_files(make_text_classifier, tmp_path):
    for seed in range(2):
        torch.manual_seed(seed)
        model = make_text_classifier()
        model.save_pretrained(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checksums.json", "config.json", "model.safetensors"]
    loaded = load_model(tmp_path, TextClassifier)
    assert torch.equal(loaded.embedding.weight, model.embedding.weight)


def test_parallel_loading_leaves_initialisation_alone(make_text_classifier, tmp_path):
    model = make_text_classifier()
    model.save_pretrained(tmp_path)
    drawing = dict(vars(torch.nn.init))
    with ThreadPoolExecutor(4) as pool:
        loading = [pool.submit(TextClassifier.from_pretrained, tmp_path) for _ in range(24)]
        while not all(one.done() for one in loading):  # meanwhile, models that are to be trained get their start
            assert torch.nn.Linear(50, 50, bias=False).weight.std() > 0.01
        for one in loading:
            assert torch.equal(one.result().embedding.weight, model.embedding.weight)
    assert dict(vars(torch.nn.init)) == drawing


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_weights_are_widened(make_text_classifier, batch, tmp_path, dtype):
    model = make_text_classifier()
    model.to(dtype).save_pretrained(tmp_path)
    loaded = TextClassifier.from_pretrained(tmp_path)
    assert {parameter.dtype for parameter in loaded.parameters()} == {torch.float32}
    assert torch.equal(loaded(*batch), model.float()(*batch))


def test_frozen_table_stays_frozen(make_text_classifier, tmp_path):
    model = make_text_classifier()
    model.embedding.frozen = True
    model.save_pretrained(tmp_path)
    assert not TextClassifier.from_pretrained(tmp_path).embedding.weight.requires_grad


def damage(folder, change):
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    change(config)
    path.write_text(json.dumps(config), encoding="utf-8")


def set_in(*keys, to):
    def change(config):
        for key in keys[:-1]:
            config = config[key]
        config[keys[-1]] = to

    return change


def nested(depth):
    call = {"class": "MaxPooling", "input_size": 1}
    for _ in range(depth):
        call = {"class": "MaxPooling", "input_size": call}
    return call


CONFIG_DAMAGE = {
    "unknown module": (set_in("model", "encoder", "class", to="Transformer"), "unknown class 'Transformer'"),
    "no class of a module": (set_in("model", "encoder", to={"input_size": 3}), "unknown class None"),
    "unknown argument": (set_in("model", "encoder", "wings", to=True), "RecurrentEncoder.*wings"),
    "missing argument": (lambda config: config["model"]["encoder"].pop("hidden_size"), "hidden_size"),
    "text for a number": (set_in("model", "embedding", "embedding_dim", to="wide"), "Embedding"),
    "a fraction for a number": (set_in("model", "max_length", to=40.5), "max_length must be a whole number"),
    "a fraction that is whole": (
        set_in("model", "embedding", "padding_id", to=0.0),
        "padding_id must be a whole number",
    ),
    "a value instead of a module": (set_in("model", "pooling", to="max"), "TextClassifier"),
    "another module instead": (
        set_in("model", "head", to={"class": "LockedDropout", "probability": 0.5}),
        "does not",
    ),
    "a size out of range": (set_in("model", "encoder", "hidden_size", to=-4), "-4"),
    "more memory than available": (set_in("model", "embedding", "num_embeddings", to=2**60), "Embedding"),
    "a truth value for a number": (set_in("model", "embedding", "padding_id", to=True), "must be a whole number"),
    "too many layers": (set_in("model", "encoder", "num_layers", to=10**6), "num_layers must be at most 1,000"),
    "a number beyond 64 bits": (set_in("model", "encoder", "num_layers", to=10**30), "num_layers is beyond"),
    "modules nested too deeply": (set_in("model", "encoder", to=nested(900)), "more than 32 modules in each other"),
    "too many modules": (set_in("model", "labels", to=[{"class": "MaxPooling"}] * 2000), "or 1,000 in all"),
    "numbers as labels": (set_in("model", "labels", to=[1, 2]), "labels are texts, got 1"),
    "a text as labels": (set_in("model", "labels", to="ab"), "labels are a list"),
    "a label twice": (set_in("model", "labels", to=["a", "a"]), "'a' is given twice"),
    "a newer format": (set_in("format_version", to=99), "newer.*99.*upgrade"),
    "no format": (lambda config: config.pop("format_version"), "not the configuration"),
    "no model": (lambda config: config.pop("model"), "not the configuration"),
    "a model that is a list": (set_in("model", to=[]), "not the configuration"),
    "a class that is a list": (set_in("model", "class", to=["TextClassifier"]), "not the configuration"),
    "a class of a module that is a list": (set_in("model", "head", "class", to=["Embedding"]), "unknown class"),
    "other sizes than the weights": (set_in("model", "embedding", "num_embeddings", to=10), "different models"),
}


@pytest.mark.parametrize("way", ["load_model", "from_pretrained"])
@pytest.mark.parametrize("kind", CONFIG_DAMAGE)
def test_damaged_configuration_is_an_error(make_text_classifier, tmp_path, kind, way):
    change, words = CONFIG_DAMAGE[kind]
    make_text_classifier().save_pretrained(tmp_path)
    damage(tmp_path, change)
    with pytest.raises(ModelError, match=words) as caught:
        read(tmp_path, way)
    assert "config.json" in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def read(folder, way):
    if way == "from_pretrained":
        return TextClassifier.from_pretrained(folder)
    return load_model(folder, TextClassifier)


@pytest.mark.parametrize("way", ["load_model", "from_pretrained"])
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"3", b'"config"', b"\xff\xfe", b"[" * 100_000, b'{"a": ' + b"1" * 5000 + b"}"],
    ids=lambda c: repr(c[:8]),
)
def test_configuration_that_is_no_json_object_is_an_error(make_text_classifier, tmp_path, content, way):
    make_text_classifier().save_pretrained(tmp_path)
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(ModelError, match=r"config\.json"):
        read(tmp_path, way)


def test_model_of_another_class_is_refused(make_language_model, tmp_path):
    make_language_model().save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=r"LanguageModel.*TextClassifier"):
        TextClassifier.from_pretrained(tmp_path)


@pytest.mark.parametrize(
    "name", ["os.system", "torch.nn.Linear", "builtins.eval", "Module", "PretrainedModel", "__class__"]
)
@pytest.mark.parametrize("position", ["top", "module", "list", "deep"])
def test_configuration_cannot_name_code(make_text_classifier, tmp_path, monkeypatch, name, position):
    make_text_classifier().save_pretrained(tmp_path)
    call = {"class": name, "command": f"touch {tmp_path / 'harm'}"}
    change = {
        "top": set_in("model", to=call),
        "module": set_in("model", "embedding", to=call),
        "list": set_in("model", "labels", to=["no", call]),
        "deep": set_in("model", "encoder", "cell", to={"class": "LastPooling", "input_size": [call]}),
    }[position]
    damage(tmp_path, change)
    built = []
    monkeypatch.setattr(LastPooling, "__init__", lambda self, *args, **named: built.append(self))
    with pytest.raises(ModelError, match=name):
        load_model(tmp_path, TextClassifier)
    assert not built
    assert not (tmp_path / "harm").exists()


def cut(path):
    path.write_bytes(path.read_bytes()[:-10])


def change_weights(change):
    def apply(path):
        weights = load_file(path)
        change(weights)
        save_file(weights, path)

    return apply


WEIGHT_DAMAGE = {
    "missing": Path.unlink,
    "truncated": cut,
    "empty": lambda path: path.write_bytes(b""),
    "no safetensors": lambda path: path.write_bytes(b"PK\x03\x04 a zip of pickles" * 10),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "a device": lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
    "a tensor of another shape": change_weights(lambda w: w.update({"head.layers.1.bias": torch.zeros(3)})),
    "a tensor too few": change_weights(lambda w: w.pop("embedding.weight")),
    "a tensor too many": change_weights(lambda w: w.update(other=torch.zeros(1))),
}


@pytest.mark.parametrize("kind", WEIGHT_DAMAGE)
def test_damaged_weights_are_an_error(make_text_classifier, tmp_path, kind):
    make_text_classifier().save_pretrained(tmp_path)
    WEIGHT_DAMAGE[kind](tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match=r"model\.safetensors") as caught:
        TextClassifier.from_pretrained(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        set_in("model", "embedding", "num_embeddings", to=10**9),
        set_in("model", "encoder", "hidden_size", to=10**5),
        set_in("model", "head", "hidden_size", to=10**8),
    ],
    ids=["embedding", "encoder", "head"],
)
def test_sizes_are_compared_before_memory_is_taken(make_text_classifier, tmp_path, monkeypatch, change):
    make_text_classifier().save_pretrained(tmp_path)
    damage(tmp_path, change)
    devices = []

    def from_config(*arguments):
        devices.append(torch.empty(0).device.type)
        return config.from_config(*arguments)

    monkeypatch.setattr(model_folder, "from_config", from_config)
    with pytest.raises(ModelError, match=str(tmp_path)):
        load_model(tmp_path, TextClassifier)
    assert devices == ["meta"]


class Eager(nn.Module):
    """A pooling whose constructor looks at the values of a tensor."""

    def __init__(self, input_size: int) -> None:
        super().__init__()
        self.input_size, self.output_size = input_size, input_size
        self.bias = nn.Parameter(torch.zeros(input_size))
        self.sum = float(self.bias.detach().sum())

    def forward(self, outputs, mask):
        return outputs.sum(1) + self.bias


def test_class_that_needs_memory_when_it_is_built(make_text_classifier, batch, tmp_path):
    model = make_text_classifier(pooling=Eager)
    write_model(model, tmp_path, REGISTRY.extended([Eager, TextClassifier]).modules)
    assert torch.equal(load_model(tmp_path, TextClassifier, classes=[Eager])(*batch), model(*batch))


def test_push_to_hub_uploads_the_model(make_text_classifier, batch, tmp_path, monkeypatch):
    calls = {}

    class RepoUrl:
        repo_id = "me/my-model"

    def create_repo(self, repo_id, **options):
        calls["created"] = (repo_id, options.get("private"))
        return RepoUrl

    def upload_folder(self, *, repo_id, folder_path, commit_message, **options):
        calls["uploaded"] = (repo_id, commit_message)
        shutil.copytree(folder_path, tmp_path / "hub")
        return "url"

    monkeypatch.setattr(huggingface_hub.HfApi, "create_repo", create_repo)
    monkeypatch.setattr(huggingface_hub.HfApi, "upload_folder", upload_folder)
    model = make_text_classifier()
    assert model.push_to_hub("me/my-model", private=True, commit_message="first") == "url"
    assert calls == {"created": ("me/my-model", True), "uploaded": ("me/my-model", "first")}
    names = sorted(path.name for path in (tmp_path / "hub").iterdir())
    assert names == ["README.md", "checksums.json", "config.json", "model.safetensors"]
    assert "nlprnn" in (tmp_path / "hub" / "README.md").read_text(encoding="utf-8")
    assert torch.equal(TextClassifier.from_pretrained(tmp_path / "hub")(*batch), model(*batch))


def test_half_precision_halves_the_file(make_text_classifier, batch, tmp_path):
    model = make_text_classifier(hidden_size=50)
    model.save_pretrained(tmp_path / "whole")
    model.save_pretrained(tmp_path / "half", half=True)
    whole, half = ((tmp_path / name / "model.safetensors").stat().st_size for name in ("whole", "half"))
    assert half < 0.7 * whole
    assert {tensor.dtype for tensor in load_file(tmp_path / "half" / "model.safetensors").values()} == {torch.float16}
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    loaded = TextClassifier.from_pretrained(tmp_path / "half")
    torch.testing.assert_close(loaded(*batch), model(*batch), rtol=0, atol=5e-3)


def test_loading_draws_no_random_numbers(make_text_classifier, tmp_path):
    make_text_classifier().save_pretrained(tmp_path)
    before = torch.get_rng_state()
    TextClassifier.from_pretrained(tmp_path)
    assert torch.equal(torch.get_rng_state(), before)
    assert float(make_text_classifier().embedding.weight.detach().std()) > 0
    assert not torch.equal(torch.get_rng_state(), before)
