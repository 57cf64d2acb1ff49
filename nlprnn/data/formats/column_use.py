"""Which columns of a file hold words and tags, where no name decides."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlprnn.data.formats.column_names import find_word_columns
from nlprnn.tagging_schemes import OUTSIDE, is_span_scheme

_NUMBER = re.compile(r"\d+")
_NOTHING = "_"
_REMARK = re.compile(r"(_|-|(No)?Space\w*|EndOf\w*|LED[\d.]+)(=\w+)?", re.IGNORECASE)

Sentences = Sequence[Sequence[list[str]]]


def choose_columns(
    sentences: Sentences, names: Sequence[str], width: int, *, numbered: bool, universal: bool, notes: list[str]
) -> tuple[int, int]:
    """Return the columns of words and of tags: by name, else by position; note what is not the usual one.

    Args:
        sentences: cells of the words.
        names: names of the columns; () without.
        width: number of columns.
        numbered: whether the first column holds numbers.
        universal: whether the columns are those of CoNLL-U.
        notes: takes the notes.
    """
    if universal:
        notes += ["the columns are those of CoNLL-U: words in the second, tags in the fourth"] if numbered else []
        return 1, 3
    tokens = 0
    if numbered:
        tokens = next((index for index in range(1, width - 1) if not _is_of_numbers(sentences, index)), 1)
    elif width == 2 and _is_of_spans(sentences, 0) and not _is_of_spans(sentences, 1):
        tokens = 1
    token_name, tag_name = find_word_columns(names)
    tokens = tokens if token_name is None else names.index(token_name)
    if tag_name is None or names.index(tag_name) == tokens:
        tags = _tags_by_content(sentences, names, width, tokens, notes)
    else:
        tags = names.index(tag_name)
    if numbered and tokens:
        notes.append(f"the first column holds numbers: the words are in column {tokens + 1} (see --token-field)")
    elif tags < tokens:
        notes.append("the tags are in the first column, the words in the second (see --token-field)")
    return tokens, tags


def _tags_by_content(sentences: Sentences, names: Sequence[str], width: int, tokens: int, notes: list[str]) -> int:
    """The last column, unless it holds remarks alone and another holds tags."""
    others = [index for index in range(width) if index != tokens]
    spans = [index for index in others if _is_of_spans(sentences, index)]
    tags = others[-1]
    if width > 2 and _is_of_remarks(sentences, tags):
        useful = [index for index in others if not _is_of_remarks(sentences, index)]
        tags = spans[0] if spans else useful[-1] if useful else tags
    alike = {index for index in others if index in spans or _is_outside(sentences, index)}
    if (spans and len(alike) > 1) or tags != others[-1]:
        shown = [names[index] if names else str(index + 1) for index in sorted({*alike, tags})]
        which = f"columns {', '.join(shown)} look like tags" if len(shown) > 1 else "the last column holds no tags"
        chosen = names[tags] if names else f"column {tags + 1}"
        notes.append(f"{which}: without --tag-field, they are those of {chosen}")
    return tags


def _is_of_numbers(sentences: Sentences, index: int) -> bool:
    return all(_NUMBER.fullmatch(cells[index]) for sentence in sentences for cells in sentence)


def _is_of_spans(sentences: Sentences, index: int) -> bool:
    return is_span_scheme({cells[index] for sentence in sentences for cells in sentence} - {_NOTHING})


def _is_outside(sentences: Sentences, index: int) -> bool:
    """Whether a column has no spans, but could have."""
    return {cells[index] for sentence in sentences for cells in sentence} == {OUTSIDE}


def _is_of_remarks(sentences: Sentences, index: int) -> bool:
    """Whether a column is empty, or marks spaces and ends alone."""
    cells = {cells[index] for sentence in sentences for cells in sentence}
    return all(_REMARK.fullmatch(remark) for cell in cells for remark in cell.split("|"))
