"""Roles of columns: text, label, tokens and so on; the columns of a table, and those that have a role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum


class Kind(Enum):
    """Kind of the values of a column; `CLASS` are integers with declared names, `ONE` lists with one item each."""

    TEXT = "text"
    NUMBER = "number"
    CLASS = "class"
    LIST = "list"
    ONE = "list of one"
    OTHER = "other"


_ALL = frozenset(Kind)
_SINGLE = frozenset({Kind.TEXT, Kind.NUMBER, Kind.CLASS})
_LABEL_KINDS = _SINGLE | {Kind.ONE}


@dataclass(frozen=True)
class Role:
    """Use of a column.

    Attributes:
        noun: name of its values in messages.
        option: command-line option that names its column.
        usual: tiers of usual column names: the first tier with a match decides, and it must match one column only.
        fits: kinds of column that may be named for it.
        guessed: kinds of column that are guessed by a usual name.
        last: kinds of column that are guessed if only one is left.
        cells: type of its values, of `nlprnn.data.cells`.
        several: whether several columns may be named, separated by commas: texts are then concatenated, and labels are
            the names of the columns with a true value.
    """

    noun: str
    option: str
    usual: tuple[frozenset[str], ...]
    fits: frozenset[Kind] = _ALL
    guessed: frozenset[Kind] = _SINGLE
    last: frozenset[Kind] = frozenset({Kind.TEXT})
    cells: str = "string"
    several: bool = False


def _tiers(*tiers: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(tier.split()) for tier in tiers)


_TEXT = _tiers(
    "text",
    "sentence content review body document article tweet comment message post",
    "headline title question query phrase description utterance",
)
_LABEL = _tiers(
    "label",
    "labels category class topic sentiment target rating intent",
    "class_index emotion polarity stars score genre",
)
_LABELS = _tiers("labels", "label categories topics tags classes genres aspects", "genre topic")
_NUMBER = _tiers("score number value", "label rating stars grade target points", "price year similarity")
_TAGS = _tiers("tags labels ner_tags ner entities", "pos_tags upos pos xpos chunk_tags")
_AUDIO = _tiers("audio waveform path file file_name filename", "wav recording clip sound speech")
_TRANSCRIPT = _tiers("transcript transcription text sentence normalized_text", "word words command label utterance")
LISTS = frozenset({Kind.LIST, Kind.ONE})
"""Kinds of a column of sentences."""

LABEL_NAME = "label_name"
"""Role of the column with the names of numeric labels: chosen along with the label's, and read in its place."""

ROLES: Mapping[str, Role] = {
    "text": Role("text", "--text-field", _TEXT, several=True),
    "label": Role("label", "--label-field", _LABEL, _LABEL_KINDS, _LABEL_KINDS, _LABEL_KINDS, cells="label"),
    "labels": Role("labels", "--label-field", _LABELS, guessed=_ALL, last=_ALL, cells="labels", several=True),
    "number": Role("number", "--label-field", _NUMBER, fits=_SINGLE, last=frozenset({Kind.NUMBER}), cells="float64"),
    "source": Role("source", "--source", _tiers("source", "src")),
    "target": Role("target", "--target", _tiers("target", "tgt trg")),
    "tokens": Role("words", "--token-field", _tiers("tokens", "words token word forms"), LISTS, LISTS, frozenset()),
    "tags": Role("tags", "--tag-field", _TAGS, LISTS, LISTS, LISTS),
    "audio": Role("sound", "--audio-field", _AUDIO, fits=_ALL, guessed=_ALL, last=frozenset()),
    "transcript": Role("transcript", "--text-field", _TRANSCRIPT, fits=_SINGLE, last=frozenset()),
    "speaker": Role("speaker", "--speaker-field", _tiers("speaker speaker_id client_id voice"), fits=_SINGLE),
    LABEL_NAME: Role("label name", "--label-field", (), cells="label"),
}
"""Known roles by name; `role_of` also returns any other."""

_ANSWERS = ("label", "labels", "number", "target")
_MOST_NAME, _MOST_LISTED = 40, 160  # characters


def counted(number: int, noun: str) -> str:
    """Return a number of things in words: "1 column", "3 columns"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def role_of(role: str) -> Role:
    """Return a role by name; an unknown one is a text in a column of that name."""
    return ROLES.get(role) or Role(role, f"--{role.replace('_', '-')}-field", _tiers(role))


def answer_of(roles: Iterable[str]) -> str | None:
    """Return the role among these that a model predicts; None without one."""
    return next((role for role in _ANSWERS if role in roles), None)


@dataclass(frozen=True)
class Column:
    """Column of a role, or several of a role that takes several.

    Attributes:
        names: of the columns.
        guessed: whether they were chosen without the user.
        note: why they were, where another choice was possible.
    """

    names: tuple[str, ...]
    guessed: bool = False
    note: str = ""

    def __str__(self) -> str:
        return ",".join(self.names)


Columns = Mapping[str, Column]
"""The column of each role."""


@dataclass(frozen=True)
class Schema:
    """Columns of a file or table, before any has a role.

    Attributes:
        origin: the file or dataset, for messages.
        kinds: column -> kind of its values, in the table's order; "outer.inner" is a column inside an object.
        noun: name of a column in messages.
        ordered: whether the first of two text columns is the source.
        numbered: whether columns have no names and are chosen by number: from 1, or from -1 backwards.
        usual: role -> column, if the format itself defines it.
        aliases: other names of columns, such as those of a header -> column.
        lengths: text column -> mean number of characters of its first values, 0 where they are no prose.
        hint: what messages that list the columns add.
    """

    origin: str
    kinds: Mapping[str, Kind]
    noun: str = "column"
    ordered: bool = True
    numbered: bool = False
    usual: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    lengths: Mapping[str, float] = field(default_factory=dict)
    hint: str = ""

    def find(self, name: str) -> str | None:
        """Return the column of this name, else the only "outer.name", else None."""
        nested = [column for column in self.kinds if column.rpartition(".")[2] == name]
        return name if name in self.kinds else nested[0] if len(nested) == 1 else None

    def without(self, name: str | None) -> Schema:
        """Return the schema without a column."""
        return replace(self, kinds={column: kind for column, kind in self.kinds.items() if column != name})

    def listed(self) -> str:
        """Return the columns, for messages; of many the first ones."""
        shown: list[str] = []
        for column in self.kinds:
            shown.append(column if len(column) <= _MOST_NAME else f"{column[:_MOST_NAME]}...")
            if len(", ".join(shown)) > _MOST_LISTED:
                break
        more = f" and {len(self.kinds) - len(shown):,} more" if len(shown) < len(self.kinds) else ""
        nouns = f"{self.noun}{'es' if self.noun.endswith('x') else 's'}"
        return f"{nouns}: {', '.join(shown) or 'none'}{more}{f'; {self.hint}' if self.hint else ''}"
