"""Reading of a `tokenizer.json`, which may come from anybody: what could take endless time or memory is refused."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

import tokenizers

from nlprnn.errors import is_panic
from nlprnn.serialization.model_files import damaged, read_bytes

_MOST_GROWTH = 100
"""Characters that rules may make of one: one rule that doubles is common, forty of them fill any memory."""

_LONGEST_BEGIN = 100
"""Characters that a rule may put before each text."""

_LENGTHS = (*range(8, 32, 2), 40, 52, 68, 90, 128, 256)
"""Characters of the texts on which a pattern is tried: first steps that no exponential time can leap over."""

_MOST_SECONDS, _MOST_SECONDS_IN_ALL = 0.1, 1.5
"""Time for one such text, a hundred times what the patterns of nlprnn take, and for all, ten times."""

_UNITS = ("a", "1", " ", ".", "é", "a ", "ab", "a1")
_MOST_NAMED = 8


def read_tokenizer(path: Path, known_patterns: Container[str]) -> tokenizers.Tokenizer:
    """Read a tokenizer in the format of the library.

    Args:
        path: of `tokenizer.json`.
        known_patterns: regular expressions that take linear time; any other is tried.

    Raises:
        ModelError: the file is missing or damaged, or its rules would take endless time or memory.
    """
    content = read_bytes(path)
    try:
        tokenizer = tokenizers.Tokenizer.from_buffer(content)
        _check(tokenizer, json.loads(content), known_patterns)
    except BaseException as error:  # of the library too, whose own is no Exception
        if isinstance(error, Exception) or is_panic(error):
            raise damaged(path, str(error)) from None
        raise
    return tokenizer


def _check(tokenizer: tokenizers.Tokenizer, content: dict[str, Any], known_patterns: Container[str]) -> None:
    """Raise ValueError for a tokenizer that fails or takes endless time or memory."""
    if content.get("truncation") or content.get("padding"):
        raise ValueError("it pads or truncates texts")
    if sorted(tokenizer.get_vocab().values()) != list(range(tokenizer.get_vocab_size())):
        raise ValueError("its ids are not those from 0 to the size of the vocabulary")
    rules = list(_rules({name: content.get(name) for name in ("normalizer", "pre_tokenizer", "decoder")}))
    growth = 1.0
    for rule in rules:
        growth *= _growth(rule)
    if growth > _MOST_GROWTH or any(len(rule.get("prepend") or "") > _LONGEST_BEGIN for rule in rules):
        raise ValueError("its rules make very long texts of short ones")
    patterns = {str(regex) for rule in rules if (regex := _regex(rule)) is not None}
    began = last = time.thread_time()
    for text in _trials({pattern for pattern in patterns if pattern not in known_patterns}):
        endless = f"a pattern of its rules takes endless time on texts such as {text[:8]!r}..."
        try:
            tokenizer.encode(text, add_special_tokens=False)
        except BaseException as error:
            if is_panic(error) and "retry-limit" in str(error):
                raise ValueError(endless) from None
            raise
        now = time.thread_time()
        if now - last > _MOST_SECONDS or now - began > _MOST_SECONDS_IN_ALL:
            raise ValueError(endless)
        last = now


def _rules(value: Any) -> Iterator[dict[str, Any]]:
    """Yield each object in a value, at any depth."""
    if isinstance(value, dict):
        yield value
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in items:
        yield from _rules(item)


def _growth(rule: dict[str, Any]) -> float:
    """Return the most characters that a rule makes of one."""
    if rule.get("type") != "Replace":
        return 1.0
    length, replaced = len(rule["content"]), rule["pattern"].get("String")
    return max(1.0, length / len(replaced)) if replaced else 1.0 + length  # an expression may match between characters


def _regex(rule: dict[str, Any]) -> str | None:
    pattern = rule.get("pattern")
    return pattern.get("Regex") if isinstance(pattern, dict) else None


def _trials(patterns: set[str]) -> Iterator[str]:
    """Yield texts, for each pattern short ones first, that repeat what it names; without patterns, one text."""
    yield "a é1.\U000e0001"
    for pattern in sorted(patterns):
        named = Counter(re.findall(r"[^\W\d_]{1,8}|[^\w\s]", pattern))
        units = [*_UNITS, *(word for word, _ in named.most_common(_MOST_NAMED))]
        # A pattern that needs a sign somewhere fails early without it, and late where it comes on the next line.
        endings = ("", "!", "\n" + "".join(named))
        for length in _LENGTHS:
            for unit in units:
                yield from ((unit * length)[:length] + ending for ending in endings)
