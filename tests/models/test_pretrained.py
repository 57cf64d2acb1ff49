"""Models on the Hugging Face Hub, without a pipeline."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import huggingface_hub
import pytest
import torch

from nlprnn.models import TextClassifier
from nlprnn.modules import Embedding, MaxPooling, OutputHead, RecurrentEncoder


@pytest.fixture
def model():
    torch.manual_seed(0)
    parts = {"embedding": Embedding(9, 3), "encoder": RecurrentEncoder(3, 4), "pooling": MaxPooling(4)}
    return TextClassifier(**parts, head=OutputHead(4, 2), labels=["a", "b"])


def test_models_come_back_from_the_hub(model, tmp_path, monkeypatch):
    asked = []

    def snapshot_download(repo_id, **options):
        asked.append(options)
        return str(tmp_path / repo_id)

    def upload_folder(*, repo_id, folder_path, commit_message):
        shutil.copytree(folder_path, tmp_path / repo_id)
        return "address of the commit"

    created = SimpleNamespace(repo_id="me/opinions")
    hub = SimpleNamespace(create_repo=lambda *_, **__: created, upload_folder=upload_folder)
    monkeypatch.setattr(huggingface_hub, "HfApi", lambda token: hub)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    assert model.push_to_hub("me/opinions") == "address of the commit"
    assert "`TextClassifier.from_pretrained` loads it" in (tmp_path / "me/opinions/README.md").read_text()
    loaded = TextClassifier.from_pretrained("me/opinions")
    assert all(map(torch.equal, loaded.state_dict().values(), model.state_dict().values()))
    TextClassifier.from_pretrained("me/opinions", force_download=True)
    assert [options["force_download"] for options in asked] == [False, True]
