"""`nlprnn transcribe`: lists of words in files."""

from __future__ import annotations

from pathlib import Path

import pytest

RECOGNIZER = Path(__file__).parents[1] / "frozen_models" / "v2" / "recognizer"


@pytest.mark.parametrize("option", ["--words", "--hotwords"])
def test_file_of_words_that_is_no_text_is_named(fails, tmp_path, option):
    (tmp_path / "words.txt").write_bytes(b"yes\nn\x80\n")
    fails("transcribe", "--model", RECOGNIZER, option, tmp_path / "words.txt", "a.wav", words=["words.txt", "line 2"])
