"""Errors as one sentence and an exit code, never a traceback."""

from __future__ import annotations

import errno
import logging
import os
import sys
import warnings
from typing import Any

import click

from nlprnn.errors import NlprnnError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


class FriendlyCommand(click.Command):
    """A command whose expected errors end in one sentence on standard error and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn its expected errors into click's."""
        _plain_warnings()
        try:
            return super().invoke(ctx)
        except NlprnnError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            # The reader of our output has gone, as `head` does: no more output, also not at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(1)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise click.ClickException(
                    f"the disk is full{_at(error)}: make room and go on; files that were written are whole"
                ) from error
            if isinstance(error, PermissionError):
                raise click.ClickException(f"no permission to read or write{_at(error)}") from error
            raise


def _at(error: OSError) -> str:
    return f" at {error.filename}" if error.filename else ""


def _plain_warnings() -> None:
    """Let warnings stand as one sentence each, without a place in the code."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    warnings.showwarning = lambda message, *rest, **named: click.echo(f"Warning: {message}", err=True)
