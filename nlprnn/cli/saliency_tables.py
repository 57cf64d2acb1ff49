"""Saliency of tokens for a terminal: in colour, else in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nlprnn.cli.text_io import pad_names, shorten, without_controls

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from nlprnn.interpret import Saliency

_NAME_WIDTH, _TEXT_WIDTH, _BAR_WIDTH = 24, 80, 20
_WEAKEST = 0.08  # weaker scores have no colour

# Styles from the weakest to the strongest score, chosen to be legible on dark and on light terminals.
_FOR = ("black on #dbe9ff", "black on #a9ccff", "black on #6ea8fe", "bold white on #1d63d8")
_AGAINST = ("black on #ffe0de", "black on #ffb3ae", "black on #fb7d75", "bold white on #c9211a")


def to_json(saliency: Saliency) -> dict[str, Any]:
    """Return plain values, scores with six digits after the point."""
    return {
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


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def has_colour(console: Console) -> bool:
    """Whether the console is a terminal that shows colour."""
    return console.is_terminal and not console.no_color and console.color_system is not None


def coloured(saliency: Saliency) -> list[Text]:
    """Return the text as it was written, the background of a token the stronger the larger its score."""
    from rich.text import Text

    from nlprnn.interpret.segments import segments, summary

    line = Text(f"{_head(saliency)}  ")
    for segment in segments(saliency):
        styles = _AGAINST if (segment.score or 0.0) < 0 else _FOR
        style = styles[min(int(segment.strength * len(styles)), len(styles) - 1)]
        line.append(without_controls(segment.text), style=style if segment.strength > _WEAKEST else "")
    return [line] if saliency.logit is None else [line, Text(summary(saliency), style="dim")]


def legend(*, signed: bool) -> Text:
    """Return the meaning of the colours; `signed`: scores are for or against the class."""
    from rich.text import Text

    if not signed:
        return Text.assemble(("read more", _FOR[-1]), " ", ("less", _FOR[0]))
    return Text.assemble(
        (" for ", _FOR[-1]), (" the class ", _FOR[1]), " ", (" against ", _AGAINST[-1]), (" it ", _AGAINST[1])
    )


def columns(saliency: Saliency) -> list[str]:
    """Return a line for each token: itself, its score, and a bar of `+` or `-` as long as the score is large."""
    from nlprnn.interpret.segments import summary

    scores = saliency.scores.tolist()
    largest = max(map(abs, scores), default=0.0) or 1.0
    sign = "" if saliency.logit is None else "+"  # attention has no sign
    lines = [f"{_head(saliency)}  {shorten(saliency.text, _TEXT_WIDTH)}".rstrip()]
    for name, score, unknown in zip(pad_names(saliency.tokens, _NAME_WIDTH), scores, saliency.unknown, strict=True):
        bar = ("-" if score < 0 else "+") * round(_BAR_WIDTH * abs(score) / largest)
        note = "  unknown to the model" if unknown else ""
        lines.append(f"  {name}  {score:{sign}8.4f}  {bar}{note}".rstrip())
    return lines if saliency.logit is None else [*lines, f"  {summary(saliency)}"]


def _head(saliency: Saliency) -> str:
    label, prediction = (shorten(name, _NAME_WIDTH) for name in (saliency.label, saliency.prediction))
    other = "" if saliency.label == saliency.prediction else f"  (more likely: {prediction})"
    return f"{label}  {saliency.probability:.1%}{other}"
