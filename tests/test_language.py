"""Language of docstrings, comments, messages, help texts and names; `docs/style.md` explains the rules.

Run as a script, it prints the offences of files and folders: `python tests/test_language.py nlprnn/modules recipes`.
"""

from __future__ import annotations

import ast
import re
import runpy
import sys
import tokenize
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import click
import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(
    path
    for folder in ("nlprnn", "recipes", "benchmarks", "data")
    for path in (ROOT / folder).rglob("*.py")
    if not {"_recipes", "_data"} & set(path.relative_to(ROOT).parts)
)
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
MAX_TEST_NAME = 70

PROSE = {
    r"likeliest": "most likely",
    r"likelier": "more likely",
    r"dearest|dearer": "(most) expensive",
    r"(?:weights? )?of now": "current",
    r"so (?:many|much)(?! (?:more|less|faster|slower|that|as))(?![^.;:]* that\b)": "at most N, this many, a number of",
    r"told|tells": "report, print, warn, message, describe",
    r"says|said(?! to)": "predict, print, report, state",
    r"laid out": "arranged, stored, prepared",
    r"looked up": "indexed, cached, retrieved",
    r"spelled": "as characters, character-level",
    r"anew": "again",
    r"sub-words?": "subword",
    r"stands? (?:in|on|beside|besides|behind|before|there|together|still|apart|at|where|wherever|twice|alone)": (
        "is, occurs, precedes, follows, stays constant"
    ),
    r"standing": "state, position",
    r"speaks? for": "is evidence for, predicts",
    r"alike": "both, equally",
    r"whatever": "any, regardless of",
    r"(?<!all )(?<!many )(?<!several )(?<!both )at once": "immediately, in one call, in parallel, simultaneously",
    r"(?:is|are|was|were|be|been|what|that) asked(?: for)?|asked for": "requested",
    r"(?:an|the|of|are|is) own(?! )|(?:an|the) own": "custom, its own, user-defined",
    r"cut (?:off|to|after|at|behind|short)|(?:is|are|was|were|be) cut": "truncate, split, clip",
    r"(?:train|training|test|validation|held-out|data) parts?": "split",
    r"parts? of the (?:data|data set|source|table)": "split",
    r"judge[sd]?": "evaluate, score",
    r"goes? on|going on": "continue, resume",
}
"""Pattern of words that no docstring, comment or message uses -> what to write instead."""

FIRST_LINE = {
    r"(?<!\w's )(?<!its )(?<!their )(?<!your )own": "name what it belongs to",
    r"(?<!not )(?<!be )found": "detected, matched, read",
    r"parts?(?! of speech)(?!-of-speech)": "split, module, segment",
    r"stands?": "is, occurs",
    r"says?": "predict, print, report",
    r"tells?": "report, return, describe",
    r"readers?": "model, parser",
    r"joined": "concatenated, merged",
    r"cuts?": "truncate, split",
    r"[^`]*(?<!`) -> (?!`).*": "a noun phrase for what the thing is, or an imperative sentence",
}
"""Pattern of words that are no noun of the field -> what to write instead; for first lines and help texts."""

NAMES = {
    "told": "message",
    "tells": "message, is_...",
    "said": "predicted, message",
    "own": "say whose",
    "found": "matched, detected, predicted",
    "spelled": "characters, word_chars",
    "spell": "encode_chars",
    "standing": "state",
    "part": "split, module, segment, chunk",
    "parts": "splits, modules, segments, pieces",
    "reader": "model, parser",
    "readers": "models, parsers",
    "joined": "concatenated, merged",
    "nats": "nll, mean_nll",
    "likeliest": "best, top",
    "dearest": "most_expensive",
    "judge": "compute_metrics",
    "looked": "cached",
    "fed": "input_feed",
}
"""Word that no name of a variable, function, class or argument contains -> what to write instead."""

WHOLE_NAMES = {
    "there": "present",
    "given": "say what: options, targets",
    "wanted": "target, expected, required",
    "places": "indices, positions, offsets",
    "begins": "start, offsets",
    "alone": "name what is left out",
    "cut": "truncated, truncate",
    "give": "o (gate) or say what",
    "exit_": "o",
    "asked": "requested",
    "mine": "local, rank_state",
    "theirs": "say whose",
    "who": "say what",
}
"""Name that no variable, function, class or argument has -> what to write instead."""

