"""Layout of a file in columns: separator, header, numbers in the first column, and the columns of words and of tags.

All of it is read off the file itself, and each choice between several readings is noted.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

from nlprnn.data.column_roles import counted
from nlprnn.data.formats.column_comments import find_comment, is_document_mark
from nlprnn.data.formats.column_names import is_column_name, is_entity_name, is_tag_name, is_unlike, is_word_name
from nlprnn.data.formats.column_use import choose_columns
from nlprnn.data.formats.lines import read_lines, suffix
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError

_NOT_A_WORD = re.compile(r"\d+[-.]\d+")
_SPACES = re.compile("[ \t]+")
_NUMBER = re.compile(r"\d+")
_COMMAS = (",", ";")
_SAMPLE_LINES = 5_000
_UNIVERSAL_WIDTH, _HEAD = 10, 6

Cells = list[str]


@dataclass(frozen=True)
class ColumnLayout:
    """Layout of one file in columns.

    Attributes:
        separator: what stands between columns; None = white space.
        width: number of columns.
        names: names of the columns; () without.
        header_line: number of the line that holds them, from 1; 0 without.
        tokens: index of the column with the words.
        tags: index of the column with the tags.
        universal: whether the columns are those of CoNLL-U.
        numbered: whether the first column holds numbers.
        empty_lines: whether there are empty lines between sentences.
        sentence_end: what ends a sentence besides an empty line: "count" = the first column counts from the start
            again, "number" = the first column changes, "word" = a line without a word; "" = nothing.
        comment: first cell of the lines before sentences that are comments, with as many cells as a word; "" = none.
        notes: choices between several readings, a sentence each.
    """

    separator: str | None
    width: int
    names: tuple[str, ...]
    header_line: int
    tokens: int
    tags: int
    universal: bool
    numbered: bool
    empty_lines: bool
    sentence_end: str
    comment: str
    notes: tuple[str, ...]

    def cells(self, line: str) -> Cells:
        """Return the cells of a line; none of one that ends a sentence."""
        return [] if is_document_mark(line) else split_cells(line, self.separator)

    def is_comment(self, cells: Cells, *, inside: bool) -> bool:
        """Whether a line is no word: a comment before a sentence, or several words or none of a numbered column.

        Args:
            cells: the cells of the line.
            inside: whether the sentence has begun, so that "#" may be a word.
        """
        numbered = self.numbered or self.universal
        if not numbered and not cells[0].startswith("#"):
            return False
        if cells[0].startswith("#") and (numbered or not inside):
            return numbered or len(cells) != self.width or cells[0] == self.comment
        return numbered and _NOT_A_WORD.fullmatch(cells[0]) is not None


@dataclass(frozen=True)
class _Sample:
    """First lines of a file.

    Attributes:
        first: cells of the first line with a word, or of the header.
        line: its number.
        sentences: rows of the lines with words by sentence, the first among them.
        novel: column -> whether its cell of the first line is in no later line of the whole file.
        before: sentence -> cells of the first line before it that begins with "#", where one does.
    """

    first: Cells
    line: int
    sentences: list[list[Cells]]
    novel: list[bool]
    before: dict[int, Cells]

    def column(self, index: int) -> list[str]:
        """Return the cells of a column after those of the first line."""
        return [cells[index] for cells in list(chain.from_iterable(self.sentences))[1:]]


def split_cells(line: str, separator: str | None) -> Cells:
    """Return the cells of a line, without the spaces around them; none of a blank line, or one of separators alone."""
    if line.isspace():
        return []
    # Spaces that are no plain ones belong to words: "10\xa0000".
    line = line.strip("\r\n" if separator else " \t\r\n")
    if separator is None:
        return _SPACES.split(line)
    quoted = separator in _COMMAS and '"' in line
    cells = next(csv.reader([line], delimiter=separator)) if quoted else line.split(separator)
    if " " in line:
        cells = [cell.strip(" ") for cell in cells]
    return cells if any(cells) else []


def find_layout(path: Path, options: ReadOptions) -> ColumnLayout:
    """Return the layout of a file.

    Args:
        path: the file.
        options: whether there is a header, and names of the columns.

    Raises:
        DataError: the file is empty or damaged, has one column, or may or may not have a header.
    """
    separator, width = _shape(path, options.encoding)
    sample = _read_sample(path, separator, width, options.encoding)
    if options.columns and len(options.columns) != width:
        raise DataError(f"{path} has {counted(width, 'column')}, but --columns names {len(options.columns)}")
    notes = []
    has_header = _has_header(path, sample) if options.header is None else options.header
    if has_header:
        end = "" if options.header else "; --no-header reads it as a word"
        notes.append(f"line {sample.line} names the columns ({', '.join(sample.first)}){end}")
    names = tuple(sample.first) if has_header else options.columns
    sentences = [sample.sentences[0][1:], *sample.sentences[1:]] if has_header else sample.sentences
    numbers = _numbers(sentences) if width > 2 else ""
    if numbers:
        sentences = [[cells for cells in sentence if not _NOT_A_WORD.fullmatch(cells[0])] for sentence in sentences]
    sentences = [sentence for sentence in sentences if sentence]
    universal = suffix(path) == ".conllu" or _looks_universal(sentences, numbers, width)
    tokens, tags = choose_columns(sentences, names, width, numbered=bool(numbers), universal=universal, notes=notes)
    sentence_end = _sentence_end(sentences, tokens, numbers, notes)
    last_cells = {cells[-1] for sentence in sentences for cells in sentence}
    comment = find_comment(list(sample.before.values()), len(sentences), last_cells)
    if comment and width in map(len, sample.before.values()):
        notes.append(f"the lines before sentences that begin with {comment!r} are comments")
    header_line = sample.line if has_header else 0
    return ColumnLayout(
        separator,
        width,
        names,
        header_line,
        tokens,
        tags,
        universal,
        bool(numbers),
        len(sentences) > 1,
        sentence_end,
        comment,
        tuple(notes),
    )


def _shape(path: Path, encoding: str | None) -> tuple[str | None, int]:
    """What separates columns (None = spaces), and how many there are, by the first line with a word."""
    for line in read_lines(path, encoding):
        if line.isspace() or is_document_mark(line) or line.startswith("#"):
            continue
        separator = "\t" if "\t" in line or suffix(path) == ".conllu" else None
        if suffix(path) == ".csv":
            separator = max(_COMMAS, key=line.count)
        width = len(split_cells(line, separator))
        if width == 1:
            raise DataError(
                f"{path}: the first word's line, {line.strip()[:50]!r}, has one column; a line is a word, white space, "
                "and its tag"
            )
        return separator, width
    raise DataError(f"{path} is empty: it has no words")


def _read_sample(path: Path, separator: str | None, width: int, encoding: str | None) -> _Sample:
    """The first lines; those of another number of columns, comments among them, are passed over."""
    sample = _Sample([], 0, [[]], [], {})
    rows = 0
    for number, line in enumerate(read_lines(path, encoding), start=1):
        cells = split_cells(line, separator)
        if not cells or is_document_mark(line):
            if sample.sentences[-1]:
                sample.sentences.append([])
        elif not sample.sentences[-1] and cells[0].startswith("#"):
            sample.before.setdefault(len(sample.sentences), cells)
        elif len(cells) == width:
            rows += 1
            if not sample.first:
                sample = _Sample(cells, number, [[]], [True] * width, sample.before)
            else:
                for index in (index for index, novel in enumerate(sample.novel) if novel):
                    sample.novel[index] = cells[index] != sample.first[index]
            if rows <= _SAMPLE_LINES:
                sample.sentences[-1].append(cells)
        if rows > _SAMPLE_LINES and not any(sample.novel[1:]):
            break
    return sample


def _has_header(path: Path, sample: _Sample) -> bool:
    """Whether the first line names the columns: its cells are such names, and its tag is in no later line.

    Raises:
        DataError: it is unlike all others, but its names are not known.
    """
    first, tags = sample.first, set(sample.column(-1))
    if not tags or not all(sample.novel[1:]):
        return False
    numbers = sample.column(0)
    if len(first) > 2 and all(map(_NUMBER.fullmatch, numbers)) and not _NUMBER.fullmatch(first[0]):
        return True
    named = [is_column_name(name) or is_entity_name(name) for name in first]
    if sample.novel[0] and is_word_name(first[0]) and all(named) and any(map(is_entity_name, first)):
        return True
    known = [is_column_name(name) for name in first]
    unlike = is_unlike(first[-1], tags)
    if sum(known) * 2 >= len(first) and (unlike or any(map(is_tag_name, first[1:]))):
        return True
    if unlike and len(tags) > 1:
        raise DataError(
            f"{path}, line {sample.line}: {' '.join(first)!r} is unlike all other lines, and either names the columns "
            "or is a word with an odd tag; say which with --header or --no-header"
        )
    return False


def _numbers(sentences: Sequence[Sequence[Cells]]) -> str:
    """What numbers in the first column do: "count" the words, "number" the sentences, or anything "else"; "" = none."""
    columns = [[cells[0] for cells in sentence if not _NOT_A_WORD.fullmatch(cells[0])] for sentence in sentences]
    if not all(map(_NUMBER.fullmatch, chain.from_iterable(columns))) or max(map(len, columns), default=0) < 2:
        return ""
    steps = Counter(int(after) - int(before) for column in columns for before, after in pairwise(column))
    if len(columns) == 1 and len(steps) > 1:  # no empty lines, or a single sentence
        return "number" if steps[0] > steps[1] else "count" if max(steps) == 1 else "else"
    return {0: "number", 1: "count"}.get(next(iter(steps)), "else") if len(steps) == 1 else "else"


def _looks_universal(sentences: Sequence[Sequence[Cells]], numbers: str, width: int) -> bool:
    """Whether columns are those of CoNLL-U, by the numbers of words and of their heads."""
    heads = (cells[_HEAD] for sentence in sentences for cells in sentence) if width == _UNIVERSAL_WIDTH else iter(())
    return numbers == "count" and width == _UNIVERSAL_WIDTH and all(head == "_" or head.isdecimal() for head in heads)


def _sentence_end(sentences: Sequence[Sequence[Cells]], tokens: int, numbers: str, notes: list[str]) -> str:
    """What ends a sentence in a file without empty lines."""
    if len(sentences) > 1:
        return ""
    column = [cells[0] for sentence in sentences for cells in sentence]
    if numbers == "number" and len(set(column)) > 1:
        notes.append("without empty lines, a sentence ends where the number in the first column changes")
        return "number"
    if numbers == "count" and any(int(after) <= int(before) for before, after in pairwise(column)):
        notes.append("without empty lines, a sentence ends where the first column counts from the start again")
        return "count"
    if any(not cells[tokens] for sentence in sentences for cells in sentence):
        notes.append("without empty lines, a line without a word ends a sentence")
        return "word"
    return ""
