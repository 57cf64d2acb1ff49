"""Options written once: a frozen dataclass whose fields hold default, type, range and help text.

The command line, the Python call, settings files and `run.json` all come from the dataclass:

    @dataclass(frozen=True, kw_only=True)
    class TaggingOptions(Options):
        hidden_size: int = option(100, min=1, help="Hidden size of a recurrent layer, in each direction.")
        cell: Literal["lstm", "gru", "rnn"] = option("lstm", help="Recurrent cell.")
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import types
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, get_args, get_origin

import click

from nlprnn.errors import OptionError
from nlprnn.experiment.search_range import SearchRange
from nlprnn.friendly_command import LARGEST_NUMBER, RenamedOption

_LARGEST_FLOAT = 10**300
"""Whole number that is one of floating point, too."""

FROM_DATA = "auto"
"""What `--help` shows as the default of an option that a plan chooses from the data."""


def option(
    default: Any,
    *,
    help: str,
    min: float | None = None,
    max: float | None = None,
    above: float | None = None,
    below: float | None = None,
    choices: Iterable[str] | None = None,
    auto: str | None = None,
    free: bool = False,
    length: bool = False,
    formerly: str | None = None,
    tune: SearchRange | None = None,
) -> Any:
    """Declare one option as the field of an `Options` dataclass.

    Args:
        default: its value if it is not given.
        help: one sentence for `--help`, the noun of the option first.
        min: least value.
        max: greatest value.
        above: greatest value that is too small.
        below: least value that is too large.
        choices: the values allowed, where the type is not a `Literal` of them.
        auto: for a default of None, what is taken instead, for `--help`.
        free: a run that is resumed may change it, as it does not change what is learnt.
        length: it limits the length of a training; a run that is resumed may change it.
        formerly: its former spelling on the command line, which is still accepted.
        tune: values that `nlprnn tune` may try; None = it never changes the option.
    """
    meta: dict[str, Any] = {"help": help, "min": min, "max": max, "above": above, "below": below, "auto": auto}
    meta |= {"choices": None if choices is None else tuple(choices), "free": free or length, "length": length}
    meta |= {"formerly": formerly, "tune": tune}
    return dataclasses.field(default=default, metadata=meta)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """Base of all options. Values are checked when an instance is made.

    Raises:
        OptionError: a value is of the wrong type or out of range; names the option and what it takes.
    """

    section: ClassVar[str] = "Options"
    """The heading of a class's options in `--help`."""

    absent: ClassVar[Mapping[str, str]] = {}
    """Options that other recipes have and this one has not -> why, and what to do."""

    def __post_init__(self) -> None:
        for field in option_fields(type(self)):
            object.__setattr__(self, field.name, field.checked(getattr(self, field.name)))

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Build options from plain values, such as those of `run.json` or a settings file.

        Args:
            values: name of an option, with hyphens or underscores -> its value; the others keep their defaults.

        Raises:
            OptionError: an option is unknown (the nearest one is named), or a value does not fit.
        """
        known = {field.name for field in dataclasses.fields(cls)}
        named = {name.replace("-", "_"): value for name, value in values.items()}
        for name in named:
            if name in cls.absent:
                raise OptionError(f"there is no {name} here: {cls.absent[name]}")
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}"
                raise OptionError(f"unknown option {name}: {hint}")
        return cls(**named)

    def to_mapping(self) -> dict[str, Any]:
        """Return all options as JSON can hold them; `from_mapping` reads them back."""
        return {field.name: plain(getattr(self, field.name)) for field in dataclasses.fields(self)}


def plain(value: Any) -> Any:
    """Return the value of an option as JSON can hold it: a path as text, a tuple as a list."""
    return str(value) if isinstance(value, Path) else list(value) if isinstance(value, tuple) else value


@dataclasses.dataclass(frozen=True)
class OptionField:
    """One option of a dataclass: its name, default, section of the help, resolved type, and what `option` was given."""

    name: str
    default: Any
    section: str
    kind: type
    optional: bool
    repeated: bool
    choices: tuple[str, ...] | None
    meta: Mapping[str, Any]

    @property
    def flag(self) -> str:
        """Its spelling on the command line."""
        return "--" + self.name.replace("_", "-")

    def checked(self, value: Any) -> Any:
        """Return a value as the type of the option.

        Raises:
            OptionError: it is of another type, out of range, or none of the choices.
        """
        if value is None and self.optional:
            return None
        if self.repeated:
            if isinstance(value, str) or not isinstance(value, Iterable):
                raise OptionError(f"{self.name} is a list of texts, got {value!r}")
            return tuple(self._checked_one(item) for item in value)
        return self._checked_one(value)

    def _checked_one(self, value: Any) -> Any:
        if self.choices is not None:
            if value not in self.choices:
                raise OptionError(f"{self.name} is one of {', '.join(self.choices)}, got {value!r}")
            return value
        if self.kind is Path and isinstance(value, str | Path):
            return Path(value)
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value) if abs(value) < _LARGEST_FLOAT else math.inf
        if not isinstance(value, self.kind) or (isinstance(value, bool) and self.kind is not bool):
            raise OptionError(f"{self.name} is {_ARTICLES[self.kind]}, got {value!r}")
        if isinstance(value, int | float) and not isinstance(value, bool):
            self._check_range(value)
        return value

    def _check_range(self, value: float) -> None:
        if isinstance(value, float) and not math.isfinite(value):
            raise OptionError(f"{self.name} must be a finite number, got {value}")
        bounds = {
            "at least {}": (self.meta["min"], lambda limit: value >= limit),
            "above {}": (self.meta["above"], lambda limit: value > limit),
            "at most {}": (self._most, lambda limit: value <= limit),
            "below {}": (self.meta["below"], lambda limit: value < limit),
        }
        limits = {phrase.format(limit): fits(limit) for phrase, (limit, fits) in bounds.items() if limit is not None}
        if not all(limits.values()):
            raise OptionError(f"{self.name} must be {' and '.join(limits)}, got {_shown(value)}")

    @property
    def _most(self) -> float | None:
        """Its greatest value, or that of all whole numbers where it has no limit."""
        has_limit = (self.meta["max"], self.meta["below"]) != (None, None)
        return self.meta["max"] if has_limit or self.kind is not int else LARGEST_NUMBER

    def click_option(self) -> click.Option:
        """Return the option for the command line."""
        meta = self.meta
        negatable = self.default is True or self.optional
        names = [f"{self.flag}/--no-{self.flag[2:]}" if self.kind is bool and negatable else self.flag, self.name]
        help_text = meta["help"] + (f"  [default: {meta['auto']}]" if meta["auto"] else "")
        if self.kind is bool:
            return click.Option(names, is_flag=True, default=self.default, help=help_text)
        return RenamedOption(
            names,
            type=self._click_type(),
            default=self.default,
            multiple=self.repeated,
            help=help_text,
            formerly=meta["formerly"],
        )

    def _click_type(self) -> click.ParamType[Any] | type:
        meta = self.meta
        if self.choices is not None:
            return click.Choice(self.choices)
        if self.kind is Path:
            return click.Path(path_type=Path)
        low = meta["above"] if meta["min"] is None else meta["min"]
        high = meta["below"] if meta["max"] is None else meta["max"]
        open_ends = {"min_open": meta["above"] is not None, "max_open": meta["below"] is not None}
        if self.kind is int and (low, high) != (None, None):
            return click.IntRange(low, high, **open_ends)
        if self.kind is float and (low, high) != (None, None):
            return click.FloatRange(low, high, **open_ends)
        return self.kind


_FIELDS: dict[type[Options], tuple[OptionField, ...]] = {}
"""Class -> its options: they are resolved once."""

_ARTICLES = {int: "a whole number", float: "a number", bool: "true or false", str: "a text", Path: "a path"}


def _shown(value: float) -> str:
    """Return a number for a message, which may be a whole one beyond all floats."""
    return f"{value:g}" if abs(value) < _LARGEST_FLOAT else "a number with many digits"


def option_fields(cls: type[Options]) -> tuple[OptionField, ...]:
    """Return the options of a dataclass in their order, a base class's first.

    Raises:
        TypeError: a field was not made by `option`, or has a type that no option can have.
    """
    if cls in _FIELDS:
        return _FIELDS[cls]
    hints = typing.get_type_hints(cls)
    sections = {name: base.section for base in cls.__mro__ if issubclass(base, Options) for name in _declared(base)}
    fields = dataclasses.fields(cls)
    _FIELDS[cls] = tuple(_resolved(field, hints[field.name], sections[field.name]) for field in fields)
    return _FIELDS[cls]


def _declared(cls: type[Options]) -> Iterable[str]:
    """Names that a class annotates itself; of a default that a subclass changes, the base's section stays."""
    return vars(cls).get("__annotations__", {})


def _resolved(field: dataclasses.Field[Any], hint: Any, section: str) -> OptionField:
    if "help" not in field.metadata:
        raise TypeError(f"{field.name} needs a help text: declare it with option(default, help=...)")
    optional = get_origin(hint) in (types.UnionType, typing.Union) and type(None) in get_args(hint)
    if optional:
        hint = next(argument for argument in get_args(hint) if argument is not type(None))
    repeated = get_origin(hint) is tuple
    if repeated:
        hint = get_args(hint)[0]
    choices = get_args(hint) if get_origin(hint) is Literal else field.metadata["choices"]
    kind = str if choices is not None else hint
    if kind not in _ARTICLES:
        raise TypeError(f"{field.name} is a {hint}: an option is an int, float, bool, str, Path, Literal or a tuple")
    return OptionField(field.name, field.default, section, kind, optional, repeated, choices, field.metadata)


def click_options(cls: type[Options]) -> list[click.Parameter]:
    """Return the command-line options of a dataclass, one a field."""
    return [field.click_option() for field in option_fields(cls)]