ALLOWED_NAMES = re.compile(r"not_?found|part_of_speech|csv_reader|_reader_?lock", re.IGNORECASE)
"""Names of other libraries or of the field that contain a word of `NAMES`."""

INDEFINITE = re.compile(
    r"^\s+\*{0,2}\w+(?:, \*{0,2}\w+)*: (?:the same|likewise|as (?:for|in|of|above|there))\b[^.;:]*\.", re.IGNORECASE
)
"""The description of an argument that consists of a reference to another one."""


class Offence(NamedTuple):
    """A word to replace, and where it is."""

    path: Path
    line: int
    words: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.words!r}: write {self.instead}"


def _compiled(rules: dict[str, str]) -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE), instead) for pattern, instead in rules.items()
    ]


_PROSE, _FIRST_LINE = _compiled(PROSE), _compiled(FIRST_LINE)


def prose_offences(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line offset, words and replacement of each forbidden expression of a text; quotations in `...` are code."""
    words = list(re.finditer(r"\S+", re.sub(r"`[^`\n]*`", lambda code: "_" * len(code[0]), text)))
    flat = " ".join(word[0] for word in words)
    starts = list(accumulate((len(word[0]) + 1 for word in words), initial=0))
    for pattern, instead in _PROSE:
        for match in pattern.finditer(flat):
            word = words[bisect_right(starts, match.start()) - 1]
            yield text.count("\n", 0, word.start()), match[0], instead


def first_line_offences(line: str) -> Iterator[tuple[str, str]]:
    """Yield words and replacement of what the first line of a docstring or a help text must not contain."""
    for pattern, instead in _FIRST_LINE:
        for match in pattern.finditer(re.sub(r"`[^`]*`", "``", line)):
            yield match[0], instead


def name_offence(name: str) -> str | None:
    """Return what to call a variable, function, class or argument instead; None where its name is fine."""
    if ALLOWED_NAMES.search(name):
        return None
    words = re.findall(r"[a-z]+|[A-Z][a-z]*", name)
    by_word = next((NAMES[word.lower()] for word in words if word.lower() in NAMES), None)
    return by_word or WHOLE_NAMES.get(name.strip("_")) or WHOLE_NAMES.get(name)


def _literal(node: ast.AST) -> str | None:
    """Return the text of a string literal, the values of an f-string as `{}`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(piece.value) if isinstance(piece, ast.Constant) else "{}" for piece in node.values)
    return None


def _names(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield (node.id if isinstance(node, ast.Name) else node.attr), node.lineno
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname, node.lineno


def offences(path: Path, *, strings: bool = True) -> list[Offence]:
    """Return every offence of a Python file, in the order of its lines.

    Args:
        path: the file.
        strings: check string literals too, beside docstrings; False for files whose strings are data.
    """
    source = path.read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(source)))
    bad: set[Offence] = set()

    def prose(text: str, line: int) -> None:
        for offset, words, instead in prose_offences(text):
            bad.add(Offence(path, line + offset, words, instead))

    def first(text: str, line: int) -> None:
        for words, instead in first_line_offences(text):
            bad.add(Offence(path, line, words, instead))

    documents, inner = set(), set()
    for node in nodes:
        for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
            if not isinstance(body, list):
                continue
            for index, statement in enumerate(body):
                if isinstance(statement, ast.Expr) and (text := _literal(statement.value)) is not None:
                    documents.add(statement.value)
                    definition = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
                    prose(text, statement.lineno)
                    if definition and index == 0:
                        first(text.partition("\n")[0], statement.lineno)
                        for offset, line in enumerate(text.split("\n")):
                            if INDEFINITE.match(line) and line.rstrip().endswith("."):
                                bad.add(Offence(path, statement.lineno + offset, line.strip(), "what the argument is"))
        if isinstance(node, ast.JoinedStr):
            inner |= set(node.values)
        if isinstance(node, ast.keyword) and node.arg == "help" and (text := _literal(node.value)) is not None:
            first(text, node.value.lineno)
    for node in nodes:
        text = _literal(node) if strings and node not in documents and node not in inner else None
        if text and " " in text.strip():
            prose(text, node.lineno)
    for name, line in _names(nodes):
        if instead := name_offence(name):
            bad.add(Offence(path, line, name, f"{instead} (name)"))
    with tokenize.open(path) as file:
        comments = [
            (token.start[0], token.string)
            for token in tokenize.generate_tokens(file.readline)
            if token.type == tokenize.COMMENT
        ]
    for line, comment in comments:
        prose(comment, line)
    return sorted({(offence.line, offence.words): offence for offence in bad}.values(), key=lambda offence: offence[1:])


