"""JSON lines: one object a line, for programs of any language."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

_OTHER_LINE_ENDS = re.compile("[\x85\u2028\u2029]")  # JSON escapes the rest


def json_line(record: Mapping[str, Any]) -> str:
    r"""Return an object as one line without its end, also for programs that take other characters than \n for one.

    Numbers that are not finite, which JSON cannot hold, are null; values of other types, such as dates, are texts.
    """
    try:
        line = json.dumps(record, ensure_ascii=False, allow_nan=False, default=str)
    except ValueError:
        line = json.dumps(_finite(record), ensure_ascii=False, default=str)
    return _OTHER_LINE_ENDS.sub(lambda end: f"\\u{ord(end[0]):04x}", line)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value
