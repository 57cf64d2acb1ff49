"""The project's files, in a wheel and in a checkout."""

from __future__ import annotations

import pytest

from nlprnn import resources
from nlprnn.errors import NlprnnError


def test_packaged_data_precede_the_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "nlprnn")
    (tmp_path / "data").mkdir()
    assert resources.sample_data_folder() == tmp_path / "data"
    (tmp_path / "nlprnn" / "_data").mkdir(parents=True)
    assert resources.sample_data_folder() == tmp_path / "nlprnn" / "_data"


@pytest.mark.parametrize(
    "find", [resources.sample_data_folder, resources.recipes_folder, lambda: resources.bundled_model_folder("tales")]
)
def test_broken_installation_is_an_error(tmp_path, monkeypatch, find):
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "nlprnn")
    with pytest.raises(NlprnnError, match="reinstall nlprnn"):
        find()
