"""Tables as splits of one form: a typed column for each role, with whole labels and numbers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from nlprnn.data.cells import ReadOptions
from nlprnn.data.column_roles import LABEL_NAME, Columns, Schema, answer_of, resolve_columns, role_of
from nlprnn.data.formats.registry import TABLES
from nlprnn.data.formats.source import Source
from nlprnn.data.labels import check_labels, check_numbers, use_names
from nlprnn.data.sources import find_parallel, find_sources
from nlprnn.data.table import Split, concatenate
from nlprnn.errors import DataError

logger = logging.getLogger(__name__)


def read_splits(
    dataset: str, fields: Mapping[str, str | None], *, required: bool = True, options: ReadOptions | None = None
) -> dict[str, Split]:
    """Read the columns of some roles in each split that a data set has; labels and numbers are checked.

    The columns are chosen in train, by name or by guess, and have the same names in the other splits.

    Args:
        dataset: as for `load_table`.
        fields: role -> column name, for a text also several ("title,body"), or None to guess it.
        required: False leaves out a role that is to be guessed and is not there.
        options: how files are read; None = as usual.

    Returns:
        Split name -> its rows. Splits without labels, numbers or targets are left out, with a warning.

    Raises:
        DataError: the source, a column or a label is missing, damaged or odd.
    """
    named = [name for role in ("source", "target") if (name := fields.get(role))]
    sources = find_parallel(dataset, named) if {"source", "target"} <= fields.keys() else {}
    tables = {
        split: [(source, source.schema()) for source in shards]
        for split, shards in (sources or find_sources(dataset, TABLES)).items()
    }
    schemas = [schema for shards in tables.values() for _, schema in shards]
    first = tables["train"][0][1]
    columns = resolve_columns(fields, first, required=required)
    if not columns:
        raise DataError(f"{first.origin}: no {first.noun} looks like the {' or '.join(fields)} ({first.listed()})")
    if LABEL_NAME in columns and not all(str(columns[LABEL_NAME]) in schema.kinds for schema in schemas):
        del columns[LABEL_NAME]
    # A name may mean a column inside an object in one file and a plain one in another: each file has its own.
    wanted = {role: fields.get(role) or column.names for role, column in columns.items()}
    answer = answer_of(columns)
    splits = {}
    for split, shards in tables.items():
        answer_name = (fields.get(answer) or str(columns[answer])) if answer else ""
        if split != "train" and answer and not all(schema.find(answer_name) for _, schema in shards):
            logger.warning("%s has no %s %r: left out", shards[0][1].origin, first.noun, answer_name)
            continue
        chosen = [_chosen(wanted, columns, schema) for _, schema in shards]
        read = [_read(source, own, answer, options) for (source, _), own in zip(shards, chosen, strict=True)]
        if present := [shard for shard in read if shard is not None]:
            splits[split] = concatenate(present)
    if "train" not in splits and answer:
        mend = f"choose with {role_of(answer).option}"
        raise DataError(f"{first.origin}: no row has a {answer} in {str(columns[answer])!r}; {mend}")
    return use_names(splits) if LABEL_NAME in columns else splits


def _chosen(wanted: Mapping[str, str | tuple[str, ...]], columns: Columns, schema: Schema) -> Columns:
    """The columns of one file, guessed where those of the first file were."""
    resolved = resolve_columns(wanted, schema)
    return {role: replace(resolved[role], guessed=column.guessed) for role, column in columns.items()}


def _read(source: Source, columns: Columns, answer: str | None, options: ReadOptions | None) -> Split | None:
    """The rows of one table; None, with a warning, when no row has an answer."""
    split = source.read(columns, options or ReadOptions())
    if answer and len(split.empty_rows(answer)) == len(split):
        logger.warning("%s has no %ss: left out", source.origin, answer.removesuffix("s"))
        return None
    if answer == "label":
        check_labels(split)
    if answer == "number":
        check_numbers(split)
    return split
