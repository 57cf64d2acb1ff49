from __future__ import annotations

import torch

from nlprnn.decoding import History
from nlprnn.decoding.mention_rules import Introduction, MentionRules, mention_penalty
from nlprnn.decoding.recent_text import RecentText

TOKENS = [
    "\n",
    " Ada",
    " Otto",
    " she",
    " She",
    " he",
    " fox",
    " girl",
    " named",
    " a",
    " the",
    ".",
    " old",
    "\n\n",
    "A",
    "da",
]
RULES = MentionRules(
    groups=(("Ada", "Otto", "missing"),),
    agreements={"she": ("Ada", "girl"), "he": ("Otto",)},
    introductions=(
        Introduction(("Ada", "Otto"), ("named",), 1),
        Introduction(("Otto",), ("named",), 1, confirmed_by=("fox",), contradicted_by=("girl",)),
        Introduction(("fox", "girl"), ("a", "an"), 2),
    ),
)


def tokens_of(text):
    ids, rest = [], text
    while rest:
        fitting = [token for token, piece in enumerate(TOKENS) if rest.startswith(piece)]
        token = max(fitting, key=lambda token: len(TOKENS[token]))
        ids.append(token)
        rest = rest.removeprefix(TOKENS[token])
    return ids


def penalised(prompt, text=""):
    """Texts of the tokens that are penalised after a prompt and a text."""
    process = mention_penalty(RULES, RecentText(TOKENS, [prompt]), [prompt], 2.0)
    tokens = torch.tensor([tokens_of(text)], dtype=torch.int64)
    scores = process(torch.zeros(1, len(TOKENS)), History(tokens, torch.arange(1)))[0]
    assert set(scores.tolist()) <= {0.0, -2.0}
    return {token.strip() for token, score in zip(TOKENS, scores, strict=True) if score}


def test_everything_is_free_at_the_begin():
    assert penalised("") == set()
    assert "Ada" in penalised(" a girl")
    assert penalised(" the old.") == set()


def test_prompt_and_text_count_alike():
    text = " a girl named Ada. the"
    for size in range(len(tokens_of(text)) + 1):
        cut = len("".join(TOKENS[token] for token in tokens_of(text)[:size]))
        assert penalised(text[:cut], text[cut:]) == {"Otto", "he", "fox"}


def test_one_of_a_group_is_there():
    assert "Otto" in penalised(" named Ada named")
    assert "Ada" in penalised(" named Otto named")
    assert penalised(" named Otto. a") >= {"Ada", "She", "she"}


def test_pronouns_need_somebody_once_there_is_anybody():
    assert penalised(" a girl") == {"he", "Ada", "Otto"}
    assert not {"he", "she"} & penalised(" a girl named Otto")


def test_a_first_mention_does_not_follow_what_contradicts_it():
    assert "Otto" in penalised(" a girl named")
    assert "Otto" in penalised(" girl old old old old named")
    assert "Otto" not in penalised(" girl old old old old old old named")
    assert "Otto" not in penalised(" a girl. named")
    assert "Otto" not in penalised(" named Otto. the girl")
    assert "Otto" not in penalised(" a girl a fox named")
    assert "Otto" in penalised(" a fox a girl named")


def test_words_that_a_text_contradicts():
    assert RULES.contradicted("Once a girl named ") == {"Otto"}
    assert RULES.contradicted("a girl. A fox named ") == frozenset()


def test_later_words_are_introduced_within_reach_in_the_same_sentence():
    assert "fox" not in penalised(" a girl. a")
    assert "fox" not in penalised(" a girl. a old")
    assert "fox" in penalised(" a girl. a old old")
    assert "fox" in penalised(" a girl. a.")
    assert "fox" not in penalised(" a girl a fox. the")


def test_words_of_several_pieces_count():
    assert "da" in penalised(" named Otto.\n\nA")
    assert "da" not in penalised(" named Ada.\n\nA")
    assert "Otto" in penalised("\n\nAda")
    assert "A" not in penalised(" named Otto.\n\n")


def test_rows_follow_the_first_batch():
    process = mention_penalty(RULES, RecentText(TOKENS, ["", " Otto"]), ["", " Otto"], 1.0)
    history = History(torch.empty(3, 0, dtype=torch.int64), torch.tensor([1, 0, 1]))
    assert process(torch.zeros(3, len(TOKENS)), history)[:, 1].tolist() == [-1.0, 0.0, -1.0]
