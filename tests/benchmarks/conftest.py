from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tiny():
    """The tiny trainings of the trainer's tests."""
    spec = importlib.util.spec_from_file_location("tiny", ROOT / "tests" / "training" / "tiny.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
