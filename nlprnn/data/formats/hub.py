"""Tables of the Hugging Face Hub and Parquet files, with one string column for each role."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlprnn.data.labels import set_order
from nlprnn.data.tables import cell_reader, quiet_datasets
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?(:[\w.+-]+)?")
_TIMEOUT_SECONDS = 5.0
_MAX_REASON = 300


def is_hub_id(name: str) -> bool:
    """Whether a name has the form of a Hub id: "name" or "owner/name", with ":config" behind it or not."""
    return _HUB_ID.fullmatch(name) is not None


def load_hub(name: str, *, unknown: str) -> DatasetDict:
    """Load all splits of a Hub data set, from the local cache when the Hub cannot be reached.

    Args:
        name: "name" or "owner/name", with ":config" behind it to choose a configuration.
        unknown: start of the message when there is no such data set: what else the name is not.

    Raises:
        DataError: the data set does not exist, may not be read or needs a configuration, or the Hub is down.
    """
    import datasets
    from datasets.exceptions import DatasetNotFoundError

    repository, _, config = name.partition(":")
    reachable = _hub_answers(repository)
    try:
        with quiet_datasets(), _hub_access(reachable):
            splits = datasets.load_dataset(repository, config or None)
    except DatasetNotFoundError as error:
        reason = str(error) if "gated" in str(error) else "is no public data set of the Hugging Face Hub"
        raise DataError(f"{unknown}, and {reason}; check the name, or log in with `hf auth login`") from None
    except Exception as error:  # of three libraries, for the network, the files and the configuration
        if not reachable:
            unreached = "the Hugging Face Hub cannot be reached: check the network or give a local path"
            raise DataError(f"{unknown}, and {unreached}") from None
        hint = f' (write "{repository}:config")' if not config and "config" in str(error).lower() else ""
        raise DataError(
            f"data set {name} of the Hugging Face Hub cannot be loaded{hint}: {_one_line(error)}"
        ) from error
    return splits


def load_parquet(files: Sequence[Path]) -> Dataset:
    """Load Parquet files as one table, with the types that `datasets` noted in them.

    Raises:
        DataError: a file is damaged or empty.
    """
    import datasets
    from datasets.exceptions import DatasetGenerationError

    names = ", ".join(map(str, files))
    for path in files:
        try:
            with path.open("rb") as file:
                if file.read(4) != b"PAR1":
                    raise DataError(f"{path} is not a Parquet file")
        except PermissionError:
            raise DataError(f"{path} may not be read: change its permissions") from None
    try:
        with quiet_datasets():
            rows = datasets.load_dataset("parquet", data_files=[str(path) for path in files], split="train")
    except (DatasetGenerationError, OSError, ValueError) as error:
        cause = error.__cause__ or error
        if isinstance(cause, OSError) and cause.errno == errno.ENOSPC:
            raise cause from None
        raise DataError(f"{names}: damaged Parquet ({_one_line(cause)}); copy or download it again") from error
    if not len(rows):
        raise DataError(f"{names} is empty: it has no rows")
    return rows


def take_roles(rows: Dataset, columns: Mapping[str, str]) -> Dataset:
    """Keep the columns of the roles, as strings; a ClassLabel's names are used and their order is noted.

    Args:
        rows: a flat table.
        columns: role -> column name.
    """
    from datasets import ClassLabel, Features, Value

    rows = rows.select_columns(list(dict.fromkeys(columns.values())))
    label = rows.features[columns["label"]] if "label" in columns else None
    plain = all(getattr(rows.features[column], "dtype", None) == "string" for column in columns.values())
    plain = plain and all(cell_reader(role) is cell_reader("text") for role in columns)  # labels are written in one way
    if not plain or len(set(columns.values())) < len(columns):
        readers = {role: (column, _reader(role, rows.features[column])) for role, column in columns.items()}

        def convert(batch: dict[str, list[Any]]) -> dict[str, list[str | None]]:
            return {role: [read(cell) for cell in batch[column]] for role, (column, read) in readers.items()}

        features = Features({role: Value("string") for role in columns})
        with quiet_datasets():
            rows = rows.map(convert, batched=True, remove_columns=rows.column_names, features=features)
    else:
        rows = rows.rename_columns({column: role for role, column in columns.items() if column != role})
    if isinstance(label, ClassLabel):
        set_order(rows, list(label.names))
    return rows


def _reader(role: str, feature: Any) -> Callable[[Any], str | None]:
    names = getattr(feature, "names", None)
    inner = getattr(getattr(feature, "feature", None), "names", None)
    if role == "labels" and inner:
        read = cell_reader(role)
        return lambda cell: None if cell is None else read([inner[number] for number in cell])
    if names is None:
        return cell_reader(role)
    # The Hub writes -1 for labels that are kept secret.
    return lambda cell: None if cell is None or cell < 0 else names[cell]


def _hub_answers(repository: str) -> bool:
    """Whether the Hub can be reached at all: one question, no second try."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        HfApi().repo_info(repository, repo_type="dataset", timeout=_TIMEOUT_SECONDS)
    except HfHubHTTPError as error:
        # "Not found" is an answer too: `load_dataset` says what is wrong. A failing gateway is none.
        return error.response is None or error.response.status_code < 500
    except Exception:  # whatever the HTTP library of the day raises without a network
        return False
    return True


@contextmanager
def _hub_access(allowed: bool) -> Iterator[None]:
    """Without a network, keep `datasets` from some 20 s of retries before it looks into its cache."""
    import datasets

    before = datasets.config.HF_HUB_OFFLINE
    datasets.config.HF_HUB_OFFLINE = before or not allowed
    try:
        yield
    finally:
        datasets.config.HF_HUB_OFFLINE = before


def _one_line(error: BaseException) -> str:
    return " ".join((str(error) or type(error).__name__).split())[:_MAX_REASON]
