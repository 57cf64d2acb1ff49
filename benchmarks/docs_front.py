"""Pictures of the README and the manual: explained sentences, a learning curve, and the attention of a translation.

python recipes/sentiment.py --out runs/sentiment
python recipes/translation.py --out runs/translation
python benchmarks/docs_front.py

It is drawn twice, for light and dark pages, as SVG with text, so that it is sharp and small and has the reader's fonts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import click
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

import nlprnn
from nlprnn.interpret import Saliency, WordAttention, explain, word_attention
from nlprnn.interpret.segments import segments
from nlprnn.picture_style import DARK, LIGHT, Theme
from nlprnn.pipelines import TranslationOptions
from nlprnn.training import draw_learning_curve, read_metrics
from nlprnn.training.learning_curve import regularisation_note

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
TEXTS = ("Slow at first, but the ending is superb.", "Brilliant actors, wasted in a dull film.")
SOURCE = "The old woman would like to tidy up the dark cellar."
WIDTH, HEIGHT, GAP = 1000, 456, 18
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif"
FOR, AGAINST = 0, 1
"""Colours of a theme for and against a label."""


def text_width(text: str, size: float) -> float:
    """Return about the width of a text in any of the fonts, in pixels."""
    return float(TextPath((0, 0), text.replace(" ", "i"), size=size, prop=FontProperties()).get_extents().width) + 1


def write(
    x: float, y: float, text: str, color: str, *, size: float = 13, anchor: str = "start", extra: str = ""
) -> str:
    """Return a line of text, (x, y) at its base line."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{color}" font-size="{size:g}" text-anchor="{anchor}" {extra}>'
        f"{escape(text)}</text>"
    )


def card(x: float, y: float, width: float, height: float, title: str, theme: Theme) -> str:
    """Return a card with its title."""
    box = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="12" fill="{theme.heat[0]}" opacity="0.75"/>'
    return box + write(x + 20, y + 30, title, theme.text, size=15, extra='font-weight="600"')


def sentence(saliency: Saliency, x: float, y: float, theme: Theme, size: float = 19) -> str:
    """Return a sentence, each word on a background as strong as its score, and the answer below."""
    drawn, at = "", x
    for piece in segments(saliency):
        width = text_width(piece.text, size)
        if piece.text.isspace():
            at += size * 0.33
            continue
        if piece.score is not None:
            color = theme.colors[FOR if piece.score > 0 else AGAINST]
            dash = "" if piece.score > 0 else ' stroke-dasharray="4 3"'
            drawn += (
                f'<rect x="{at - 3:.1f}" y="{y - size:.1f}" width="{width + 6:.1f}" height="{size * 1.35:.1f}" rx="4" '
                f'fill="{color}" opacity="{0.55 * piece.strength:.2f}"/>'
                f'<line x1="{at - 2:.1f}" x2="{at + width + 2:.1f}" y1="{y + 8:.1f}" y2="{y + 8:.1f}" '
                f'stroke="{color}" stroke-width="2" opacity="{piece.strength:.2f}"{dash}/>'
            )
        style = f'textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs"'
        drawn += write(at, y, piece.text, theme.text, size=size, extra=style)
        at += width
    answer = f"{saliency.label}, {saliency.probability:.1%}"
    return drawn + write(x, y + 30, answer, theme.muted, size=13)


