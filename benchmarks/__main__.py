"""Command of the benchmarks: `python -m benchmarks` lists them, `python -m benchmarks NAME` runs one."""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from pathlib import Path

import click

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))  # benchmarks import their neighbours, as when one of them is run as a script


class Benchmarks(click.Group):
    """All files of this folder that use `@benchmark`; none is imported before it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the benchmarks."""
        return sorted(path.stem for path in FOLDER.glob("*.py") if "\n@benchmark(" in path.read_text(encoding="utf-8"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a benchmark; None where there is none of this name."""
        if cmd_name not in self.list_commands(ctx):
            return super().get_command(ctx, cmd_name)
        command: click.Command = import_module(cmd_name).main
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each benchmark with the first line of its file."""
        texts = {name: (FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in self.list_commands(ctx)}
        lines = {name: (ast.get_docstring(ast.parse(text)) or "").splitlines()[0] for name, text in texts.items()}
        with formatter.section("Benchmarks"):
            formatter.write_dl(list(lines.items()))


@click.group(cls=Benchmarks, invoke_without_command=True, context_settings={"max_content_width": 160})
@click.pass_context
def main(context: click.Context) -> None:
    """Speed of nlprnn beside other ways of doing the same job, and beside the limits of the machine."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
