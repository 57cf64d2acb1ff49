"""Errors, warnings and output of a command."""

from __future__ import annotations

import errno
import io
import logging
import sys
import warnings

import click
import pytest
from click.testing import CliRunner

from nlprnn.errors import DataError, TrainingError
from nlprnn.friendly_command import INTERRUPTED, FriendlyCommand, RenamedOption


@pytest.fixture
def run(monkeypatch):
    """Run a function as a command; return click's result."""
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)  # restored in the end

    def call(function, *arguments):
        parameters = [click.Option(["--number"], type=float), click.Argument(["texts"], nargs=-1)]
        command = FriendlyCommand("command", callback=lambda number, texts: function(), params=parameters)
        return CliRunner().invoke(command, arguments)

    return call


def raising(error):
    def function():
        print("some output")
        raise error

    return function


class PanicException(BaseException):
    """The error of libraries in Rust."""


class Terminal(io.TextIOWrapper):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "shown"), [(io.TextIOWrapper, "Hallo, طفل".encode()), (Terminal, b"Hallo, ???")])
def test_output_of_any_script(monkeypatch, stream, shown):
    @click.command(cls=FriendlyCommand)
    def say():
        click.echo("Hallo, طفل")

    out = stream(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", out)
    say.main([], standalone_mode=False)
    out.flush()
    assert out.buffer.getvalue().strip() == shown


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (DataError("a.csv is empty"), "a.csv is empty"),
        (TrainingError("the loss is NaN"), "the loss is NaN"),
        (OSError("no stream"), "no stream"),
        (OSError(errno.ENOSPC, "No space left on device", "a.txt"), "the disk is full at a.txt: make room"),
        (PermissionError(errno.EACCES, "Permission denied", "a.txt"), "no permission to read or write at a.txt"),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "a"), "Is a directory at a"),
        (MemoryError(), "there is not enough memory"),
        (PanicException("Regex search error"), "a library cannot go on (Regex search error)"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "there is not enough memory"),
    ],
)
def test_expected_error_is_one_sentence(run, error, message):
    result = run(raising(error))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {message}")
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == "some output\n"


@pytest.mark.parametrize("error", [RuntimeError("shapes differ"), ValueError("negative"), KeyError("x")])
def test_fault_of_the_program_is_raised(run, error):
    assert run(raising(error)).exception is error


def test_interruption_has_the_exit_code_of_shells(run):
    result = run(raising(KeyboardInterrupt()))
    assert result.exit_code == INTERRUPTED
    assert "Stopped." in result.stderr


@pytest.mark.parametrize("arguments", [["--number", "nan"], ["--number", "inf"], ["good", "caf\udce9"]])
def test_values_that_are_not_finite_or_not_utf8_are_rejected(run, arguments):
    result = run(raising(AssertionError()), *arguments)
    assert result.exit_code == 2
    assert ("--number" if "--number" in arguments else "TEXTS") in result.stderr


def test_log_and_warnings_are_shown_once(run):
    def function(number):
        logging.getLogger("nlprnn.data.load").info("a.csv: %d texts", 4)
        logging.getLogger("nlprnn.data.load").warning("2 rows are empty")
        logging.getLogger("other.library").info("not shown")
        warnings.warn(f"slow {number}", stacklevel=1)

    for number in range(2):
        shown = run(lambda number=number: function(number)).stderr.splitlines()
        assert shown == ["a.csv: 4 texts", "Warning: 2 rows are empty", f"Warning: slow {number}"]


@pytest.mark.parametrize("arguments", [["--layers", "3"], ["--layers=3"], ["--num-layers", "3"]])
def test_former_spelling_is_accepted_and_reported(arguments):
    values = []
    option = RenamedOption(["--num-layers"], type=int, formerly="--layers")
    command = FriendlyCommand("command", callback=lambda num_layers: values.append(num_layers), params=[option])
    result = CliRunner().invoke(command, arguments)
    assert (result.exit_code, values) == (0, [3])
    assert ("--layers is now --num-layers" in result.stderr) == (arguments[0] != "--num-layers")
    assert "--layers" not in CliRunner().invoke(command, ["--help"]).stdout.replace("--num-layers", "")


def test_former_spelling_after_the_end_of_options_is_a_text(run):
    assert run(lambda: None, "--", "--layers").exit_code == 0


def test_long_sentence_keeps_the_fault_and_the_mend(run):
    result = run(raising(DataError(f"a.csv: no column {'x' * 100_000!r}; choose another with --text-field")))
    message = result.stderr.splitlines()[-1]
    assert len(message) < 1_000
    assert message.startswith("Error: a.csv: no column 'xxx")
    assert message.endswith("xxx'; choose another with --text-field")