def curve(folder: Path, x: float, y: float, width: float, height: float, theme: Theme) -> str:
    """Return the validation accuracy and the losses over the epochs."""
    records = [record for record in read_metrics(folder) if "validation" in record]
    epochs = [record["epoch"] for record in records]

    def line(values: Sequence[float], low: float, high: float, color: str) -> str:
        points = [
            (x + width * (epoch / epochs[-1]), y + height * (1 - (value - low) / (high - low)))
            for epoch, value in zip(epochs, values, strict=True)
        ]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        dots = "".join(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{color}"/>' for a, b in points)
        return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2.5"/>{dots}'

    drawn = ""
    for share, name in ((50, "50 %"), (75, "75 %"), (100, "100 %")):
        level = y + height * (1 - (share - 45) / 55)
        drawn += f'<line x1="{x}" x2="{x + width}" y1="{level:.1f}" y2="{level:.1f}" stroke="{theme.grid}"/>'
        drawn += write(x - 8, level + 4, name, theme.muted, size=11, anchor="end")
    accuracies = [record["validation"]["accuracy"] for record in records]
    losses = [record["validation"]["loss"] for record in records]
    drawn += line(losses, 0.0, 1.1 * max(losses), theme.colors[1]) + line(accuracies, 45, 100, theme.colors[0])
    drawn += write(x + width, y + height + 20, f"{epochs[-1]:.0f} epochs", theme.muted, size=11, anchor="end")
    middle, right = y + height / 2, x + width
    drawn += write(right, middle - 8, f"accuracy: {max(accuracies):.1f} %", theme.colors[0], size=12.5, anchor="end")
    loss = f"loss: {losses[0]:.2f} to {min(losses):.2f}"
    drawn += write(right, middle + 12, loss, theme.colors[1], size=12.5, anchor="end")
    return drawn + write(right, middle - 28, "in validation", theme.muted, size=12.5, anchor="end")


def attention(weights: WordAttention, x: float, y: float, width: float, height: float, theme: Theme) -> str:
    """Return the heat map of attention, source words above and translated words at the left."""
    source = [word for word in weights.source if not word.startswith("</")]
    left = max(text_width(word, 12.5) for word in weights.target) + 8
    top = max(text_width(word, 12.5) for word in source) * 0.75 + 10
    columns, rows = (width - left - 30) / len(source), (height - top) / len(weights.target)
    drawn = ""
    for j, word in enumerate(source):
        at = x + left + (j + 0.5) * columns
        turn = f'transform="rotate(-50 {at:.1f} {y + top - 8:.1f})"'
        drawn += write(at, y + top - 8, word, theme.muted, size=12.5, extra=turn)
    for i, word in enumerate(weights.target):
        middle = y + top + (i + 0.5) * rows
        drawn += write(x + left - 8, middle + 4, word, theme.text, size=12.5, anchor="end")
        for j, share in enumerate(weights.weights[i, : len(source)]):
            cell = f'x="{x + left + j * columns + 1:.1f}" y="{y + top + i * rows + 1:.1f}"'
            size = f'width="{columns - 2:.1f}" height="{rows - 2:.1f}" rx="3"'
            drawn += f'<rect {cell} {size} fill="{theme.grid}"/>'
            drawn += f'<rect {cell} {size} fill="{theme.heat[1]}" opacity="{share:.2f}"/>'
    return drawn


@click.command(context_settings={"show_default": True})
@click.option("--sentiment", type=click.Path(path_type=Path), default="runs/sentiment", help="Model of sentiment.")
@click.option("--translation", type=click.Path(path_type=Path), default="runs/translation", help="Translator.")
@click.option("--out", type=click.Path(path_type=Path), default=PICTURES, help="Folder of the pictures.")
def main(sentiment: Path, translation: Path, out: Path) -> None:
    """Draw `front`, `explain`, `attention` and `learning_curve`, each light and dark."""
    explained = list(explain(nlprnn.Classifier.load(sentiment), TEXTS))
    translator = nlprnn.Translator.load(translation)
    (translated,) = translator.translate([SOURCE], TranslationOptions(attention=True))
    weights = word_attention(translator, translated)
    out.mkdir(parents=True, exist_ok=True)
    for name, theme in (("light", LIGHT), ("dark", DARK)):
        left, right = 540, WIDTH - 540 - GAP
        sentences = card(0, 0, left, 208, "Which words decide", theme)
        sentences += "".join(sentence(one, 24, 72 + 78 * index, theme) for index, one in enumerate(explained))
        learned = card(0, 208 + GAP, left, HEIGHT - 208 - GAP, "How it learned", theme)
        learned += curve(sentiment, 76, 208 + GAP + 48, left - 106, HEIGHT - 208 - GAP - 82, theme)
        read = card(left + GAP, 0, right, HEIGHT, "Which words a translation reads", theme)
        read += attention(weights, left + GAP + 12, 44, right - 20, HEIGHT - 62, theme)
        save(out / f"front.{name}.svg", f"0 0 {WIDTH} {HEIGHT}", sentences + learned + read)
        save(out / f"explain.{name}.svg", f"0 0 {left} 208", sentences)
        save(out / f"attention.{name}.svg", f"{left + GAP} 0 {right} {HEIGHT}", read)
        picture = draw_learning_curve(sentiment, **curve_texts(sentiment), theme=theme)
        (out / f"learning_curve.{name}.png").write_bytes(picture.read_bytes())


def save(path: Path, box: str, body: str) -> None:
    """Write an SVG with the view box `box`."""
    width, height = box.split()[2:]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width}" height="{height}"'
    lines = body.replace("/><", "/>\n<")
    path.write_text(f'{head} font-family="{FONT}">{lines}</svg>\n', encoding="utf-8")
    click.echo(path)


def curve_texts(folder: Path) -> dict[str, Any]:
    """Return title, best scores and note of the learning curve, as a recipe gives them."""
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    note = regularisation_note({**run["options"], **run["chosen"]})
    return {"title": f"Learning curve: {folder.name}", "best": run["summary"], "note": note}


if __name__ == "__main__":
    main()
