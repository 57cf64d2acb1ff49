"""`nlprnn recipes`: the training scripts that come with the package, and their settings."""

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
    """List the recipes: short scripts that train a model from start to end, and the settings of published figures.

    \b
    nlprnn recipes
    nlprnn recipes copy sentiment
    python sentiment.py --help
    """
    if ctx.invoked_subcommand is not None:
        return
    scripts, settings = _scripts(), _settings()
    width = max(map(len, [*scripts, *settings]))
    for name, path in scripts.items():
        summary, *_ = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")
        click.echo(f"{name:<{width}}  {summary}".rstrip())
    if settings:
        click.echo("\nSettings, for --config NAME:")
    for name, path in settings.items():
        first, *_ = path.read_text(encoding="utf-8").split("\n")
        click.echo(f"{name:<{width}}  {first.lstrip('# ') if first.startswith('#') else ''}".rstrip())
    click.echo("\nCopy one into this folder to run and change it: nlprnn recipes copy NAME")


@recipes.command()
@click.argument("name")
@click.option("--to", type=click.Path(path_type=Path), default=Path(), help="Folder or file to copy to.")
@click.option("--force", is_flag=True, help="Replacement of a file that exists.")
def copy(name: str, to: Path, force: bool) -> None:
    """Copy a recipe or a settings file, NAME, into the current folder."""
    files = {path.name: path for path in [*_scripts().values(), *_settings().values()]}
    source = next((files[file] for file in (name, f"{name}.py", f"{name}.toml") if file in files), None)
    if source is None:
        names = [path.stem for path in files.values()]
        near = difflib.get_close_matches(name, names, n=1)
        raise click.UsageError(
            f"there is no recipe {name}: " + (f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}")
        )
    target = to if to.suffix == source.suffix else to / source.name
    if target.exists() and not force:
        raise click.ClickException(f"{target} exists already: add --force to replace it, or --to another place")
    write_text(target, source.read_text(encoding="utf-8"))
    place = shlex.quote(str(target))
    use = f"Run it: python {place}" if source.suffix == ".py" else f"Use it: python RECIPE.py --config {place}"
    click.echo(f"{target}\n{use}")


def _scripts() -> dict[str, Path]:
    return {path.stem: path for path in sorted(recipes_folder().glob("*.py"))}


def _settings() -> dict[str, Path]:
    return {path.stem: path for path in sorted((recipes_folder() / "settings").glob("*.toml"))}
