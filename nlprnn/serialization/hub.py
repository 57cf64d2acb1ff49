"""Upload to and download from the Hugging Face Hub; its client, which takes 0.3 s to import, is imported on use."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from nlprnn.errors import ModelError
from nlprnn.resources import BUNDLED_MODELS, bundled_model_folder

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


def push(
    save: Callable[[Path], None],
    repo_id: str,
    *,
    private: bool | None = None,
    token: str | None = None,
    commit_message: str = "Upload an nlprnn model",
) -> str:
    """Upload the files that `save` writes to the Hub.

    Args:
        save: writes its files into a folder.
        repo_id: "owner/name"; created if it does not exist.
        private: visibility of a new repository; None = the owner's default.
        token: access token of the Hub; None = that of `hf auth login`.
        commit_message: of the upload.

    Returns:
        URL of the commit.
    """
    from huggingface_hub import HfApi

    api = HfApi(token=token)
    name = api.create_repo(repo_id, private=private, exist_ok=True).repo_id
    with TemporaryDirectory() as folder:
        save(Path(folder))
        return str(api.upload_folder(repo_id=name, folder_path=folder, commit_message=commit_message))


def local_folder(path_or_hub_id: str | Path) -> Path:
    """Return the folder of a model, downloaded first where it is on the Hub.

    Args:
        path_or_hub_id: a folder, "owner/name", or one of `BUNDLED_MODELS`.

    Raises:
        ModelError: there is no such folder or Hub id.
    """
    folder = Path(path_or_hub_id)
    if folder.is_dir():
        return folder
    if folder.exists():
        raise ModelError(f"{folder} is a file: give the folder of the model")
    name = str(path_or_hub_id)
    if name in BUNDLED_MODELS:
        return bundled_model_folder(name)
    if not _HUB_ID.fullmatch(name):
        raise ModelError(f"there is no model folder {name}: give the folder that a recipe wrote")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", "*.safetensors", "*.model", "README.md"]))
    except Exception as error:  # the Hub's client raises many kinds, of several libraries
        raise ModelError(
            f"there is no folder {name} here, and the Hugging Face Hub cannot be reached or has no such model: "
            "check the name and the network"
        ) from error
