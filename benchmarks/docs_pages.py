"""Pages of the documentation, with their code blocks and commands, for the tests and `benchmarks/docs.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
STARTS = ("nlprnn ", "python recipes/", "python benchmarks/", "python -m benchmarks", "pip ", "torchrun ")
"""Beginnings of commands."""

SLOW = ('"runs/', ".train(", "explain(classifier", "mlflow")
"""Words of Python blocks that need a training or a package of others; the tests compile them and run their imports."""

_FENCE = re.compile(r"^(?P<mark>```+|:::+)(?P<language>[\w{}-]*)[^\n]*\n(?P<code>.*?)^(?P=mark)$", re.M | re.S)
_INLINE = re.compile(
    r"`((?:nlprnn|python recipes/|python benchmarks/|python -m benchmarks|pip|torchrun) ?[^`\n]*(?:\n[^`\n]+)?)`"
)
_PIPES = re.compile(r"&&|\|(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")


class Block(NamedTuple):
    """A code block, its language as written, "" for commands."""

    language: str
    code: str


class Page(NamedTuple):
    """A page: its path from the root of the repository, its text, and the text without code blocks."""

    name: str
    text: str
    prose: str
    blocks: tuple[Block, ...]

    @property
    def python(self) -> list[str]:
        """Return the Python blocks, in order."""
        return [block.code for block in self.blocks if block.language == "python"]

    @property
    def commands(self) -> list[str]:
        """Return each command of a block or in backquotes once, split at `&&` and `|`, without the prompt `$`."""
        lines = [line for block in self.blocks if block.language in ("", "console") for line in block.code.splitlines()]
        lines += [" ".join(line.split("\n")) for line in _INLINE.findall(self.prose)]
        pieces = [piece.strip() for line in lines for piece in _PIPES.split(line.removeprefix("$ "))]
        return list(dict.fromkeys(piece for piece in pieces if piece.startswith(STARTS)))


class Command(NamedTuple):
    """A command of a page.

    Attributes:
        line: as on the page.
        prompted: it is after a prompt.
        printed: the lines under it.
    """

    line: str
    prompted: bool
    printed: tuple[str, ...]


def commands(page: Page) -> Iterator[Command]:
    """Yield the commands of the code blocks of a page."""
    for block in page.blocks:
        if block.language not in ("", "console"):
            continue
        lines = block.code.splitlines()
        prompted = any(line.startswith("$ ") for line in lines)
        for index, line in enumerate(lines):
            if prompted and line.startswith("$ "):
                end = next((i for i in range(index + 1, len(lines)) if lines[i].startswith("$ ")), len(lines))
                yield Command(line.removeprefix("$ "), True, tuple(lines[index + 1 : end]))
            elif not prompted and line.startswith((*STARTS, "python data/", "echo ", "git ", "curl ")):
                yield Command(line, False, ())


def is_slow(code: str) -> bool:
    """Report whether a Python block is left to `benchmarks/docs.py`."""
    return any(word in code for word in SLOW)


def read_page(path: Path) -> Page:
    """Return a page of Markdown."""
    text = path.read_text(encoding="utf-8")
    blocks = tuple(Block(match["language"], match["code"]) for match in _FENCE.finditer(text))
    return Page(path.relative_to(ROOT).as_posix(), text, _FENCE.sub("", text), blocks)


def pages() -> list[Page]:
    """Return the README and all pages of `docs/` but the generated API reference."""
    paths = sorted(path for path in (ROOT / "docs").rglob("*.md") if path.parent.name != "api")
    return [read_page(path) for path in (ROOT / "README.md", *paths)]
