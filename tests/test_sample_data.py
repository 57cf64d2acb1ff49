"""The sample data sets are what `data/make.py` makes and what `data/README.md` says."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

DATA = Path(__file__).parents[1] / "data"
SPLITS = ("train", "validation", "test")
FIELDS = {
    "sentiment": {"text", "label"},
    "news": {"title", "text", "label"},
    "hotels": {"text", "stars", "topics"},
    "translation": {"en", "de"},
}
LABELS = {
    "sentiment": {"negative", "positive"},
    "news": {"world", "sports", "business", "science", "culture"},
}
OUTPUTS = sorted(path.relative_to(DATA) for path in DATA.glob("*/*.*") if path.suffix in (".jsonl", ".txt", ".conll"))


def read_rows(name: str, split: str) -> list[dict[str, str]]:
    text = (DATA / name / f"{split}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def read_stories(split: str) -> list[str]:
    text = (DATA / "stories" / f"{split}.txt").read_text(encoding="ascii")
    return text.removesuffix("\n").split("\n\n\n")


def read_sentences(split: str) -> list[list[tuple[str, str]]]:
    text = (DATA / "tagging" / f"{split}.conll").read_text(encoding="ascii")
    return [[tuple(line.split(" ")) for line in block.splitlines()] for block in text.split("\n\n")]


def tagged_spans(split: str) -> list[tuple[str, str]]:
    """The marked names of a split, with what they are."""
    found: list[tuple[str, str]] = []
    for word, tag in (pair for sentence in read_sentences(split) for pair in sentence):
        if tag.startswith("B-"):
            found.append((word, tag[2:]))
        elif tag.startswith("I-"):
            assert found[-1][1] == tag[2:]
            found[-1] = (f"{found[-1][0]} {word}", tag[2:])
    return found


def normalise(text: str) -> str:
    return " ".join(text.lower().split())


def items(name: str, split: str, field: str) -> list[str]:
    if name == "tagging":
        texts = [" ".join(word for word, _ in sentence) for sentence in read_sentences(split)]
    else:
        texts = read_stories(split) if name == "stories" else [row[field] for row in read_rows(name, split)]
    return [normalise(text) for text in texts]


def german() -> str:
    return "\n".join(row["de"] for split in SPLITS for row in read_rows("translation", split))


@pytest.fixture(scope="module")
def grammar() -> Iterator[dict[str, ModuleType]]:
    """The grammar modules, importable while this file's tests run."""
    names = ("common", "sentiment", "translation_clauses", "translation_phrases")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DATA))
        yield {name: importlib.import_module(f"grammars.{name}") for name in names}


def test_making_again_gives_the_committed_bytes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(DATA / "make.py"), "--out", str(tmp_path)], check=True)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert made == OUTPUTS
    assert len(made) == 18
    for path in made:
        assert (tmp_path / path).read_bytes() == (DATA / path).read_bytes(), path


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("sentiment", "text"),
        ("news", "text"),
        ("hotels", "text"),
        ("translation", "en"),
        ("translation", "de"),
        ("stories", ""),
        ("tagging", ""),
    ],
)
def test_no_item_comes_twice_within_or_across_splits(name: str, field: str) -> None:
    every = [text for split in SPLITS for text in items(name, split, field)]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("split", SPLITS)
def test_rows_have_the_documented_fields_filled(name: str, split: str) -> None:
    for row in read_rows(name, split):
        assert set(row) == FIELDS[name]
        assert all(row.values())
        for value in filter(lambda value: isinstance(value, str), row.values()):
            assert value == value.strip()
            assert not re.search(r"[{}|_]|  |,,|\.\.|,\.", value), value


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("split", SPLITS)
def test_labels_are_balanced(name: str, split: str) -> None:
    counts = Counter(row["label"] for row in read_rows(name, split))
    assert set(counts) == LABELS[name]
    assert len(set(counts.values())) == 1


@pytest.mark.parametrize("split", SPLITS)
def test_stars_are_halves_and_topics_are_known(split: str) -> None:
    rows = read_rows("hotels", split)
    assert {row["stars"] for row in rows} == {stars / 2 for stars in range(2, 11)}
    assert {topic for row in rows for topic in row["topics"]} == {"room", "staff", "food", "location", "quiet", "value"}
    assert {len(row["topics"]) for row in rows} == {1, 2, 3}


