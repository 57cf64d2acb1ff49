"""To and from the Hugging Face Hub; its client, a third of a second to import, comes only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory


def push(
    save: Callable[[Path], None],
    repo_id: str,
    *,
    private: bool | None = None,
    token: str | None = None,
    commit_message: str = "Upload an nlprnn model",
) -> str:
    """Put what `save` writes on the Hub.

    Args:
        save: writes its files into a folder.
        repo_id: "owner/name"; is made where it is missing.
        private: for a new repository; None = the owner's default.
        token: of the Hub; None = that of `hf auth login`.
        commit_message: of the upload.

    Returns:
        the address of the commit.
    """
    from huggingface_hub import HfApi

    api = HfApi(token=token)
    name = api.create_repo(repo_id, private=private, exist_ok=True).repo_id
    with TemporaryDirectory() as folder:
        save(Path(folder))
        return str(api.upload_folder(repo_id=name, folder_path=folder, commit_message=commit_message))
