import bz2
import gzip
import lzma
import os
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from nlprnn.errors import DataError
from nlprnn.text import WordVectors, read_vectors

GLOVE = "the 0.5 -1 2e-1\nof 1 2 3\nat least 4 5 6\nThe 7 8 9\n"
EXPECTED = {"the": [0.5, -1, 0.2], "of": [1, 2, 3], "at least": [4, 5, 6], "The": [7, 8, 9]}
TABS = "the\t0.5\t-1\t2e-1\nof\t1\t2\t3\nat least\t4\t5\t6\nThe\t7\t8\t9\n"


def zipped(*members):
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


@pytest.fixture
def write(tmp_path):
    def write(content, name="vectors.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


@pytest.mark.parametrize(
    "content",
    [
        GLOVE,
        "4 3\n" + GLOVE,
        "4 3\n" + GLOVE.replace("\n", " \n"),
        GLOVE.replace("\n", "\r\n"),
        GLOVE.rstrip("\n"),
        "\ufeff" + GLOVE,
        "\ufeff4 3\r\n" + GLOVE.replace("\n", "\r\n"),
        TABS,
        "4\t3\n" + TABS.replace("\n", "\t\n"),
        GLOVE.replace(" ", "\t", 2).replace("of ", "of\t"),
        GLOVE.replace("-1 2", "-1   2").replace("The ", "The  "),
        gzip.compress(GLOVE.encode()),
        bz2.compress(GLOVE.encode()),
        lzma.compress(("4 3\n" + GLOVE).encode()),
        zipped(("vectors.vec", GLOVE)),
    ],
    ids=[
        *["GloVe", "word2vec", "fastText", "Windows", "no last line feed", "mark", "mark and header", "tabs"],
        *["tabs and header", "some tabs", "aligned", "gzip", "bzip2", "xz", "zip"],
    ],
)
def test_formats_are_detected(content, write):
    vectors = read_vectors(write(content))
    assert vectors.words == list(EXPECTED)
    assert vectors.dimension == 3
    assert vectors.matrix.dtype == np.float32
    np.testing.assert_array_equal(vectors.matrix, np.array(list(EXPECTED.values()), dtype=np.float32))


def test_only_requested_words_and_their_lower_case_are_kept(write):
    vectors = read_vectors(write(GLOVE), ["OF", "The", "nowhere"], first=0)
    assert vectors.words == ["the", "of", "The"]


def test_rows_that_are_not_requested_are_not_parsed(write):
    assert read_vectors(write("the 1 2\nof 1 junk\n"), ["the"], first=0).words == ["the"]


@pytest.mark.parametrize("header", ["", "4 3\n"])
def test_first_words_and_requested_words_anywhere_are_read(header, write):
    path = write(header + GLOVE)
    assert read_vectors(path, first=2).words == ["the", "of"]
    assert read_vectors(path, ["at least"], first=1).words == ["the", "at least"]
    assert read_vectors(path, ["the"], first=1).words == ["the", "The"]
    assert len(read_vectors(path).words) == 4


def test_requested_words_at_the_end_of_a_long_file_are_read(write):
    others = "".join(f"ab{number:06} 1 2\n" for number in range(120_000))
    vectors = read_vectors(write(others + "quay 3 4\nZebra 5 6\n"), ["zebra", "quay"], first=10)
    assert vectors.words[10:] == ["quay", "Zebra"]
    assert vectors.matrix[10:].tolist() == [[3, 4], [5, 6]]


def test_no_line_behind_the_requested_ones_is_read(write):
    assert read_vectors(write("the 1 2\nof 1 2 3 4\n"), first=1).words == ["the"]


def test_words_in_other_letters_are_the_same(write):
    path = write("L’eau 9 9\nCaf\u0065\u0301 1 2\nPARIS 3 4\nparis 5 6\nRome 7 8\n")
    vectors = read_vectors(path, ["café", "Paris", "rome", "l'eau"], first=0)
    assert len(vectors.words) == 5
    assert vectors.rows(["l'eau", "café", "paris", "Paris", "rome", "lima"]).tolist() == [0, 1, 3, 3, 4, -1]


def test_first_of_two_equal_words_counts(write):
    path = write("a 1 2\nb 3 4\na 5 6\n")
    assert read_vectors(path).words == ["a", "b"]
    assert read_vectors(path).matrix.tolist() == [[1, 2], [3, 4]]


def test_words_of_any_script_and_odd_spaces_survive(write):
    words = ["你好", "हिन्दी", "😀", "non\u00a0breaking", "line\u2028separator", "at 3.5", "."]
    path = write("".join(f"{word} 1 2 3\n" for word in words))
    assert read_vectors(path).words == words


def test_table_falls_back_to_lower_case_then_random_rows():
    vectors = WordVectors(["the", "The", "of"], np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32))
    table, found = vectors.table(["<pad>", "<unk>", "the", "The", "OF", "zzz"], seed=1)
    assert table.dtype == np.float32
    assert table.shape == (6, 2)
    assert found.tolist() == [False, False, True, True, True, False]
    np.testing.assert_array_equal(table[[0, 2, 3, 4]], [[0, 0], [1, 2], [3, 4], [5, 6]])
    again, _ = vectors.table(["<pad>", "<unk>", "the", "The", "OF", "zzz"], seed=1)
    other, _ = vectors.table(["<pad>", "<unk>", "the", "The", "OF", "zzz"], seed=2)
    np.testing.assert_array_equal(table, again)
    assert not np.array_equal(table[5], other[5])


