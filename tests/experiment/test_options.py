"""Options written once: the dataclass, its checks, its command line and its plain form agree."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.errors import OptionError
from nlprnn.experiment.options import Options, click_options, option, option_fields
from nlprnn.friendly_command import FriendlyCommand


@dataclass(frozen=True, kw_only=True)
class BaseOptions(Options):
    section = "Base"

    size: int = option(4, min=1, help="Size of a thing.")
    rate: float | None = option(None, above=0, auto="0.1", help="Rate of a thing.")


@dataclass(frozen=True, kw_only=True)
class ThingOptions(BaseOptions):
    section = "Thing"

    size: int = option(8, min=2, help="Size of this thing.")
    cell: Literal["lstm", "gru"] = option("lstm", help="Recurrent cell.")
    dropout: float = option(0.5, min=0, below=1, help="Dropout probability.")
    crf: bool = option(True, help="CRF.")
    quick: bool = option(False, help="Speed.")
    vectors: Path | None = option(None, help="Vectors.")
    more: tuple[str, ...] = option((), help="Further files; repeatable.")


def parse(*arguments: str) -> ThingOptions:
    parsed: list[ThingOptions] = []
    command = click.Command(
        "thing", params=click_options(ThingOptions), callback=lambda **values: parsed.append(ThingOptions(**values))
    )
    result = CliRunner().invoke(command, list(arguments))
    assert result.exit_code == 0, result.output
    return parsed[0]


def test_defaults_of_class_and_command_line_are_equal():
    assert parse() == ThingOptions()


def test_command_line_gives_the_types_of_the_class():
    given_options = parse("--size", "3", "--no-crf", "--quick", "--vectors", "v.txt", "--more", "a", "--more", "b")
    assert given_options == ThingOptions(size=3, crf=False, quick=True, vectors=Path("v.txt"), more=("a", "b"))


def test_subclass_default_keeps_section_and_order():
    fields = {field.name: field for field in option_fields(ThingOptions)}
    assert list(fields)[:2] == ["size", "rate"]
    assert (fields["size"].default, fields["size"].section, fields["cell"].section) == (8, "Base", "Thing")


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "size": st.integers(2, 10**6),
            "rate": st.none() | st.floats(1e-9, 1e9),
            "cell": st.sampled_from(["lstm", "gru"]),
            "dropout": st.floats(0, 0.99),
            "crf": st.booleans(),
            "vectors": st.none() | st.sampled_from([Path("a/b"), Path("c.txt")]),
            "more": st.lists(st.text(max_size=5)).map(tuple),
        },
    )
)
def test_plain_form_reads_back_through_json(values: dict[str, Any]):
    options = ThingOptions(**values)
    assert ThingOptions.from_mapping(json.loads(json.dumps(options.to_mapping()))) == options


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"size": 1}, ["size", "at least 2", "got 1"]),
        ({"dropout": 1.0}, ["dropout", "at least 0 and below 1"]),
        ({"rate": 0}, ["rate", "above 0"]),
        ({"rate": float("nan")}, ["rate", "finite"]),
        ({"size": 2.5}, ["size", "whole number", "2.5"]),
        ({"size": True}, ["size", "whole number"]),
        ({"size": 10**24}, ["size", "at least 2 and at most 1000000000", "got 1e+24"]),
        ({"size": 10**400}, ["size", "at most 1000000000", "many digits"]),
        ({"rate": 10**400}, ["rate", "finite"]),
        ({"crf": 1}, ["crf", "true or false"]),
        ({"cell": "lsmt"}, ["cell", "lstm, gru", "'lsmt'"]),
        ({"more": "a"}, ["more", "list"]),
        ({"vectors": 3}, ["vectors", "path"]),
        ({"siez": 3}, ["siez", "did you mean size?"]),
        ({"zzz": 3}, ["zzz", "dropout"]),
    ],
)
def test_a_wrong_value_names_option_and_mend(values: dict[str, Any], words: list[str]):
    with pytest.raises(OptionError) as caught:
        ThingOptions.from_mapping(values)
    for word in words:
        assert word in str(caught.value)


def test_hyphens_and_underscores_name_the_same_option():
    @dataclass(frozen=True, kw_only=True)
    class LongOptions(Options):
        hidden_size: int = option(1, help="Hidden size.")

    assert LongOptions.from_mapping({"hidden-size": 3}) == LongOptions(hidden_size=3)


def test_field_without_help_or_of_unknown_type_is_refused():
    @dataclass(frozen=True, kw_only=True)
    class Bare(Options):
        size: int = 3

    @dataclass(frozen=True, kw_only=True)
    class Odd(Options):
        size: complex = option(1j, help="A number.")

    for cls in (Bare, Odd):
        with pytest.raises(TypeError, match="size"):
            option_fields(cls)


def test_help_shows_defaults_and_ranges():
    command = click.Command("x", params=click_options(ThingOptions), context_settings={"show_default": True})
    text = " ".join(CliRunner().invoke(command, ["--help"]).output.split())
    for words in ("[default: 8; x>=2]", "[default: 0.1]", "[default: crf]", "--cell [lstm|gru]", "0<=x<1"):
        assert words in text


def test_large_number_on_the_command_line():
    command = FriendlyCommand("thing", params=click_options(ThingOptions), callback=lambda **values: None)
    result = CliRunner().invoke(command, ["--size", str(10**24)])
    assert result.exit_code == 2
    assert "--size" in result.stderr
    assert "above 1,000,000,000" in result.stderr
    assert CliRunner().invoke(command, ["--size", str(10**9)]).exit_code == 0
