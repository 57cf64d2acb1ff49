"""Advice on files of kinds that are not read."""

from __future__ import annotations

from pathlib import Path

from nlprnn.data.formats.lines import suffix

_ADVICE = {
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".ods", ".numbers"), "a spreadsheet: save its sheet as .csv"),
    **dict.fromkeys((".docx", ".doc", ".odt", ".rtf", ".pdf", ".epub"), "a document: save its text as .txt or .csv"),
    **dict.fromkeys((".html", ".htm", ".xml", ".xlf", ".xliff"), "mark-up: extract its texts as .txt, .csv or .tmx"),
    **dict.fromkeys(
        (".pkl", ".pickle", ".joblib", ".pt", ".pth"),
        "a pickle, which could run any code: load it in Python, and write it with to_parquet or to_csv",
    ),
    **dict.fromkeys(
        (".npy", ".npz", ".h5", ".hdf5", ".mat", ".rds", ".rda", ".sav", ".dta", ".orc", ".avro"),
        "a binary table: load it with the library that wrote it, and write it as .csv or .parquet",
    ),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3", ".sql"), "a database: export a table as .csv"),
    **dict.fromkeys((".yaml", ".yml", ".toml"), "a settings file: write the rows as .jsonl"),
    **dict.fromkeys(
        (".tar", ".tgz", ".tbz", ".7z", ".rar", ".zst", ".lz4"), "an archive: unpack it, and give the folder"
    ),
}
_PAGE = "a web page (HTML), not a table: open it in a browser or spreadsheet, and save its table as .csv"
_ATTRIBUTES = "a file of Weka (ARFF): save it as .csv with that program, or write its rows as .csv"
_FIRST_WORDS = {"<!doctype html": _PAGE, "<html": _PAGE, "@relation": _ATTRIBUTES}
_ADVICE[".arff"] = _ATTRIBUTES


def other_kind(line: str) -> str | None:
    """Return what a file is whose first line that is not blank begins as none of a table does; None = a table.

    Args:
        line: the line, as it is in the file.
    """
    start = line.lstrip()[:20].lower()
    return next((kind for words, kind in _FIRST_WORDS.items() if start.startswith(words)), None)


def advice(path: Path) -> str | None:
    """Return what a file is and what to do with it, if its suffix is of a known kind that is not read."""
    return _ADVICE.get(suffix(path))
