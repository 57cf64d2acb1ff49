"""TMX: units with a text in each language."""

from __future__ import annotations

import gzip
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data import DataReport, ReadOptions
from nlprnn.data.formats.tmx import open_tmx
from nlprnn.data.load import load_splits
from nlprnn.errors import DataError

HEAD = '<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4"><header srclang="{}"/><body>\n'


def tmx(units, *, source="*all*", head=HEAD):
    bodies = ("".join(f'<tuv xml:lang="{code}"><seg>{text}</seg></tuv>' for code, text in unit) for unit in units)
    return head.format(source) + "".join(f"<tu>{body}</tu>\n" for body in bodies) + "</body></tmx>\n"


def read(path, source, target, **options):
    source_file = open_tmx(path, ReadOptions(**options))
    schema = source_file.schema()
    from nlprnn.data.column_choice import resolve_columns

    columns = resolve_columns({"source": source, "target": target}, schema)
    names = [str(columns[role]) for role in ("source", "target")]
    return [row if not hasattr(row, "reason") else row.reason for _, row in source_file.rows(columns)], names


def write(tmp_path, content, name="a.tmx"):
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return tmp_path / name


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1), min_size=2))
def test_texts_come_back(tmp_path_factory, texts):
    path = write(tmp_path_factory.mktemp("tmx"), tmx([[("en", escape(t)), ("de", escape(t[::-1]))] for t in texts]))
    assert read(path, "en", "de")[0] == [{"en": text, "de": text[::-1]} for text in texts]


@pytest.mark.parametrize(
    ("codes", "source", "target", "names"),
    [
        (("en-US", "de-DE"), "en", "de", ["en-us", "de-de"]),
        (("EN", "DE"), "en-GB", "de_AT", ["en", "de"]),
        (("en_us", "fr"), "EN-US", "fr", ["en-us", "fr"]),
    ],
)
def test_language_codes(tmp_path, codes, source, target, names):
    path = write(tmp_path, tmx([[(codes[0], "yes"), (codes[1], "ja")]]), "a.tmx.gz")
    assert read(path, source, target) == ([dict(zip(names, ["yes", "ja"], strict=True))], names)


def test_header_names_the_source(tmp_path):
    path = write(tmp_path, tmx([[("de", "ja"), ("en", "yes")]], source="en"))
    assert read(path, None, None)[1] == ["en", "de"]
    with pytest.raises(DataError, match=r"which language is the source and which the target .*--source and --target"):
        read(write(tmp_path, tmx([[("de", "ja"), ("en", "yes")]])), None, None)


def test_units_of_more_and_fewer_texts(tmp_path):
    units = [
        [("en", "yes"), ("de", "ja"), ("de", "doch")],
        [("en", "no"), ("fr", "non")],
        [("en", "a <bpt i='1'>&lt;b></bpt>fat<ept i='1'>&lt;/b></ept> <ph>{1}</ph><hi>cat</hi>\n  sat"), ("de", "x")],
    ]
    assert read(write(tmp_path, tmx(units)), "en", "de")[0] == [
        {"en": "yes", "de": "ja"},
        {"en": "yes", "de": "doch"},
        "without a text in de",
        {"en": "a fat cat sat", "de": "x"},
    ]


def test_report_counts_units_that_are_left_out(tmp_path):
    units = [[("en", f"word {n}"), ("de", f"Wort {n}")] if n % 4 else [("en", f"word {n}")] for n in range(80)]
    splits = load_splits(str(write(tmp_path, tmx(units))), {"source": "en", "target": "de"})
    report = DataReport.of(splits)
    assert sum(report.splits.values()) == 60
    assert [(omission.rows, omission.reason) for omission in report.left_out] == [(20, "without a text in de")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "cp1252"])
def test_declared_encoding(tmp_path, encoding):
    head = HEAD.replace('"1.0"', f'"1.0" encoding="{encoding}"')
    content = tmx([[("en", "naïve"), ("de", "süß")]], head=head).encode(encoding)
    assert read(write(tmp_path, content), "en", "de")[0] == [{"en": "naïve", "de": "süß"}]
    plain = tmx([[("en", "naïve"), ("de", "süß")]]).encode(encoding)
    assert read(write(tmp_path, plain), "en", "de", encoding=encoding)[0] == [{"en": "naïve", "de": "süß"}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (tmx([[("en", "yes"), ("de", "ja")]])[:-20], r"a\.tmx, line 4: damaged XML \(no element found\)"),
        (tmx([[("en", "a < b"), ("de", "ja")]]), r"line 4: damaged XML"),
        ("<tmx><header srclang='en'/><body></body></tmx>", "has no translation units"),
        (tmx([[("en", "x&nbsp;y"), ("de", "ja")]]), "line 4: the entity 'nbsp' is declared or unknown"),
        (
            tmx([[("en", "&b;"), ("de", "ja")]]).replace(
                '<!DOCTYPE tmx SYSTEM "tmx14.dtd">', '<!DOCTYPE tmx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
            ),
            "line 2: the entity 'a' is declared or unknown",
        ),
        (
            tmx([[("en", "&b;"), ("de", "ja")]]).replace(
                '<!DOCTYPE tmx SYSTEM "tmx14.dtd">', '<!DOCTYPE tmx [<!ENTITY b SYSTEM "file:///etc/hostname">]>'
            ),
            "line 2: the entity 'b' is declared or unknown",
        ),
        (b"\x00\x01\x02", "damaged XML"),
    ],
)
def test_damage_is_one_sentence(tmp_path, content, message):
    with pytest.raises(DataError, match=message):
        read(write(tmp_path, content), "en", "de")


def test_language_without_a_region_is_all_its_regions(tmp_path):
    units = [
        [("en-US", "color"), ("de", "Farbe")],
        [("en-GB", "lorry"), ("de", "Laster")],
        [("fr", "oui"), ("de", "ja")],
    ]
    path = write(tmp_path, tmx(units))
    rows, names = read(path, "en", "de")
    assert names == ["en", "de"]
    assert rows == [{"en": "color", "de": "Farbe"}, {"en": "lorry", "de": "Laster"}, "without a text in en"]
    assert read(path, "en-GB", "de")[0][1] == {"en-gb": "lorry", "de": "Laster"}


def test_declared_entity_is_refused_in_one_sentence(tmp_path):
    head = '<?xml version="1.0"?>\n<!DOCTYPE tmx [<!ENTITY co "Acme">]>\n<tmx><header srclang="{}"/><body>\n'
    with pytest.raises(DataError, match="line 2: the entity 'co' is declared") as error:
        read(write(tmp_path, tmx([[("en", "&co;"), ("de", "ja")]], head=head)), "en", "de")
    assert "the encoding" not in str(error.value)
