"""Every page as a newcomer follows it: the commands of all code blocks and all Python blocks, in their order.

python benchmarks/docs.py --folder /tmp/docs
python benchmarks/docs.py --list

The tests of the project run the Python blocks that need no training, and parse all commands. This script runs the rest,
in some half an hour of a core:

- a command after a prompt `$` unchanged; where it prints another text than the page, the first such line is shown,
  for the digits of a model that was trained depend on the machine and its number of threads;
- a command without a prompt, an example for the files of the newcomer, with small made-up files under the names that it
  gives (`docs_files.py`), and mostly with one epoch of training;
- a command that needs a network, another machine, hours, or a data set that `--data` does not have, not at all.

`--list` names what runs each of them, and why the rest is not run.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import traceback
import types
from collections import Counter
from pathlib import Path
from typing import Any

import click
from docs_files import make_files
from docs_pages import ROOT, Command, Page, commands, is_slow, pages
from docs_server import Server

_SCRIPTS = ("recipes", "benchmarks", "data")
_TRAINED = {"classifier": "runs/sentiment", "tagger": "runs/tagging", "translator": "runs/translation"}
"""Names that blocks take for granted, and the models that pages have trained."""

_MODELS = {
    "runs/films": "python recipes/sentiment.py --dataset films.csv --epochs 1",
    "runs/news": "python recipes/news.py --text-field title,text --epochs 1",
    "runs/regression": "python recipes/regression.py --epochs 1",
    "runs/sentiment": "python recipes/sentiment.py",
    "runs/speech": "python recipes/speech.py --dataset recordings.csv --epochs 1",
    "runs/tagging": "python recipes/tagging.py",
    "runs/text_generation": "python recipes/text_generation.py --dataset my_novel.txt --epochs 1",
    "runs/translation": "python recipes/translation.py",
}
"""Models that commands name, and how those are made that no page has made before."""

_SHORTER = (
    (
        re.compile(r"^(python recipes/\S+|nlprnn tune) (?=.*--max-minutes)(.*?)--max-minutes \S+"),
        r"\1 \2--max-minutes 0.2",
    ),
    (re.compile(r"^(python recipes/(?!next_number)(?!.*--max-minutes|.*--dataset clips).*)"), r"\1 --epochs 1"),
    (re.compile(r"^(python recipes/speech.py --dataset clips.*)"), r"\1 --epochs 60"),
    (re.compile(r"^(torchrun .*)--out runs/translation$"), r"\1--out runs/parallel --epochs 1"),
    (re.compile(r"--number 3060"), "--number 60"),
)
_NOT_RUN = {
    r"^pip |^git clone ": "installs packages",
    r"^torchrun --nnodes": "needs two machines",
    r"^nlprnn datasets build": "downloads; tests/data/public runs it on local archives",
    r"--dataset \w+/\w+": "downloads from the Hub",
    r"^python -m benchmarks|^python benchmarks/": "measures for minutes to hours; tests/benchmarks runs the scripts",
}
_TIME = re.compile(r"\b(?:\d+ min )?\d+ s\b|runs/sentiment[\w-]*")
"""What differs between runs: times, and the folder of a run that was given none."""

_NOTE = re.compile(r"epoch \d+/\d+ |Model: .* comes with nlprnn")
"""Lines on standard error that pages leave out: progress of a training, and which bundled model answers."""

_PUBLIC = ("sst2", "cr", "multi30k", "tinyshakespeare", "speech_digits")
"""Public data sets that commands name."""


def reason_not_to_run(command: Command, folder: Path) -> str | None:
    """Return why a command is not run, None = it is."""
    for pattern, reason in _NOT_RUN.items():
        if re.search(pattern, command.line):
            return reason
    missing = [name for name in _PUBLIC if f" {name}" in command.line and not (folder / name).exists()]
    return f"needs the data set {missing[0]}: give --data" if missing else None


def prepare(folder: Path, data: Path | None) -> None:
    """Make a folder with the scripts of the repository and the public data sets."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _SCRIPTS:
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    for name in _PUBLIC if data else ():
        if (data / name).exists() and not (folder / name).exists():  # type: ignore[operator]
            (folder / name).symlink_to((data / name).resolve())  # type: ignore[operator]


def _environment() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "COLUMNS": "120"}


def _shell(line: str) -> subprocess.CompletedProcess[str]:
    """Run a command; its output is that on both streams, in the order of a terminal."""
    return subprocess.run(
        line,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**_environment(), "PYTHONUNBUFFERED": "1"},
    )


def _make_models(line: str) -> None:
    """Train the models that a command or block names, and that are not there yet."""
    words = line.split("--out ")[0]
    for name, command in _MODELS.items():
        if re.search(rf"{name}\b(?!-)", words) and not Path(name).exists():
            make_files(command, Path.cwd())
            _shell(f"{command} --out {name}")


def run_command(command: Command, server: Server) -> tuple[str, str]:
    """Run a command; return "ok", "differs" or "FAILED", and the difference or the error."""
    line = server.request(command.line) if command.line.startswith("curl ") else command.line
    if not command.prompted:
        for pattern, shorter in _SHORTER:
            line = pattern.sub(shorter, line)
        make_files(line, Path.cwd())
    _make_models(line)
    if line.startswith("nlprnn serve "):
        error = server.start(line, _environment())
        return ("FAILED" if error else "ok"), error
    words = shlex.split(line)
    out = Path(words[words.index("--out") + 1]) if "--out" in words and "--resume" not in words else None
    if out is not None and out.is_dir():
        if command.prompted:
            return "ok", ""  # trained before
        shutil.rmtree(out)
    result = _shell(line)
    if result.returncode:
        return "FAILED", result.stdout[-2000:]
    difference = _difference(command.printed, result.stdout.splitlines())
    return ("differs" if difference else "ok"), difference


