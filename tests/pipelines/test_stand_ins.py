from __future__ import annotations

from random import Random

import pytest

from nlprnn.pipelines.stand_ins import Cast, StandIns

NAMES = StandIns({"Ada": ("Ida", "Olga", "Orla"), "Ben": ("Max", "Odo"), "Oak": ("Rome",)})
WORDS = {"the", "once", "will", "girl", "I", "a", "went"}


def cast(prompt, weights=(0.1, 0.2, 0.15), *, seed=1):
    asked = []

    def choose(before, stand_ins):
        asked.append(before)
        return [dict(zip(NAMES.names, weights, strict=True))[stand_in] for stand_in in stand_ins]

    found = NAMES.cast(prompt, is_word=WORDS.__contains__, choose=choose, rng=Random(seed))
    return found, asked


def test_names_of_a_prompt_are_hidden_and_come_back():
    prompt = "Once a girl, Zelda, went to Anne-Marie. ZELDA! Zelda's girl"
    found, asked = cast(prompt)
    hidden = "Once a girl, Ben, went to Oak. ZELDA! Ben's girl"
    assert found.hide(prompt) == hidden
    assert found.push(hidden) + found.close() == prompt
    assert asked == ["Once a girl, ", "Once a girl, Ben, went to "]


def test_a_name_that_is_a_stand_in_or_begins_a_text():
    found, _ = cast("Ada went. Ben will")
    assert found.hide("Ada and Ben") == "Ben and Oak"
    assert found.push("Ben and Oak and Ada.") in (
        "Ada and Ben and Olga.",
        "Ada and Ben and Ida.",
        "Ada and Ben and Orla.",
    )


@pytest.mark.parametrize(("weights", "is_name"), [((0.1, 0.2, 0.15), False), ((0.3, 0.2, 0.15), True)])
def test_a_word_is_a_name_where_the_model_expects_one(weights, is_name):
    found, _ = cast("a girl named Will", weights)
    assert (found.hide("Will") != "Will") == is_name


def test_words_that_are_no_names():
    found, asked = cast('Once I went. "The girl" ONCE X')
    assert found.hide('Once I went. "The girl" ONCE X') == 'Once I went. "The girl" ONCE X'
    assert asked == []


def test_more_names_than_stand_ins():
    assert cast("Xa Xe Xi Xo Xu")[0].hide("Xa Xe Xi Xo Xu") == "Ben Oak Ada Xo Xu"


def test_drawn_names_begin_with_different_letters_and_depend_on_the_seed():
    drawn = [cast("", seed=seed)[0].push("Ada Ben.") for seed in range(20)]
    assert drawn == [cast("", seed=seed)[0].push("Ada Ben.") for seed in range(20)]
    assert len(set(drawn)) > 3
    assert "Olga Odo." not in drawn
    assert "Orla Odo." not in drawn


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_pieces_of_any_size_give_the_same_text(size):
    text = 'Ada\'s Adam saw Ben, "Ben" and A. BenAda Ad'
    found = Cast({"Ada": "Ben", "Ben": "Ada-Lou"})
    pieces = [found.push(text[begin : begin + size]) for begin in range(0, len(text), size)]
    assert "".join([*pieces, found.close()]) == 'Ben\'s Adam saw Ada-Lou, "Ada-Lou" and A. BenAda Ad'
