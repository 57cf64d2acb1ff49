"""HTML tags in texts that hold mark-up; between < and > of any other text is text."""

from __future__ import annotations

import re
from html.entities import name2codepoint

_NAME = (
    r"(?:a|abbr|b|big|blockquote|body|br|center|code|dd|div|dl|dt|em|embed|font|form|h[1-6]|head|hr|html|i|iframe|img"
    r"|input|label|li|link|meta|object|ol|option|p|param|pre|q|s|script|select|small|span|strike|strong|style|sub|sup"
    r"|table|tbody|td|th|thead|title|tr|tt|u|ul|video)"
)
# Attributes have values, but for a few names: "<a stale loaf>" is no tag in any text.
_ATTRIBUTES = r"\s{1,100}[a-z][\w:-]{0,100}\s{0,100}=[^<>]{0,2000}"
_FLAGS = r"(?:\s{1,100}(?:allowfullscreen|autoplay|checked|disabled|noshade|nowrap|readonly|selected)){0,9}"
_TAG = re.compile(rf"</{_NAME}\s*>|<{_NAME}{_FLAGS}(?:{_ATTRIBUTES})?\s{{0,100}}/?>", re.IGNORECASE)

# What nobody writes but in mark-up: a closing tag, an attribute, a line break, an element without content.
_EVIDENCE = re.compile(rf"</{_NAME}\s*>|<{_NAME}{_ATTRIBUTES}>|<br\s*/?>|<{_NAME}\s{{0,100}}/>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|([A-Za-z]{2,8}[0-9]{0,2}));")


def blank_tags(text: str) -> str:
    """Return `text` with a space for each character of its HTML tags, so that all other offsets stay.

    A text has tags where it holds mark-up beyond doubt: a closing tag, an attribute with a value, `<br>`, `<img/>` or
    an entity such as `&amp;`. Otherwise, and where the name is not one of HTML's, `<...>` is text: "press <b>", "x <a
    and b> y", "<user>".
    """
    if "<" not in text or not _has_markup(text):
        return text
    return _TAG.sub(lambda tag: " " * len(tag[0]), text)


def _has_markup(text: str) -> bool:
    if _EVIDENCE.search(text):
        return True
    return any(entity[1] is None or entity[1] in name2codepoint for entity in _ENTITY.finditer(text))
