"""The public names, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import nlprnn.data


def test_import_loads_nothing_heavy():
    code = "import sys, nlprnn.data\nprint(*sorted(name.split('.')[0] for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "datasets", "pyarrow", "torch", "csv"} & set(done.stdout.split())


def test_public_names():
    assert all(callable(getattr(nlprnn.data, name)) for name in nlprnn.data.__all__)
    assert dir(nlprnn.data) == nlprnn.data.__all__


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="load_tabel"):
        nlprnn.data.load_tabel  # noqa: B018
