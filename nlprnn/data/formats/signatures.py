"""Files that are no text, by the bytes with which their formats begin."""

from __future__ import annotations

_SIGNATURES = {
    b"PK\x03\x04": "a .zip archive or an Office document",
    b"\xd0\xcf\x11\xe0": "an Office document",
    b"%PDF-": "a PDF document",
    b"\x1f\x8b": "packed with gzip, and its name does not end with .gz",
    b"BZh91AY&SY": "packed with bzip2, and its name does not end with .bz2",
    b"\xfd7zXZ": "packed with xz, and its name does not end with .xz",
    b"PAR1\x15": "a Parquet file, and its name does not end with .parquet",
    b"ARROW1\0": "an Arrow file, and its name does not end with .arrow",
    b"\xff\xff\xff\xff": "an Arrow file, and its name does not end with .arrow",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF89a": "an image",
    b"7z\xbc\xaf\x27\x1c": "a .7z archive",
    b"Rar!\x1a\x07": "a .rar archive",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"\x04\x22\x4d\x18": "packed with lz4",
    b"\x7fELF": "a program",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy array",
    b"\x80\x04\x95": "a pickle",
    b"\x80\x05\x95": "a pickle",
    b"SQLite format 3\0": "a database",
}
_TAR = slice(257, 262), b"ustar"


def signature_kind(head: bytes) -> str | None:
    """Return what a file with these first bytes is ("a .zip archive or an Office document"); None = unknown, as text.

    Args:
        head: the first bytes, some hundred at least where the file has that many.
    """
    if head[_TAR[0]] == _TAR[1]:
        return "a .tar archive"
    return next((kind for signature, kind in _SIGNATURES.items() if head.startswith(signature)), None)