def test_files_stay_below_four_megabytes() -> None:
    assert sum((DATA / path).stat().st_size for path in OUTPUTS) < 4_000_000


@pytest.mark.parametrize("name", [*FIELDS, "stories", "tagging"])
def test_readme_counts_are_true(name: str) -> None:
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    row = next(line for line in readme.splitlines() if line.startswith(f"| `{name}`"))
    told = [int(cell) for cell in row.strip("| ").split("|")[-3:]]
    assert told == [len(items(name, split, "text" if name != "translation" else "en")) for split in SPLITS]


def test_english_articles_fit_the_next_word() -> None:
    texts = [row["en"] for row in read_rows("translation", "train")]
    texts += [row["text"] for name in ("sentiment", "news") for row in read_rows(name, "train")]
    texts += [" ".join(word for word, _ in sentence) for sentence in read_sentences("train")]
    wrong = re.compile(r"\b[Aa] [aei]\w|\b[Aa]n [bcdfgjklmnpqrstvwxyz]")
    assert [text for text in [*texts, *read_stories("train")] if wrong.search(text)] == []


def test_train_lacks_the_held_out_pairs_and_test_has_them(grammar: dict[str, ModuleType]) -> None:
    sentiment = grammar["sentiment"]
    found = {}
    for split in SPLITS:
        texts = " ".join(row["text"] for row in read_rows("sentiment", split))
        words = re.findall(r"(?:is|are) never (?!less than)([\w-]+)", texts)
        found[split] = [sentiment.is_held_out("other {s} {is} never {a}", word) for word in words]
    assert len(found["train"]) > 100
    assert not any(found["train"])
    assert any(found["validation"])
    assert any(found["test"])


def test_most_adjectives_of_reviews_occur_often_under_both_labels(grammar: dict[str, ModuleType]) -> None:
    adjectives = {word for pair in grammar["sentiment"].ADJECTIVES.values() for text in pair for word in text.split()}
    counts = {label: Counter() for label in LABELS["sentiment"]}
    for row in read_rows("sentiment", "train"):
        counts[row["label"]].update(set(re.findall(r"[\w-]+", row["text"].lower())))
    shares = {
        word: min(seen) / sum(seen)
        for word in adjectives
        if sum(seen := [counts[label][word] for label in counts]) >= 20
    }
    assert len(shares) > 60
    assert sum(share > 0.2 for share in shares.values()) > 0.9 * len(shares)


def finite_verbs(clauses: ModuleType) -> set[str]:
    verbs = [*clauses.ALL_VERBS, clauses.BE]
    forms = {verb.prefix + verb.german(person) for verb in verbs for person in ("1sg", "3sg", "3pl")}
    for modal in clauses.MODAL.values():
        forms |= {modal.german_singular, modal.german_plural}
    return forms | {"bin", "ist", "sind", "habe", "hat", "haben", "war", "waren", "werde"}


def test_german_subordinate_clauses_end_in_a_finite_verb(grammar: dict[str, ModuleType]) -> None:
    conjunctions = "dass|weil|ob|obwohl|als|wenn|während|sobald"
    introduced = re.compile(rf"(?:^|, )(?i:{conjunctions}) ([^,.?\n]+)[,.?]", re.MULTILINE)
    clauses = introduced.findall(german())
    assert len(clauses) > 1000
    finite = finite_verbs(grammar["translation_clauses"])
    assert [clause for clause in clauses if clause.split()[-1] not in finite] == []


def test_german_verb_stands_second_after_a_clause_in_front(grammar: dict[str, ModuleType]) -> None:
    fronted = re.findall(r"^(?:Weil|Obwohl|Als|Wenn|Während|Sobald) [^,]+, (\w+)", german(), re.MULTILINE)
    assert len(fronted) > 200
    clauses = grammar["translation_clauses"]
    main = {verb.german(person) for verb in clauses.ALL_VERBS for person in ("1sg", "3sg", "3pl")}
    assert set(fronted) <= finite_verbs(clauses) | main


def test_german_adjectives_after_ein_agree_with_the_gender(grammar: dict[str, ModuleType]) -> None:
    genders = {noun.de: noun.gender for noun in grammar["translation_phrases"].LEXICON}
    found = re.findall(r"\b(?:[Ee]|[Kk]|[Mm]|[Ss])ein ([a-zäöüß]+) ([A-ZÄÖÜ]\w+)", german())
    pairs = [(adjective, genders[noun]) for adjective, noun in found if noun in genders]
    assert len(pairs) > 100
    assert all(adjective.endswith({"m": "er", "n": "es"}[gender]) for adjective, gender in pairs)


