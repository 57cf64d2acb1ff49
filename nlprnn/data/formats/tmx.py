"""TMX (translation memory exchange 1.4b): units with a variant of a text in each language.

The file is read in pieces. Inline elements with codes of a format (`bpt`, `ept`, `it`, `ph`, `ut`) are left out, the
text inside `hi` is kept. Entities are not expanded: a file that declares one is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice, product
from pathlib import Path
from typing import Any
from xml.parsers import expat

from nlprnn.data.column_roles import Columns, Kind, Schema
from nlprnn.data.formats.lines import open_bytes
from nlprnn.data.formats.source import Dialect, FileSource, LeftOut, NumberedRows
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError

_CHUNK_BYTES = 1 << 16
_HEAD_UNITS = 5_000
_CODES = {"bpt", "ept", "it", "ph", "ut"}
_Unit = list[tuple[str, str]]
"""Language and text of each variant of a unit."""


@dataclass(frozen=True)
class LanguageSchema(Schema):
    """Languages of a file as columns: "en" also means "en-us" and "en-gb", and "en-us" also "en" without others."""

    def find(self, name: str) -> str | None:
        """Return the column of a language code in any case, with or without the region."""
        code = _normal(name)
        if code in self.kinds:
            return code
        same = [language for language in self.kinds if _primary(language) == _primary(code)]
        if len(same) > 1 and code == _primary(code):
            return code  # all its regions
        return same[0] if len(same) == 1 and _primary(code) in (code, same[0]) else None


class TmxFile(FileSource):
    """Translation memory as a table with a column for each language."""

    unit = "unit"

    def dialect(self) -> Dialect:
        """Return the form."""
        return Dialect("TMX", self.options.encoding)

    def schema(self) -> Schema:
        """Return the languages of the first 5,000 units; of two, the one that the header names is the source."""
        path = self.files[0]
        stat = path.stat()
        version = (stat.st_size, stat.st_mtime_ns)
        languages, source = _languages(path, version, self.options.encoding)
        if not languages:
            raise DataError(f"{self.origin} is empty: it has no translation units")
        usual = {}
        kinds = dict.fromkeys(languages, Kind.TEXT)
        named = LanguageSchema(self.origin, kinds).find(source) if source else None
        if named and len(languages) == 2:
            usual = {"source": named, "target": next(language for language in languages if language != named)}
        return LanguageSchema(self.origin, kinds, noun="language", ordered=False, usual=usual)

    def rows(self, columns: Columns) -> NumberedRows:
        """Yield (unit number, row) for each pair of variants; a unit without one of the languages is left out.

        Raises:
            DataError: the file is damaged, or declares entities.
        """
        chosen = list(dict.fromkeys(map(str, columns.values())))
        all_regions = set(chosen) - self.schema().kinds.keys()
        for number, unit in enumerate(_units(self.files[0], self.options.encoding), start=1):
            texts: dict[str, list[str]] = {}
            for language, text in unit:
                region_free = _primary(language)
                of_all = region_free in all_regions and language not in chosen
                texts.setdefault(region_free if of_all else language, []).append(text)
            if missing := [language for language in chosen if language not in texts]:
                yield number, LeftOut(f"without a text in {' and '.join(missing)}")
                continue
            for variants in product(*(texts[language] for language in chosen)):
                yield number, dict(zip(chosen, variants, strict=True))


def open_tmx(path: Path, options: ReadOptions) -> TmxFile:
    """Open a TMX file."""
    return TmxFile(str(path), options, (path,))


def _normal(code: str) -> str:
    return code.strip().replace("_", "-").lower()


def _primary(code: str) -> str:
    return code.partition("-")[0]


@lru_cache(maxsize=64)
def _languages(path: Path, version: tuple[int, int], encoding: str | None) -> tuple[list[str], str]:
    """The languages of the first units, and the one that the header names as the source's."""
    handler = _Handler()
    units = islice(_units(path, encoding, handler), _HEAD_UNITS)
    languages = list(dict.fromkeys(language for unit in units for language, _ in unit))
    return languages, handler.source_language


@dataclass
class _Handler:
    """Handlers of the parser's events, which collect the units that are complete."""

    units: list[_Unit] = field(default_factory=list)
    source_language: str = ""
    _unit: _Unit = field(default_factory=list)
    _language: str = ""
    _texts: list[str] | None = None
    _codes: int = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "header":
            self.source_language = _normal(attributes.get("srclang", ""))
        elif name == "tu":
            self._unit = []
        elif name == "tuv":
            self._language = _normal(attributes.get("xml:lang") or attributes.get("lang", ""))
        elif name == "seg":
            self._texts = []
        elif name in _CODES:
            self._codes += 1

    def end(self, name: str) -> None:
        if name == "seg" and self._texts is not None:
            self._unit.append((self._language, " ".join("".join(self._texts).split())))
            self._texts = None
        elif name == "tu":
            self.units.append(self._unit)
        elif name in _CODES:
            self._codes -= 1

    def text(self, data: str) -> None:
        if self._texts is not None and not self._codes:
            self._texts.append(data)


def _units(path: Path, encoding: str | None, handler: _Handler | None = None) -> Iterator[_Unit]:
    handler = handler or _Handler()
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text

    def refuse(name: str, *_: Any) -> None:
        raise DataError(
            f"{path}, line {parser.CurrentLineNumber}: the entity {name!r} is declared or unknown; only those of XML "
            "are read: write the character itself"
        )

    parser.EntityDeclHandler = refuse
    parser.SkippedEntityHandler = refuse
    try:
        with open_bytes(path) as file:
            for data in chain(iter(lambda: file.read(_CHUNK_BYTES), b""), (b"",)):
                parser.Parse(data, not data)
                yield from handler.units
                handler.units.clear()
    except expat.ExpatError as error:
        reason = expat.errors.messages[error.code]
        raise DataError(f"{path}, line {error.lineno}: damaged XML ({reason}); export or copy it again") from None
    except DataError:  # which is a ValueError
        raise
    except (LookupError, ValueError) as error:  # an encoding that expat has not, or of several bytes
        raise DataError(f"{path}: the encoding cannot be read ({error}); save the file as UTF-8") from None
