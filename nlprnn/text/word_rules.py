"""Rules for words: where they start and end, in any script, and where print puts spaces between them.

The patterns for splitting are in Oniguruma's syntax, which the `tokenizers` library uses. What can fail late is
bounded in length, so that the time is linear in the length of any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# "don’t" is the word "don't". After the end of a word the mark may be a closing quotation mark: it stays.
TYPOGRAPHIC_APOSTROPHE = r"(?<=[\p{L}\p{N}])’(?=\p{L})"

# Scripts without spaces between words. The prolonged sound marks of Katakana belong to no script in Unicode.
_CLUSTERS = r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_CHARACTERS = r"\p{Han}\p{Hiragana}"
_KATAKANA = r"\p{Katakana}ーｰ"
_UNSPACED = _CLUSTERS + _CHARACTERS + _KATAKANA

_FIRST = rf"[[\p{{L}}\p{{N}}]&&[^{_UNSPACED}]]"
# U+200C and U+200D join letters inside Persian and Indic words.
_LETTER = rf"[[\p{{L}}\p{{M}}\p{{N}}\x{{200C}}\x{{200D}}]&&[^{_UNSPACED}]]"
_END = rf"(?!{_LETTER})"

_NEGATION = rf"(?i:n't){_END}"
_CLITIC = rf"(?i:s|re|ve|ll|d|m){_END}"
# Letters, but the n of "don't" is left to the "n't" that follows.
_RUN = rf"{_FIRST}{_LETTER}*(?!(?<=[nN])'[tT]{_END})"
_NUMBER = rf"\d+(?:[.,:/]\d+)+{_LETTER}*"
_PARTS = rf"(?:[-_·׳״](?:{_NUMBER}|{_RUN})|'(?!{_CLITIC}){_RUN}|(?<=\p{{Hebrew}})\"(?=\p{{Hebrew}}){_RUN})*"
_DOMAIN = rf"(?:(?:\.{_RUN}){{0,3}}\.(?:com|org|net|edu|gov|info|co\.uk){_END})?"

_ELIDED = "[cdjlmnst]|(?:jus|lors|puis)?qu|(?:d|n|qu)?ell|d?all|sull|un"
_VOWEL = "aeiouyhàáâäæèéêëìíîïòóôöùúûüœ"

WORD = "|".join(
    [
        # Not a further rule: the usual word and sign, matched at twice the speed.
        r"(?:[A-Za-z]++|[,.])(?=[\s,]|\z)",
        rf"(?=[{_CLUSTERS}])\X",
        rf"[{_CHARACTERS}]\p{{M}}*",
        rf"[{_KATAKANA}]+",
        r"(?i:https?://|www\.)[!#-;=?-~]*[A-Za-z0-9/#&=_-]",
        r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+",
        # Abbreviations keep their full stop: "u.s.", "p.m.", "mr.", and initials: "samuel l. jackson".
        rf"\p{{L}}(?:\.\p{{L}}{_END})+\.?(?:-{_RUN})*",
        r"(?i:mrs?|ms|dr|prof|st|jr|sr|vs|etc|lt|col|gen|capt|sgt|rev|gov|sen|inc|corp|ltd|bros|ph\.d)\.",
        r"[b-hj-zB-HJ-Z]\.(?=\s?\p{L})",
        # "r&b", "at&t"
        rf"{_FIRST}{_LETTER}?&{_FIRST}{_LETTER}?{_END}(?!;)",
        # French and Italian elision: "l'eau", "qu'il", "dell'arte"
        rf"(?i:{_ELIDED})'(?=(?i:[{_VOWEL}]))",
        _NEGATION,
        rf"'{_CLITIC}",
        rf"'(?i:\d\ds?|em|til|cause|tis|twas|n'?){_END}",
        # The brackets of the Penn Treebank
        r"-(?i:[lr][rsc]b)-",
        # A sign or a leading point belongs to the number, not so in "10-5".
        rf"(?:(?<![^\s(\[$])[-+]?\.?(?=\d))?(?:{_NUMBER}|{_RUN}){_PARTS}{_DOMAIN}",
        r"&(?:amp|quot|lt|gt|nbsp|apos);|&?#\d{1,4};",
        r"<unk>",
        rf"(?<!\S)(?:[:;=]-?[()|DdPp\]\[/\\]|<3){_END}",
        r"\.\.\.|---?|``|''|\\[/*]",
        # Any other sign or emoji with its modifiers; white space, control and format characters are dropped.
        r"(?=[^\s\p{Cc}\p{Cf}\p{Cs}])\X",
    ]
)

# An entry of pretrained vectors that stands for a kind of word: "<user>", "<url>", "<number>".
_PLACEHOLDER = re.compile(r"<[^\W_][\w:.-]{0,60}>")


def is_placeholder(word: str) -> bool:
    """Return whether a word is a name between < and >, as Twitter's handles are in GloVe: "<user>"."""
    return bool(_PLACEHOLDER.fullmatch(word))


def find_placeholders(text: str) -> list[str]:
    """Return the names between < and > in a text, brackets included."""
    return _PLACEHOLDER.findall(text)


def word_pattern(placeholders: Iterable[str] = ()) -> str:
    """Return the pattern of a word, with placeholders that are words of their own in any case of their letters."""
    names = "|".join(re.escape(placeholder) for placeholder in sorted(placeholders))
    return f"(?i:{names})|{WORD}" if names else WORD


_TO_THE_LEFT = re.compile(r"(?<=\S) (?=(?:n't|'(?:s|re|ve|ll|d|m)|[.,;:!?…%)\]}»”’،؛؟।]|\.\.\.)(?: |$))", re.IGNORECASE)
_PAIRS = re.compile(r'(?<!\S)(["„]) ((?:(?!\1)[^“”])+) (["“”])(?!\S)')
_TO_THE_RIGHT = re.compile(r"(?<![^ ])([(\[{«“‘„¿¡]) |([$£#]) (?=\d)|(?<=s) (?='(?: |$))")
_ELISION = re.compile(rf"(?<![^\W_])((?:{_ELIDED})') (?=[{_VOWEL}])", re.IGNORECASE)
_NO_SPACES = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u2e80-\u2fdf\u3000-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\uff00-\uffef\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_BETWEEN_UNSPACED = re.compile(rf"(?<=[{_NO_SPACES}]) (?=[{_NO_SPACES}])")
_UNSPACED_LETTER = re.compile(rf"(?=[{_NO_SPACES}])[^\W\d_]")
_LETTERS = re.compile(r"[^\W\d_]")
_SAMPLE = 1000
"""Texts that show the script of a dataset, and characters of each."""


def is_unspaced(texts: Sequence[str]) -> bool:
    """Return whether most letters of texts are of a script that has no spaces between words, such as Chinese or Thai.

    Args:
        texts: of which a thousand, evenly spread, are looked at.
    """
    sample = "".join(text[:_SAMPLE] for text in texts[:: len(texts) // _SAMPLE + 1])
    return 2 * len(_UNSPACED_LETTER.findall(sample)) > len(_LETTERS.findall(sample))


def join_words(words: list[str]) -> str:
    """Return the words as a line of text, with spaces as in print.

    Closing punctuation and "n't" or "'s" go to the word on their left, opening brackets to the right, a pair
    of straight quotation marks to what it encloses; scripts without spaces get none.
    """
    text = _TO_THE_LEFT.sub("", " ".join(words))
    text = _PAIRS.sub(r"\1\2\3", text)
    text = _TO_THE_RIGHT.sub(r"\1\2", text)
    text = _ELISION.sub(r"\1", text)
    return _BETWEEN_UNSPACED.sub("", text)