def names_of_tests(path: Path) -> list[Offence]:
    """Return the offences in the names of a file's tests, which have at most `MAX_TEST_NAME` characters."""
    return [
        Offence(path, node.lineno, node.name, name_offence(node.name) or f"at most {MAX_TEST_NAME} characters")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        if len(node.name) > MAX_TEST_NAME or name_offence(node.name)
    ]


def offences_in(path: Path) -> list[Offence]:
    """Return the offences of a Python file; of a test, those in the names of its functions."""
    if "tests" in path.parts:
        return names_of_tests(path)
    return offences(path, strings="grammars" not in path.parts)


def help_texts(command: click.Command, name: str) -> Iterator[tuple[str, str]]:
    """Yield the help texts of a command, its options and its subcommands, with their names."""
    yield name, (command.help or "").replace("\b\n", "")
    for parameter in command.params:
        yield f"{name} {parameter.opts[-1]}", getattr(parameter, "help", None) or ""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for subcommand in command.list_commands(context):
            yield from help_texts(command.get_command(context, subcommand), f"{name} {subcommand}")


def recipe_names() -> list[str]:
    """Return the names of the recipes."""
    return sorted(path.stem for path in (ROOT / "recipes").glob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_code_uses_the_terms_of_the_field(path):
    matched = offences_in(path)
    assert not matched, "\n" + "\n".join(map(str, matched))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_names_of_tests_are_short_and_plain(path):
    matched = offences_in(path)
    assert not matched, "\n" + "\n".join(map(str, matched))


@pytest.mark.parametrize("name", ["nlprnn", *recipe_names()])
def test_help_uses_the_terms_of_the_field(name):
    if name == "nlprnn":
        from nlprnn.cli.main import main as command
    else:
        command = runpy.run_path(str(ROOT / "recipes" / f"{name}.py"))["main"]
    for place, text in help_texts(command, name):
        matched = [(words, instead) for _, words, instead in prose_offences(text)]
        matched += first_line_offences(text.partition("\n")[0])
        assert not matched, f"{place}: {matched}"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('"""Module."""\n\n\ndef f():\n    """Return the\n    weights of now."""', "weights of now"),
        ("x = 1  # the likeliest label", "likeliest"),
        ('raise ValueError(f"{x} is so many")', "so many"),
        ('"""(B, T) -> (B, H)."""', "(B, T) -> (B, H)."),
        ('def f(x):\n    """Return x.\n\n    Args:\n        x: the same.\n    """', "x: the same."),
        ("def f(told): ...", "told"),
        ("for own_weight in weights: ...", "own_weight"),
        ('option(help="Labels that are found.")', "found"),
    ],
)
def test_offences_are_detected(tmp_path, source, words):
    path = tmp_path / "module.py"
    path.write_text(source, encoding="utf-8")
    assert [offence.words for offence in offences(path)] == [words]


@pytest.mark.parametrize(
    "source",
    [
        '"""A file that is not found, and part-of-speech tags."""',
        "x = 1  # so many labels that it looks like text; its own state; `told` is code",
        "error = FileNotFoundError()",
        'print({"nats": 1.0})',
        '"""Return a mapping.\n\n`a -> b` in prose."""',
    ],
)
def test_plain_language_passes(tmp_path, source):
    path = tmp_path / "module.py"
    path.write_text(source, encoding="utf-8")
    assert not offences(path)


def main(roots: list[str]) -> int:
    """Print the offences of files and folders, and their number; return 1 where there are any."""
    paths = [Path(root) for root in roots] or [ROOT / "nlprnn", ROOT / "recipes"]
    files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*.py")))]
    every = [offence for file in files for offence in offences_in(file)]
    print(*every, f"{len(every)} offences", sep="\n")
    return int(bool(every))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
