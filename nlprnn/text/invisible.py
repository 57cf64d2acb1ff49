"""Characters that nobody sees: white space, controls, and those that Unicode calls default ignorable."""

from __future__ import annotations

import re

_INVISIBLE = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]*"
)


def is_invisible(text: str) -> bool:
    """Return whether a text shows nothing: it is empty, or of white space and invisible characters alone."""
    return bool(_INVISIBLE.fullmatch(text))
