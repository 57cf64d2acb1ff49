"""Lines of a file in columns that are no words: comments before sentences, and the marks between documents."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from nlprnn.data.formats.column_names import is_unlike
from nlprnn.tagging_schemes import are_prefixed

_DOCUMENT_MARKS = ("-DOCSTART-", "#begin document", "#end document")  # CoNLL-2003, OntoNotes


def is_document_mark(line: str) -> bool:
    """Whether a line begins or ends a document."""
    return line.startswith(_DOCUMENT_MARKS)


def find_comment(before: Sequence[Sequence[str]], sentences: int, tags: Collection[str]) -> str:
    """Return the first cell of the comments before sentences, as "#" of `# id 1`; "" where such lines are words.

    They are comments where most sentences have one, or where they hold keys (`domain=en`), or end in what is no tag: in
    several values that no word has, or in one of another form.

    A line of another number of cells than the words is a comment anyway; this is about those that have as many.

    Args:
        before: cells of the first line before each sentence that begins with "#", where one does.
        sentences: number of all sentences.
        tags: last cells of all other lines: a line that ends in one of them is a word.
    """
    starts, ends = {cells[0] for cells in before}, [cells[-1] for cells in before]
    # A word "#" may have a tag that no other word has.
    others = [end for end in ends if end not in tags and not (end[1:2] == "-" and are_prefixed([end]))]
    if len(starts) != 1 or len(others) * 2 <= len(before):
        return ""
    is_usual = len(before) > 1 and len(before) * 2 > sentences
    has_keys = all("=" in end for end in ends) and not any("=" in tag for tag in tags)
    (start,) = starts
    is_mark = not start.strip("#")  # "#metoo" may be a word with an odd tag
    numbered = all(map(str.isdecimal, others)) and not any(map(str.isdecimal, tags))
    # "SYM" among spans may be an odd tag, which is an error that names its line.
    unlike = numbered or all(is_unlike(end, tags) and not end.isupper() for end in others)
    has_no_tag = len(set(others)) > 1 or (is_mark and unlike)
    return start if is_usual or has_keys or has_no_tag else ""
