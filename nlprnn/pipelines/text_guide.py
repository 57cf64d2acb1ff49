"""Guide of a language model: what its training text holds, by which decoding neither invents words nor copies runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from nlprnn.decoding.bloom_filter import BloomFilter
from nlprnn.decoding.copied_runs import runs_of
from nlprnn.decoding.mention_rules import NO_RULES, Introduction, MentionRules
from nlprnn.errors import ModelError
from nlprnn.pipelines.stand_ins import StandIns
from nlprnn.serialization.atomic_files import write_json, write_weights
from nlprnn.serialization.model_files import damaged, missing, read_bytes, read_json

GUIDE_FILE = "guide.json"
RUNS_FILE = "guide.safetensors"
FORMAT_VERSION = 1

_FIRST_WORD = re.compile(r"(?:\A|[.!?…\n][\"“”'’»)\]]*\s+|[\"“„«]\s*)[\"“„'‘«(]*([^\W\d_]+)")
"""First word of a sentence or of a quotation."""


@dataclass(frozen=True, kw_only=True)
class TextGuide:
    """What decoding knows of the training text.

    Attributes:
        words: its words, runs of letters; with a capital only where they have one within a sentence.
        runs: its runs of words in lower case, from `runs_of`, without those that hold a stand-in.
        stand_ins: names for the stand-ins of the text; None = it has none.
        rules: of who may be mentioned.
    """

    words: tuple[str, ...]
    runs: BloomFilter
    stand_ins: StandIns | None = None
    rules: MentionRules = NO_RULES

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        *,
        names: Mapping[str, Sequence[str]] | None = None,
        rules: MentionRules = NO_RULES,
    ) -> TextGuide:
        """Return the guide of a training text.

        Args:
            texts: the documents.
            names: stand-in in the text -> names that readers see.
            rules: of who may be mentioned.
        """
        hidden = {name.lower() for name in names or ()}
        # Readers see no stand-ins, so that a run with one is none that they could find in the training text.
        runs = BloomFilter.of(run for text in texts for run in runs_of(text) if hidden.isdisjoint(run.split()))
        words = sorted(_words(texts).difference(names or ()))
        return cls(words=tuple(words), runs=runs, stand_ins=None if names is None else StandIns(names), rules=rules)

    def save(self, folder: Path) -> None:
        """Write the guide into a model folder, which exists."""
        content = {
            "format_version": FORMAT_VERSION,
            "words": " ".join(self.words),
            "stand_ins": _lines_of({} if self.stand_ins is None else self.stand_ins.names),
            "groups": list(map(" ".join, self.rules.groups)),
            "agreements": _lines_of(self.rules.agreements),
            "introductions": [
                {
                    "words": " ".join(rule.words),
                    "after": " ".join(rule.after),
                    "reach": rule.reach,
                    "confirmed_by": " ".join(rule.confirmed_by),
                    "contradicted_by": " ".join(rule.contradicted_by),
                }
                for rule in self.rules.introductions
            ],
        }
        write_json(folder / GUIDE_FILE, content)
        write_weights(folder / RUNS_FILE, {"runs": torch.from_numpy(self.runs.bits)})

    @classmethod
    def load(cls, folder: Path) -> TextGuide | None:
        """Read the guide of a model folder; None where it has none.

        Raises:
            ModelError: a file is damaged, or one of the two is missing.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load

        path, runs_path = folder / GUIDE_FILE, folder / RUNS_FILE
        if not path.exists():
            if runs_path.exists():
                raise missing(path)
            return None
        content = read_json(path)
        version = content.get("format_version")
        if isinstance(version, int) and version > FORMAT_VERSION:
            raise ModelError(f"{path} was written by a newer nlprnn (format {version}): upgrade nlprnn to read it")
        try:
            rules = MentionRules(
                groups=tuple(map(_split, content["groups"])),
                agreements=_split_each(content["agreements"]),
                introductions=tuple(
                    Introduction(
                        _split(rule["words"]),
                        _split(rule["after"]),
                        int(rule["reach"]),
                        tuple(rule["confirmed_by"].split()),
                        tuple(rule["contradicted_by"].split()),
                    )
                    for rule in content["introductions"]
                ),
            )
            words, names = _split(content["words"]), _split_each(content["stand_ins"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise damaged(path, f"it needs lists of words: {error}") from None
        try:
            runs = BloomFilter(load(read_bytes(runs_path))["runs"])
        except (SafetensorError, KeyError, ValueError) as error:
            raise damaged(runs_path, str(error)) from None
        return cls(words=words, runs=runs, stand_ins=StandIns(names) if names else None, rules=rules)


def _lines_of(lists: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {name: " ".join(words) for name, words in lists.items()}


def _split_each(lists: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {name: _split(words) for name, words in lists.items()}


def _split(words: str) -> tuple[str, ...]:
    """Return words that are separated by spaces, at least one."""
    separate = tuple(words.split())
    if not separate:
        raise ValueError("one is empty")
    return separate


def _words(texts: Iterable[str]) -> set[str]:
    """Return the words of texts; the first of a sentence in lower case where it is written so elsewhere."""
    within: set[str] = set()
    first: set[str] = set()
    for text in texts:
        starts = {match.start(1) for match in _FIRST_WORD.finditer(text)}
        for match in re.finditer(r"[^\W\d_]+", text):
            (first if match.start() in starts else within).add(match[0])
    return within | {word for word in first if word[0].lower() + word[1:] not in within}
