"""Errors as one sentence and an exit code, never a traceback."""

from __future__ import annotations

import errno
import io
import logging
import math
import os
import re
import sys
import warnings
from typing import Any

import click

from nlprnn.devices import limit_kernel_cache
from nlprnn.errors import NlprnnError

_HALF = re.compile("[\ud800-\udfff]")
"""What Python makes of bytes that are not UTF-8: halves of characters."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


class FriendlyCommand(click.Command):
    """A command whose expected errors end in one sentence on standard error and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn its expected errors into click's."""
        _plain_warnings()
        limit_kernel_cache()
        _write_any_text()
        for parameter in self.params:
            value = ctx.params.get(parameter.name or "")
            if isinstance(value, float) and not math.isfinite(value):  # "nan" lies in every range of click's
                raise click.BadParameter(f"{value} is not a finite number.", ctx, parameter)
            texts = value if isinstance(value, tuple) else (value,)
            if any(isinstance(text, str) and _HALF.search(text) for text in texts):
                raise click.BadParameter("the text is not UTF-8.", ctx, parameter)
        try:
            return super().invoke(ctx)
        except NlprnnError as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            # The reader of our output has gone, as `head` does: no more output, also not at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(1)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise click.ClickException(
                    f"the disk is full{_at(error)}: make room and try again; no file is half written"
                ) from error
            if isinstance(error, PermissionError):
                raise click.ClickException(f"no permission to read or write{_at(error)}") from error
            raise click.ClickException(f"{error.strerror or error}{_at(error)}") from error
        except (MemoryError, RuntimeError) as error:  # torch says the latter, on a GPU too
            told = re.search("allocate memory|not enough memory|out of memory", str(error))
            if not told and not isinstance(error, MemoryError):
                raise
            raise click.ClickException("there is not enough memory: smaller sizes or batches take less") from error


def _write_any_text() -> None:
    """Let standard output take any text: in UTF-8 into a pipe or file, and a terminal shows what it can."""
    if not isinstance(sys.stdout, io.TextIOWrapper):
        return
    if sys.stdout.isatty():
        sys.stdout.reconfigure(errors="replace")
    else:
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # names of files may be any bytes


def _at(error: OSError) -> str:
    return f" at {error.filename}" if error.filename else ""


def _plain_warnings() -> None:
    """Let warnings stand as one sentence each, without a place in the code."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    warnings.showwarning = lambda message, *rest, **named: click.echo(f"Warning: {message}", err=True)
