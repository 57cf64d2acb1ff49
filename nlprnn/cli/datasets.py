"""`nlprnn datasets`: the public data sets of the figures, built from their downloads."""

from __future__ import annotations

from pathlib import Path

import click

from nlprnn.friendly_command import FriendlyCommand


class _Group(click.Group):
    command_class = FriendlyCommand


@click.group(cls=_Group, invoke_without_command=True)
@click.pass_context
def datasets(ctx: click.Context) -> None:
    """List the public data sets of the figures, or build the folder of one.

    \b
    nlprnn datasets
    nlprnn datasets build sst2
    nlprnn datasets build imdb ~/Downloads/aclImdb_v1.tar.gz --out data/imdb
    """
    if ctx.invoked_subcommand is not None:
        return
    from nlprnn.data.public.datasets import PUBLIC_DATASETS

    width = max(map(len, PUBLIC_DATASETS))
    for name, dataset in PUBLIC_DATASETS.items():
        click.echo(f"{name:<{width}}  {dataset.content}\n{'':<{width}}  terms: {dataset.terms}")
    click.echo("\nBuild a folder for --dataset: nlprnn datasets build NAME")


@datasets.command()
@click.argument("name")
@click.argument("source", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="New folder.  [default: NAME]")
def build(name: str, source: Path | None, out: Path | None) -> None:
    """Build the folder of data set NAME from its download, SOURCE: a file, a folder of them, or else the network.

    Downloads are checked against their published checksums, and kept in the cache of `datasets`.
    """
    import datasets as hub

    from nlprnn.data.public.datasets import PUBLIC_DATASETS, build_dataset
    from nlprnn.errors import escape_controls

    if name not in PUBLIC_DATASETS:
        raise click.UsageError(f"no data set {name!r}: choose one of {', '.join(PUBLIC_DATASETS)}")
    cache = Path(hub.config.HF_DATASETS_CACHE).expanduser() / "nlprnn-downloads"
    for path in build_dataset(name, out or Path(name), source=source, cache=cache):
        click.echo(escape_controls(f"{path}  {path.stat().st_size:,} bytes"))
    click.echo(f"Terms: {PUBLIC_DATASETS[name].terms}")
