"""Every page as a newcomer follows it: the commands after a prompt `$`, and all Python blocks, in their order.

python benchmarks/docs.py --folder /tmp/docs

The tests of the project run the Python blocks that need no training, and parse all commands. This script, which takes
half an hour of two cores, trains what the pages train and runs the rest. Commands without a prompt name files of the
newcomer, and are not run.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
import traceback
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from docs_pages import ROOT, Page, pages

_SCRIPTS = ("recipes", "benchmarks", "data")
_TRAINED = {"classifier": "runs/sentiment", "tagger": "runs/tagging", "translator": "runs/translation"}
"""Names that blocks take for granted, and the models that pages have trained."""


def prepare(folder: Path) -> None:
    """Make a folder with the scripts of the repository and a small file of reviews."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _SCRIPTS:
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    rows = [f"{kind} film number {number},{kind}" for number in range(100) for kind in ("good", "bad")]
    (folder / "reviews.csv").write_text("\n".join(["body,stars", *rows]) + "\n", encoding="utf-8")
    (folder / "test.en").write_text("A man sings.\nTwo dogs run.\n", encoding="utf-8")


def run_commands(page: Page, done: set[str]) -> Iterator[tuple[str, str | None]]:
    """Run the commands of a page that were not run before; yield each with its error, None = it worked."""
    for block in page.blocks:
        for line in block.code.splitlines() if block.language in ("", "console") else ():
            if line.startswith("$ ") and (command := line.removeprefix("$ ")) not in done:
                done.add(command)
                path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
                environment = {**os.environ, "PATH": path}
                result = subprocess.run(
                    command, shell=True, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL
                )
                yield command, result.stderr[-2000:] if result.returncode else None


def given_names() -> dict[str, Any]:
    """Return the data and models that the blocks take for granted."""
    import nlprnn

    texts = [f"{kind} film number {number}" for number in range(100) for kind in ("good", "bad")]
    names: dict[str, Any] = {"texts": texts, "labels": [text.split()[0] for text in texts]}
    if importlib.util.find_spec("pandas"):
        import pandas

        names["frame"] = pandas.DataFrame({"body": texts, "label": names["labels"]})
    return names | {name: nlprnn.load(path) for name, path in _TRAINED.items() if Path(path).exists()}


def run_blocks(page: Page) -> Iterator[tuple[str, str | None]]:
    """Run the Python blocks of a page in one namespace; yield the first line of each with its error."""
    module = types.ModuleType("page")
    sys.modules["page"] = module
    module.__dict__.update(given_names())
    for code in page.python:
        title = code.splitlines()[0]
        if "mlflow" in code and not importlib.util.find_spec("mlflow"):
            continue
        try:
            exec(compile(code, page.name, "exec"), module.__dict__)
        except Exception:  # of any block: it is reported, and the next one runs
            yield title, traceback.format_exc()[-2000:]
        else:
            yield title, None


@click.command(context_settings={"show_default": True})
@click.option("--folder", type=click.Path(path_type=Path), default="runs/docs", help="Folder to work in.")
@click.option("--page", "names", multiple=True, help="Pages, by a piece of their path.  [default: all]")
def main(folder: Path, names: tuple[str, ...]) -> None:
    """Run all pages, print what failed, and end with code 1 if anything did."""
    prepare(folder)
    os.chdir(folder)
    chosen = [page for page in pages() if not names or any(name in page.name for name in names)]
    done, failed, count = set[str](), 0, 0
    for kind in (lambda page: run_commands(page, done), run_blocks):  # models first, then what loads them
        for page in chosen:
            began = time.monotonic()
            for title, error in kind(page):
                count += 1
                failed += error is not None
                seconds = time.monotonic() - began
                click.echo(f"{page.name:32} {'FAILED' if error else 'ok':6} {seconds:5.0f} s  {title[:90]}")
                if error:
                    click.echo(error, err=True)
                began = time.monotonic()
    click.echo(f"{count - failed} of {count} commands and blocks work")
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
