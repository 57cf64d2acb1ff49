"""What each token says for or against a class, in colour for a terminal, else in columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nlprnn.cli.text_io import shortened, without_controls

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from nlprnn.interpret import Saliency

_LONGEST_NAME, _LONGEST_TEXT = 24, 80
_BAR = 20
_FAINTEST = 0.08  # weaker scores have no colour

# Background and ink from the weakest to the strongest, chosen to be read on dark and on light terminals.
_FOR = ("black on #dbe9ff", "black on #a9ccff", "black on #6ea8fe", "bold white on #1d63d8")
_AGAINST = ("black on #ffe0de", "black on #ffb3ae", "black on #fb7d75", "bold white on #c9211a")


def as_json(saliency: Saliency) -> str:
    """One line for programs."""
    record = {
        "text": saliency.text,
        "prediction": saliency.prediction,
        "label": saliency.label,
        "probability": round(saliency.probability, 6),
        "tokens": saliency.tokens,
        "offsets": saliency.spans,
        "scores": [round(score, 6) for score in saliency.scores.tolist()],
        "unknown": saliency.unknown,
        "logit": _rounded(saliency.logit),
        "baseline": _rounded(saliency.baseline),
        "gap": _rounded(saliency.gap),
        "cut": saliency.truncated,
    }
    return json.dumps(record, ensure_ascii=False)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def in_colour(console: Console) -> bool:
    """Whether colour reaches a reader; columns are for all others."""
    return console.is_terminal and not console.no_color and console.color_system is not None


def coloured(saliency: Saliency) -> list[Text]:
    """The text as it was written, the colour of a token the stronger the more it says."""
    from rich.text import Text

    from nlprnn.interpret.segments import account, segments

    line = Text(f"{_head(saliency)}  ")
    for segment in segments(saliency):
        shades = _AGAINST if (segment.score or 0.0) < 0 else _FOR
        shade = shades[min(int(segment.strength * len(shades)), len(shades) - 1)]
        line.append(without_controls(segment.text), style=shade if segment.strength > _FAINTEST else "")
    return [line] if saliency.logit is None else [line, Text(account(saliency), style="dim")]


def legend(*, signed: bool) -> Text:
    """What the colours mean."""
    from rich.text import Text

    if not signed:
        return Text.assemble(("read more", _FOR[-1]), " ", ("less", _FOR[0]))
    return Text.assemble(
        (" for ", _FOR[-1]), (" the class ", _FOR[1]), " ", (" against ", _AGAINST[-1]), (" it ", _AGAINST[1])
    )


def columns(saliency: Saliency) -> list[str]:
    """A line for each token: itself, its score, and a bar of `+` or `-` as long as it says much."""
    from rich.cells import cell_len, set_cell_size

    from nlprnn.interpret.segments import account

    names = [shortened(token, _LONGEST_NAME) for token in saliency.tokens]
    width = max(map(cell_len, names), default=0)
    largest = max(map(abs, saliency.scores.tolist()), default=0.0) or 1.0
    sign = "" if saliency.logit is None else "+"  # attention speaks for nothing
    lines = [f"{_head(saliency)}  {shortened(saliency.text, _LONGEST_TEXT)}".rstrip()]
    for name, score, unknown in zip(names, saliency.scores.tolist(), saliency.unknown, strict=True):
        bar = ("-" if score < 0 else "+") * round(_BAR * abs(score) / largest)
        told = "  unknown to the model" if unknown else ""
        lines.append(f"  {set_cell_size(name, width)}  {score:{sign}8.4f}  {bar}{told}".rstrip())
    return lines if saliency.logit is None else [*lines, f"  {account(saliency)}"]


def _head(saliency: Saliency) -> str:
    label, prediction = (shortened(name, _LONGEST_NAME) for name in (saliency.label, saliency.prediction))
    other = "" if saliency.label == saliency.prediction else f"  (likelier: {prediction})"
    return f"{label}  {saliency.probability:.1%}{other}"
