"""Virtual environments of the peers, other toolkits that do the jobs of the benchmarks.

python benchmarks/peers/environments.py keras fastai

Each peer has an environment of its own, since their requirements contradict each other and those of nlprnn. Where the
peer needs PyTorch, the version of nlprnn's measurements is required of pip together with it, so that both use the same
kernels and no other version, perhaps built for CUDA, is fetched. A peer that cannot be installed leaves
`FOLDER/NAME.failed` with the end of pip's output, and the benchmarks print the reason in its row.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import click

FOLDER = Path(__file__).resolve().parents[2] / "build" / "peers"
"""Default folder of the environments, which git ignores."""

_COMPLETE = "installed"
"""Empty file of an environment that is complete: an interrupted installation has a Python, too."""

TORCH = ("torch==2.13.0",)


class Environment(NamedTuple):
    """Installation of a peer: the Python version and the arguments of `pip install`, in order."""

    python: str
    installs: tuple[tuple[str, ...], ...]


ENVIRONMENTS = {
    # fairseq has not been released since 2022: Python 3.11 refuses its dataclasses, pip 24.1 its requirements.
    "fairseq": Environment("3.10", (("pip<24.1",), (*TORCH, "numpy<2"), (*TORCH, "numpy<2", "fairseq==0.12.2"))),
    # JoeyNMT imports importlib-metadata without requiring it.
    "joeynmt": Environment("3.11", ((*TORCH, "joeynmt==2.3.0", "importlib-metadata"),)),
    # OpenNMT-py pins torch below 2.3; what its models and search import is named instead.
    "opennmt": Environment(
        "3.11",
        (
            TORCH,
            ("--no-deps", "OpenNMT-py==3.5.1"),
            (*TORCH, "configargparse", "ctranslate2", "fasttext-wheel", "pyahocorasick", "pyonmttok", "pyyaml"),
            (*TORCH, "rapidfuzz", "sacrebleu", "six", "spacy", "tensorboard"),
        ),
    ),
    "keras": Environment("3.11", (("keras>=3", "jax"),)),  # JAX: the backend that compiles recurrent loops on a CPU
    "fastai": Environment("3.11", ((*TORCH, "fastai"),)),
    "flair": Environment("3.11", ((*TORCH, "flair"),)),
    "neuralforecast": Environment("3.11", ((*TORCH, "neuralforecast==3.3.0"),)),
    "statsforecast": Environment("3.11", (("statsforecast==2.1.1",),)),
}


def interpreter(name: str, folder: Path = FOLDER) -> Path | str:
    """Return the Python of a peer's environment, or the reason why there is none."""
    failed, python = folder / f"{name}.failed", folder / name / "bin" / "python"
    if failed.exists():
        lines = failed.read_text(encoding="utf-8").strip().splitlines()
        return f"not installed: {next((line for line in lines if line.startswith('ERROR')), lines[-1])}"
    return (
        python
        if (folder / name / _COMPLETE).exists()
        else f"not installed: run `python benchmarks/peers/environments.py {name}`"
    )


def install(name: str, folder: Path) -> str | None:
    """Make the environment of a peer; return None, or the end of the output of the step that failed."""
    environment, target = ENVIRONMENTS[name], folder / name
    failed = folder / f"{name}.failed"
    failed.unlink(missing_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    base = _python(environment.python)
    reason = _run([base, "-m", "venv", str(target)]) if base else f"Python {environment.python} is not installed."
    for packages in environment.installs:
        reason = reason or _run([str(target / "bin" / "python"), "-m", "pip", "install", *packages])
    if reason:
        shutil.rmtree(target, ignore_errors=True)
        failed.write_text(reason + "\n", encoding="utf-8")
    else:
        (target / _COMPLETE).touch()
    return reason


def _python(version: str) -> str | None:
    """Return a working Python of a version: this one, that of the search path, or one that pyenv has."""
    if version == ".".join(map(str, sys.version_info[:2])):
        return sys.executable
    of_pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser().glob(f"versions/{version}.*/bin/python")
    candidates = [shutil.which(f"python{version}"), *map(str, sorted(of_pyenv, reverse=True))]
    return next((python for python in candidates if python and _run([python, "--version"]) is None), None)


def _run(command: list[str]) -> str | None:
    """Run a command without the parent's Python path; return None, or the last lines of its output if it fails."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode == 0:
        return None
    lines = [line for line in done.stdout.splitlines() if line.strip() and not line.startswith(("hint:", "note:"))]
    return "\n".join(lines[-15:]) or f"{command[0]} ended with exit code {done.returncode}"


@click.command(context_settings={"show_default": True})
@click.argument("names", nargs=-1, type=click.Choice(list(ENVIRONMENTS)))
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, help="Folder of the environments.")
def main(names: tuple[str, ...], folder: Path) -> None:
    """Make the virtual environments of the peers NAMES, or of all; exit code 1 if one of them failed."""
    failed = {name: reason for name in names or ENVIRONMENTS if (reason := install(name, folder)) is not None}
    for name, reason in failed.items():
        click.echo(f"{name} is not installed:\n{reason}\n", err=True)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