def test_german_datives_have_dative_endings(grammar: dict[str, ModuleType]) -> None:
    text = german()
    adjectives = re.findall(r"(?<!,) (?:dem|einem|diesem|im|am|zum) ([a-zäöüß]+) [A-ZÄÖÜ]", text)
    assert len(adjectives) > 100
    assert {word for word in adjectives if not word.endswith("en")} == set()
    after_mit = re.findall(r"\b[Mm]it (\w+)", text)
    assert not {"die", "das", "ein", "eine", "einen", "mein", "ihn", "ich"} & set(after_mit)
    plurals = re.findall(r"\bmit (?:zwei|drei|vier|fünf|zehn) (?:[a-zäöüß]+ )?([A-ZÄÖÜ]\w+)", text)
    assert plurals
    assert all(noun[-1] in "ns" for noun in plurals)


def test_german_noun_phrases_match_a_table_written_out_by_hand(grammar: dict[str, ModuleType]) -> None:
    phrases = grammar["translation_phrases"]
    nouns = {noun.en: noun for noun in phrases.LEXICON}
    expected = {
        ("student", "the", "old", "alt", False): "der alte Student|den alten Studenten|dem alten Studenten",
        ("woman", "a", "old", "alt", False): "eine alte Frau|eine alte Frau|einer alten Frau",
        ("house", "my", "dark", "dunkl", False): "mein dunkles Haus|mein dunkles Haus|meinem dunklen Haus",
        ("apple", "two", "green", "grün", True): "zwei grüne Äpfel|zwei grüne Äpfel|zwei grünen Äpfeln",
        (
            "child",
            "these",
            "little",
            "klein",
            True,
        ): "diese kleinen Kinder|diese kleinen Kinder|diesen kleinen Kindern",
        ("car", "many", "expensive", "teur", True): "viele teure Autos|viele teure Autos|vielen teuren Autos",
    }
    for (noun, article, english, stem, plural), forms in expected.items():
        phrase = phrases.noun_phrase(nouns[noun], article, plural=plural, adjective=(english, stem))
        assert "|".join(phrase.german(case) for case in ("nom", "acc", "dat")) == forms


@pytest.mark.parametrize("split", SPLITS)
def test_stories_have_a_title_paragraphs_and_a_moderate_length(split: str) -> None:
    for story in read_stories(split):
        title, *paragraphs = story.split("\n\n")
        assert title == title.upper()
        assert "\n" not in title
        assert len(paragraphs) >= 5
        assert all(text[0] in '"' or text[0].isupper() for text in paragraphs)
        assert 120 <= len(story.split()) <= 250
        assert story.count('"') % 2 == 0


@pytest.mark.parametrize("split", SPLITS)
def test_sentences_have_whole_words_and_legal_tags(split: str) -> None:
    for sentence in read_sentences(split):
        assert all(re.fullmatch(r"[\w.,:;!?()'&-]+", word) for word, _ in sentence)
        assert all(re.fullmatch("O|[BI]-(DATE|LOC|ORG|PER)", tag) for _, tag in sentence)
        assert not sentence[0][0][0].islower()
        before = "O"
        for _, tag in sentence:
            assert not tag.startswith("I-") or before[2:] == tag[2:]
            before = tag


def test_many_names_are_new_in_test_and_some_are_of_two_kinds() -> None:
    known = set(tagged_spans("train"))
    names = [(name, kind) for name, kind in tagged_spans("test") if kind != "DATE"]
    words = {word for name, _ in known for word in name.split()}
    new = [name for name, _ in names if not set(name.split()) <= words]
    assert 0.3 < len(new) / len(names) < 0.7
    kinds = Counter(name for name, _ in known)
    assert sum(count > 1 for count in kinds.values()) > 30


def test_months_and_years_are_not_always_dates() -> None:
    plain = {word for sentence in read_sentences("train") for word, tag in sentence if not tag.endswith("DATE")}
    assert {"May", "March", "April"} <= plain
    assert any(re.fullmatch(r"(19|20)\d\d", word) for word in plain)