def _difference(expected: tuple[str, ...], printed: list[str]) -> str:
    """Return the first line that is not as on the page, times apart, "" = none; "..." is any number of lines."""
    required = [_TIME.sub("", line) for line in expected]
    printed = [_TIME.sub("", line) for line in printed if not _NOTE.match(line)]
    at, skips = 0, False
    for line in required:
        if line == "...":
            skips = True
            continue
        while skips and at < len(printed) and printed[at][:12] != line[:12]:
            at += 1
        if at == len(printed) or printed[at].rstrip() != line.rstrip():
            return f"the page has   {line}\nit prints      {printed[at] if at < len(printed) else 'nothing more'}"
        at, skips = at + 1, False
    return ""


def given_names() -> dict[str, Any]:
    """Return the data and models that the blocks take for granted."""
    import nlprnn

    texts = [f"{kind} film number {number}" for number in range(100) for kind in ("good", "bad")]
    names: dict[str, Any] = {"texts": texts, "labels": [text.split()[0] for text in texts]}
    if importlib.util.find_spec("pandas"):
        import pandas

        names["frame"] = pandas.DataFrame({"body": texts, "label": names["labels"]})
    return names | {name: nlprnn.load(path) for name, path in _TRAINED.items() if Path(path).exists()}


def run_block(code: str, page: Page, names: dict[str, Any]) -> tuple[str, str]:
    """Run a Python block with the names of those before it; return "ok" or "FAILED", and the error."""
    make_files(code, Path.cwd())
    _make_models(code)
    try:
        exec(compile(code, page.name, "exec"), names)
    except Exception:  # of any block: it is reported, and the next one runs
        return "FAILED", traceback.format_exc()[-2000:]
    return "ok", ""


def _namespace() -> dict[str, Any]:
    module = types.ModuleType("page")
    sys.modules["page"] = module  # dataclasses look their module up
    module.__dict__.update(given_names())
    return module.__dict__


class Report:
    """What ran, a line each, and how it ended."""

    def __init__(self) -> None:
        self.counts = Counter[str]()
        self._before = sum(os.times()[:4])

    def add(self, page: Page, title: str, outcome: tuple[str, str]) -> None:
        """Print how a command or block ended, with its seconds of processor time."""
        kind, details = outcome
        now = sum(os.times()[:4])
        seconds, self._before = now - self._before, now
        self.counts[kind] += 1
        click.echo(f"{page.name:32} {kind:7} {seconds:5.0f} s  {title[:110]}")
        if details:
            click.echo(details)

    def leave(self, page: Page, title: str, reason: str) -> None:
        """Print what is not run."""
        self.counts["left out"] += 1
        click.echo(f"{page.name:32} left out         {title[:80]}: {reason}")


def _list(chosen: list[Page], folder: Path) -> None:
    """Print what runs each command and each Python block."""
    for page in chosen:
        for command in commands(page):
            by = reason_not_to_run(command, folder)
            by = (
                f"not run, {by}"
                if by
                else "this script, unchanged"
                if command.prompted
                else "this script, with small files"
            )
            click.echo(f"{page.name:32} {command.line[:90]}: {by}")
        for code in page.python:
            by = "this script" if is_slow(code) else "tests/test_docs.py and this script"
            click.echo(f"{page.name:32} {code.splitlines()[0][:90]} ...: {by}")


@click.command(context_settings={"show_default": True})
@click.option("--folder", type=click.Path(path_type=Path), default="runs/docs", help="Folder to work in.")
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), help="Folder of public data sets.  [default: none]"
)
@click.option("--page", "names", multiple=True, help="Pages, by a piece of their path.  [default: all]")
@click.option("--list", "listing", is_flag=True, help="Print what runs each command and block, and run nothing.")
def main(folder: Path, data: Path | None, names: tuple[str, ...], listing: bool) -> None:
    """Run all pages, print how each command and block ended, and end with code 1 if any failed."""
    folder = folder.resolve()
    chosen = [page for page in pages() if not names or any(name in page.name for name in names)]
    if listing:
        _list(chosen, (data or folder).resolve())
        return
    prepare(folder, data)
    os.chdir(folder)
    report, done, server = Report(), set[str](), Server()
    for page in chosen:
        for block in page.blocks:
            if block.language == "toml":  # whose first line is the name of the file
                Path(block.code.splitlines()[0].removeprefix("# ")).write_text(block.code, encoding="utf-8")
    todo = [(page, command) for page in chosen for command in commands(page)]
    todo.sort(key=lambda pair: not (pair[1].prompted and pair[1].line.startswith("python ")))  # models first
    for page, command in todo:
        if command.line in done:
            continue
        done.add(command.line)
        if reason := reason_not_to_run(command, folder):
            report.leave(page, command.line, reason)
        else:
            report.add(page, command.line, run_command(command, server))
    server.stop()
    for page in chosen:
        space = _namespace() if page.python else {}
        for code in page.python:
            if "mlflow" in code and not importlib.util.find_spec("mlflow"):
                report.leave(page, code.splitlines()[0], "needs mlflow")
            else:
                report.add(page, code.splitlines()[0], run_block(code, page, space))
    click.echo(", ".join(f"{number} {kind}" for kind, number in report.counts.items()))
    if report.counts["FAILED"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
