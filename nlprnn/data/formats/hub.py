"""Datasets of the Hugging Face Hub, from its cache where there is no network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nlprnn.data.formats.parquet import one_line
from nlprnn.data.table import quiet_datasets
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import DatasetDict, IterableDatasetDict

_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?(:[\w.+-]+)?")
_TIMEOUT_SECONDS = 5.0


def is_hub_id(name: str) -> bool:
    """Whether a name has the form of a Hub id: "name" or "owner/name", with or without ":config" behind it."""
    return _HUB_ID.fullmatch(name) is not None


def load_hub(name: str, *, unknown: str, streaming: bool = False) -> DatasetDict | IterableDatasetDict:
    """Load all splits of a Hub dataset, from the local cache when the Hub cannot be reached.

    Args:
        name: "name" or "owner/name", with ":config" behind it to choose a configuration.
        unknown: begin of the message for an unknown name: what else it is not.
        streaming: read the rows from the Hub as they are needed, rather than from a copy on disk.

    Raises:
        DataError: the dataset does not exist, may not be read or needs a configuration, or the Hub is down.
    """
    import datasets
    from datasets.exceptions import DatasetNotFoundError

    repository, _, config = name.partition(":")
    reachable = _hub_answers(repository)
    try:
        with quiet_datasets(), _hub_access(reachable):
            more = {"streaming": True} if streaming else {}
            return datasets.load_dataset(repository, config or None, **more)
    except DatasetNotFoundError as error:
        reason = str(error) if "gated" in str(error) else "is no public dataset of the Hugging Face Hub"
        raise DataError(f"{unknown}, and {reason}; check the name, or log in with `hf auth login`") from None
    except Exception as error:  # of three libraries, for the network, the files and the configuration
        if not reachable:
            unreached = "the Hugging Face Hub cannot be reached: check the network or give a local path"
            raise DataError(f"{unknown}, and {unreached}") from None
        hint = f' (write "{repository}:config")' if not config and "config" in str(error).lower() else ""
        raise DataError(f"dataset {name} of the Hugging Face Hub cannot be loaded{hint}: {one_line(error)}") from error


def _hub_answers(repository: str) -> bool:
    """Whether the Hub can be reached at all: one request, no retry."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        HfApi().repo_info(repository, repo_type="dataset", timeout=_TIMEOUT_SECONDS)
    except HfHubHTTPError as error:
        # "Not found" is an answer too: `load_dataset` reports what is wrong. A failing gateway is none.
        return error.response is None or error.response.status_code < 500
    except Exception:  # what the HTTP library raises without a network depends on its version
        return False
    return True


@contextmanager
def _hub_access(allowed: bool) -> Iterator[None]:
    """Without a network, keep `datasets` from some 20 s of retries before it reads its cache."""
    import datasets

    before = datasets.config.HF_HUB_OFFLINE
    datasets.config.HF_HUB_OFFLINE = before or not allowed
    try:
        yield
    finally:
        datasets.config.HF_HUB_OFFLINE = before
