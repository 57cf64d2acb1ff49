"""Machine of a measurement: processor and its instruction sets, memory, versions of packages, commit."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
INSTRUCTION_SETS = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "avx_vnni", "amx_bf16", "amx_int8", "asimd", "sve")
"""Flags of /proc/cpuinfo on which the speed of matrix products depends."""

PACKAGES = ("torch", "numpy", "tokenizers", "sentencepiece", "datasets", "accelerate")


def describe_machine() -> dict[str, Any]:
    """Return processor, instruction sets, cores, load and memory in GB; what the system does not report is missing."""
    processor = _first_fields(Path("/proc/cpuinfo"))
    flags = set((processor.get("flags") or processor.get("Features", "")).split())
    facts: dict[str, Any] = {
        "processor": processor.get("model name") or platform.processor() or platform.machine(),
        "instruction_sets": [name for name in INSTRUCTION_SETS if name in flags],
        "cache": processor.get("cache size"),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "system": platform.platform(),
    }
    if memory := _first_fields(Path("/proc/meminfo")).get("MemTotal"):
        facts["memory_gb"] = round(int(memory.split()[0]) / 2**20, 1)
    return {name: value for name, value in facts.items() if value is not None}


def _first_fields(path: Path) -> dict[str, str]:
    """Return the first value of each `name : value` line; nothing where the file does not exist."""
    if not path.exists():
        return {}
    pairs = [line.partition(":")[::2] for line in path.read_text(encoding="utf-8").splitlines()]
    return {name.strip(): value.strip() for name, value in reversed(pairs)}


def describe_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that do the work."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def describe_commit() -> str | None:
    """Return the commit of the repository, with "+" where files differ from it; None outside a repository."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=+"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def peak_memory() -> float:
    """Return the peak resident memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)
