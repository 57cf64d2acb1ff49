"""Tales: coherent, lively, never the same, true to their state; and scores that fall when sense is lost."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

DATA = Path(__file__).parents[1] / "data"
sys.path.insert(0, str(DATA))

from grammars.tales.beings import invented_name  # noqa: E402
from grammars.tales.coherence import SCORES, SENTENCE, coherence, mean_coherence  # noqa: E402
from grammars.tales.narrator import Narrator  # noqa: E402
from grammars.tales.overlap import overlap  # noqa: E402
from grammars.tales.tale import PLOTS, tale, world  # noqa: E402
from grammars.tales.templates import expand  # noqa: E402
from tales import read_tales  # noqa: E402


@pytest.fixture(scope="module")
def texts():
    """Four tales of each plot."""
    return [tale(Random(index), plot) for index, plot in enumerate(PLOTS * 4)]


def shuffled(text, rng):
    """Return a tale whose sentences are in random order, in paragraphs as long as before."""
    title, *paragraphs = text.split("\n\n")
    split = [SENTENCE.findall(paragraph) for paragraph in paragraphs]
    sentences = [sentence.strip() for paragraph in split for sentence in paragraph]
    rng.shuffle(sentences)
    remaining = iter(sentences)
    return "\n\n".join([title, *(" ".join(next(remaining) for _ in paragraph) for paragraph in split)])


def test_tales_are_coherent_and_shuffled_tales_are_not(texts):
    ordered = mean_coherence(texts)
    random = mean_coherence([shuffled(text, Random(1)) for text in texts])
    assert all(ordered[name] > 0.95 for name in SCORES), ordered
    assert all(random[name] < ordered[name] - 0.03 for name in SCORES), random
    assert max(random[name] for name in ("introductions", "pronouns", "wish")) < 0.75


def test_tales_have_the_form_of_a_corpus(texts):
    for text in texts:
        title, *paragraphs = text.split("\n\n")
        assert "\n" not in text.replace("\n\n", "")
        assert len(title.split()) < 12
        assert not title.endswith(".")
        assert len(paragraphs) >= 6
        assert 150 < len(text.split()) < 1200


def test_sentences_are_clean(texts):
    stray = re.compile(
        r'[\[\]{}<>|@~/]|  |,,|\.\.|[,:;]\.|[?!][.,]|\ba [aei]\w|\ban [b-df-gj-np-tv-z]|[.!?] [a-z]|(?<!")" "$'
    )
    for text in texts:
        assert not (match := stray.search(text)), text[max(0, match.start() - 60) : match.end() + 20]


def test_words_are_few_and_runs_of_words_are_new(texts):
    words = {word for text in texts for word in re.findall(r"(?<!\w)[a-z]+", text)}
    assert 1000 < len(words) < 3000
    assert overlap(texts[:24], texts[24:]) < 0.1


def test_the_same_seed_gives_the_same_tale():
    assert tale(Random(5)) == tale(Random(5))
    assert tale(Random(5)) != tale(Random(6))


@pytest.fixture
def narrator():
    return Narrator(world(PLOTS[0], Random(3)), Random(3), {})


def test_who_holds_what_decides_which_variant_fits(narrator):
    variants = ("(h has g) kept", "(m has g) given away")
    narrator.paragraph("{g>h}")
    assert narrator.choose(variants) == "kept"
    narrator.paragraph("{g>m}")
    assert narrator.choose(variants) == "given away"
    with pytest.raises(RuntimeError, match="no variant fits"):
        narrator.choose(("(h has g) kept",))


def test_facts_and_hours_decide_which_variant_fits(narrator):
    with pytest.raises(RuntimeError):
        narrator.choose(("(h knows secret) (day) told",))
    narrator.paragraph("{h+secret}")
    assert narrator.choose(("(h knows secret) (day) told", "(night) dark")) == "told"
    narrator.world.hour = 4
    assert narrator.choose(("(h knows secret) (day) told", "(night) dark")) == "dark"


def test_actors_are_introduced_and_then_named_or_meant(narrator):
    hero = narrator.world.actors["h"]
    first, second = narrator.paragraph("{h} sat. {h} slept.").split(". ")
    assert re.match(rf"An? {hero.look} {hero.noun} (named|called|by the name of|whose name was) {hero.name} sat", first)
    assert second.split()[0] in (hero.pronoun.title(), hero.name, "The")
    assert narrator.paragraph("{h} sat.").split()[0] in (hero.name, "The")


def test_a_pronoun_is_never_ambiguous(narrator):
    actors = narrator.world.actors
    rival = next(key for key in "kmr" if actors[key].pronoun == actors["h"].pronoun)
    narrator.paragraph(f"{{h}} met {{{rival}}}.")
    for _ in range(20):
        assert narrator.paragraph(f"{{h.n}} met {{{rival}.n}}. {{h}} slept.").split(". ")[1].split()[0] not in (
            "He",
            "She",
        )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("introductions", "Once there was a shy girl named Ada. Then Bruno laughed and then Bruno left."),
        ("introductions", "Zoluk was a shy elf. He slept, and then Zolina slept."),
        ("introductions", "His cousin Wulbo slept, and Brando slept."),
        ("pronouns", "Once there was a shy girl named Ada. He slept. He woke up."),
        ("things and places", "A boy named Max had a small tin whistle. He lost the silver whistle."),
        ("things and places", "A boy named Max lived in Foxford. He never left Mossbridge."),
        ("quotation marks", 'A boy named Max said, "I am here.\n\nThen he slept.'),
        (
            "wish",
            "A boy named Max wished to find the whistle of the king. He ate. He sang. He ran. He hid. He slept.",
        ),
    ],
)
def test_each_fault_lowers_its_score(name, text):
    assert coherence(text)[name] < 1


def test_templates_report_brackets_that_do_not_match():
    with pytest.raises(ValueError, match="not closed"):
        expand("a [b|c", {}, Random(1))
    with pytest.raises(ValueError, match="unmatched"):
        expand("a b|c]", {}, Random(1))


def test_invented_names_are_new_and_can_be_spoken():
    names = [invented_name(pronoun, Random(seed)) for seed in range(500) for pronoun in ("she", "he")]
    assert len(set(names)) > 700
    assert all(re.fullmatch("[A-Z][a-z]{2,11}", name) and not re.search("[^aeiouy]{4}", name) for name in names)


def test_the_command_writes_and_scores_a_corpus(tmp_path):
    run = [sys.executable, str(DATA / "tales.py")]
    subprocess.run([*run, "--number", "20", "--out", str(tmp_path), "--seed", "2"], check=True)
    rows = [
        json.loads(line)
        for split in ("train", "validation")
        for line in (tmp_path / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len({row["text"] for row in rows}) == 20
    assert all(row["title"] != row["text"].partition("\n")[0] for row in rows)
    check = [*run, "--check", str(tmp_path / "train.jsonl"), "--corpus", str(tmp_path / "train.jsonl")]
    printed = subprocess.run(check, check=True, capture_output=True, text=True).stdout
    assert re.search(r"19 tales\n(.+\n)+repeated runs +100.0 %", printed)


def test_output_of_a_model_is_split_at_two_empty_lines(tmp_path):
    (tmp_path / "texts.txt").write_text("One.\n\nTwo.\n\n\nThree.\n", encoding="utf-8")
    assert list(read_tales(tmp_path / "texts.txt")) == ["One.\n\nTwo.", "Three."]
