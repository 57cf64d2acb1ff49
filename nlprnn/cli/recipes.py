"""`nlprnn recipes`: the training scripts that come with the package."""

from __future__ import annotations

import ast
import difflib
import shlex
from pathlib import Path

import click

from nlprnn.friendly_command import FriendlyCommand
from nlprnn.resources import recipes_folder
from nlprnn.serialization.atomic_files import write_text


class _Group(click.Group):
    command_class = FriendlyCommand


@click.group(cls=_Group, invoke_without_command=True)
@click.pass_context
def recipes(ctx: click.Context) -> None:
    """List the recipes: short scripts that train a model from start to end.

    \b
    nlprnn recipes
    nlprnn recipes copy sentiment
    python sentiment.py --help
    """
    if ctx.invoked_subcommand is not None:
        return
    found = _find()
    width = max(map(len, found))
    for name, path in found.items():
        summary = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        click.echo(f"{name:<{width}}  {summary.splitlines()[0] if summary else ''}")
    click.echo("\nPut one beside you to run and change it: nlprnn recipes copy NAME")


@recipes.command()
@click.argument("name")
@click.option("--to", type=click.Path(path_type=Path), default=Path(), help="Folder or file to copy to.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def copy(name: str, to: Path, force: bool) -> None:
    """Copy the recipe NAME into the current folder."""
    found = _find()
    name = name.removesuffix(".py")
    if name not in found:
        near = difflib.get_close_matches(name, found, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(found)}"
        raise click.UsageError(f"there is no recipe {name}: {hint}")
    target = to if to.suffix == ".py" else to / f"{name}.py"
    if target.exists() and not force:
        raise click.ClickException(f"{target} is there already: add --force to replace it, or --to another place")
    write_text(target, found[name].read_text(encoding="utf-8"))
    click.echo(f"{target}\nRun it: python {shlex.quote(str(target))}")


def _find() -> dict[str, Path]:
    return {path.stem: path for path in sorted(recipes_folder().glob("*.py"))}