def test_padding_has_no_vector_even_if_its_name_has():
    table, found = WordVectors(["<pad>"], np.ones((1, 2), dtype=np.float32)).table(["<pad>"])
    assert not found.any()
    assert not table.any()


def test_rows_without_a_seed_are_the_mean_of_the_vectors():
    table, _ = WordVectors(["a", "b"], np.array([[1, 2], [3, 6]], dtype=np.float32)).table(
        ["<pad>", "b", "c"], seed=None
    )
    assert table.tolist() == [[0, 0], [3, 6], [2, 4]]


def test_random_rows_have_the_scale_of_the_vectors():
    matrix = np.random.default_rng(0).normal([5, -1], [0.1, 2], size=(2000, 2)).astype(np.float32)
    vectors = WordVectors([str(row) for row in range(2000)], matrix)
    table, _ = vectors.table(["<pad>", *(f"unseen{row}" for row in range(2000))])
    np.testing.assert_allclose(table[1:].mean(axis=0), [5, -1], atol=0.2)
    np.testing.assert_allclose(table[1:].std(axis=0), [0.1, 2], rtol=0.1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        ("4 3\n", "holds no vectors"),
        ("the\nof\n", "line 1 does not end in a number"),
        ("the 1 2 3\nof 1 2\n", "line 2 has 2 numbers in place of 3"),
        ("the 0.123 0.456\nof 0.123 0.456 0.789\n", "line 2 has 3 numbers in place of 2"),
        ("2 300\nthe 1 2 3\n", "line 2 has 3 numbers in place of 300"),
        ("the 1 2\nof 1 x\n", "line 2: the vector of 'of'"),
        ("the 1 2\nof 1 nan\n", "line 2: the vector of 'of'"),
        (b"the 1 2\ncaf\xe9 1 2\n", "line 2 is not UTF-8"),
        (b"2 3\nthe " + np.arange(3, dtype="<f4").tobytes() + b"\n", "binary"),
        (b"PK\x03\x04glove.6B.zip", "damaged"),
        (zipped(("a.txt", GLOVE), ("b.txt", GLOVE)), "archive of 2 files"),
        ("the\t1\t2\t3\nof\t1\t2\n", "line 2 has 2 numbers in place of 3"),
        (bz2.compress(GLOVE.encode() * 1000)[:-20], "damaged"),
        (gzip.compress(GLOVE.encode() * 1000)[:-20], "damaged"),
        (b"\x1f\x8bno gzip at all", "damaged"),
    ],
)
def test_bad_files_are_an_error_with_line_and_mend(content, message, write):
    path = write(content)
    with pytest.raises(DataError, match=message) as caught:
        read_vectors(path)
    assert str(path) in str(caught.value)


def test_missing_file_folder_and_damage_are_an_error(tmp_path):
    (tmp_path / "a.bz2").write_bytes(b"BZh91AY&SY" + b"x" * 50)
    os.mkfifo(tmp_path / "pipe")
    for path, message in (
        (tmp_path / "no.txt", "does not exist"),
        (tmp_path, "is a folder: give a file"),
        (tmp_path / "pipe", "is a named pipe: give a file"),
        (Path("/dev/zero"), "is a device: give a file"),
        (tmp_path / "a.bz2", r"cannot be read: Invalid data stream\.$"),
    ):
        with pytest.raises(DataError, match=message):
            read_vectors(path)


def test_file_without_the_words_is_an_error(write):
    with pytest.raises(DataError, match="none of the 2 requested words"):
        read_vectors(write(GLOVE), ["Wort", "mot"], first=0)


def test_normalized_columns_have_mean_0_and_variance_1():
    matrix = np.random.default_rng(0).normal(3, 2, (200, 4)).astype(np.float32)
    matrix[:, 3] = 7
    normalized = WordVectors([f"w{n}" for n in range(200)], matrix).normalized()
    assert normalized.matrix.dtype == np.float32
    assert np.allclose(normalized.matrix.mean(axis=0), 0, atol=1e-5)
    assert np.allclose(normalized.matrix.std(axis=0), [1, 1, 1, 0], atol=1e-5)
    assert np.allclose(normalized.matrix[:, 0], (matrix[:, 0] - matrix[:, 0].mean()) / matrix[:, 0].std(), atol=1e-5)
