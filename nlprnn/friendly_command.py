"""Commands whose errors are one sentence and an exit code, never a traceback."""

from __future__ import annotations

import errno
import io
import logging
import math
import os
import re
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import click

from nlprnn.devices import limit_kernel_cache
from nlprnn.errors import NlprnnError, escape_controls_of_lines, is_panic

_SURROGATE = re.compile("[\ud800-\udfff]")
"""What Python decodes bytes to that are not UTF-8."""

LARGEST_NUMBER = 10**9
"""Greatest whole number that an option takes where it has no other limit: what it counts has to fit into memory."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as in shells."""


class RenamedOption(click.Option):
    """An option that still accepts its former spelling, which the help does not show.

    Args:
        param_decls: spellings and name of the option.
        formerly: the former spelling, with its hyphens; None = the option was never renamed.
        attributes: further arguments of `click.Option`.
    """

    def __init__(self, param_decls: Sequence[str], *, formerly: str | None = None, **attributes: Any) -> None:
        super().__init__(param_decls, **attributes)
        self.formerly = formerly


class FriendlyMain(click.Command):
    """A command whose help, too, may go to a full disk or to a program that has ended."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the command; where standard output cannot be written, end in one sentence."""
        try:
            return super().main(*args, **options)
        except OSError as error:  # of the help: all others are those of `FriendlyCommand.invoke`
            _drop_output()
            click.echo(f"Error: {error_message(_of_output(error))}", err=True)
            sys.exit(1)


class FriendlyCommand(FriendlyMain):
    """A command whose expected errors end in one sentence on standard error and exit code 1."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Replace former spellings of options by the current ones, and report it."""
        current = {p.formerly: p.opts[0] for p in self.params if isinstance(p, RenamedOption) and p.formerly}
        end = args.index("--") if "--" in args else len(args)
        for index, argument in enumerate(args[:end]):
            name, equals, value = argument.partition("=")
            if name in current:
                click.echo(f"{name} is now {current[name]}", err=True)
                args[index] = current[name] + equals + value
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn its expected errors into click's."""
        _show_warnings()
        _accept_any_text()
        limit_kernel_cache()
        self._check_values(ctx)
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            # The program that reads our output has ended, as `head` does: write no more, not even at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(1)
        except BaseException as error:
            if isinstance(error, OSError) and _drop_output():
                error = _of_output(error)
            message = error_message(error)
            if message is None:
                raise
            raise click.ClickException(escape_controls_of_lines(message)) from error

    def _check_values(self, ctx: click.Context) -> None:
        """Reject what click accepts: numbers that are not finite or very large, and text that is not UTF-8."""
        for parameter in self.params:
            value = ctx.params.get(parameter.name or "")
            if isinstance(value, float) and not math.isfinite(value):  # NaN lies in each of click's ranges
                raise click.BadParameter(f"{value} is not a finite number.", ctx, parameter)
            if type(value) is int and value > LARGEST_NUMBER and getattr(parameter.type, "max", None) is None:
                raise click.BadParameter(f"the number is above {LARGEST_NUMBER:,}.", ctx, parameter)
            texts = value if isinstance(value, tuple) else (value,)
            if any(isinstance(text, str) and _SURROGATE.search(text) for text in texts):
                raise click.BadParameter("the text is not UTF-8.", ctx, parameter)


def _drop_output() -> bool:
    """Return whether standard output cannot be written; then it takes no more, not even when Python ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return True
    return False


def _of_output(error: OSError) -> OSError:
    """Return the error with standard output as its place."""
    return OSError(error.errno, error.strerror, "standard output")


_LONGEST = 1000


def error_message(error: BaseException) -> str | None:
    """Return one sentence on an expected error; None for one that is a fault of the program."""
    if isinstance(error, NlprnnError):
        message = str(error)
        # The fault is first and the mend last; between them is a name of thousands of characters.
        return message if len(message) <= _LONGEST else f"{message[:700]} ... {message[-250:]}"
    if isinstance(error, OSError):
        place = f" at {error.filename}" if error.filename else ""
        if error.errno == errno.ENOSPC:
            return f"the disk is full{place}: make room and try again; no file is half written"
        if isinstance(error, PermissionError):
            return f"no permission to read or write{place}"
        return f"{error.strerror or error}{place}"
    # torch raises a RuntimeError where it runs out of memory, on a GPU too.
    no_memory = re.search("allocate memory|not enough memory|out of memory", str(error))
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and no_memory):
        return "there is not enough memory: smaller sizes or batches take less"
    if is_panic(error):
        reason = " ".join(str(error).split())[: _LONGEST // 2]
        return f"a library cannot go on ({reason}): check the input, and the tokenizer of the model"
    return None


def _accept_any_text() -> None:
    """Write standard output as UTF-8 into a pipe or file; replace what a terminal cannot show."""
    if not isinstance(sys.stdout, io.TextIOWrapper):
        return
    if sys.stdout.isatty():
        sys.stdout.reconfigure(errors="replace")
    else:
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # names of files may be any bytes


class _TerminalHandler(logging.Handler):
    """Log records as lines on standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        prefix = "Warning: " if record.levelno >= logging.WARNING else ""
        click.echo(prefix + escape_controls_of_lines(record.getMessage()), err=True)


def _show_warnings() -> None:
    """Show the package's log, and Python's warnings, as one sentence each."""
    logger = logging.getLogger("nlprnn")
    logger.setLevel(logging.INFO)
    if not any(isinstance(handler, _TerminalHandler) for handler in logger.handlers):
        logger.addHandler(_TerminalHandler())
    warnings.showwarning = lambda message, *rest, **named: click.echo(
        f"Warning: {escape_controls_of_lines(str(message))}", err=True
    )
