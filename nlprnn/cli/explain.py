"""`nlprnn explain`: what each token of a text says for or against a class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from nlprnn.cli.load_model import load_as
from nlprnn.cli.text_io import OutputFile, given_texts, named_lines, some_of, tell_of_cuts
from nlprnn.devices import DEVICES
from nlprnn.friendly_command import FriendlyCommand

if TYPE_CHECKING:
    from nlprnn.interpret import Saliency

_METHODS = ("integrated-gradients", "gradient-x-input", "attention")
_STEPS = 32  # as the function's own, which would load torch for the help; a test holds both equal
_MOST_STEPS = 1000

# A gap that is worth a word: a part of what the text adds to the logit, and more than rounding.
_LARGE_GAP, _SMALLEST_GAP = 0.05, 0.01


@click.command(cls=FriendlyCommand, context_settings={"show_default": True})
@click.option("--model", metavar="MODEL", required=True, help="Model folder or Hub id.")
@click.option("--file", "path", type=click.Path(path_type=Path), help="Read texts from a file, one a line.")
@click.option(
    "--method",
    type=click.Choice(_METHODS),
    default=_METHODS[0],
    help="Gradients score what speaks for and against; attention tells what is read.",
)
@click.option("--label", help="Class to explain; the likeliest of each text if not given.")
@click.option(
    "--steps",
    type=click.IntRange(1, _MOST_STEPS),
    default=_STEPS,
    help="Steps of integrated gradients; more are exacter.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a text, with tokens, their places and scores.")
@click.option("--html", "page", type=OutputFile(), help="Write a web page as well.")
@click.option("--device", type=click.Choice(DEVICES), default="auto", help="Where the model runs.")
@click.argument("texts", nargs=-1)
@click.pass_context
def explain(
    ctx: click.Context,
    model: str,
    path: Path | None,
    method: str,
    label: str | None,
    steps: int,
    as_json: bool,
    page: Path | None,
    device: str,
    texts: tuple[str, ...],
) -> None:
    """Show what each token of TEXTS, or of the lines of a file or of standard input, says for or against a class.

    Scores of integrated gradients sum to what the text adds to the logit of the class, log(p / (1 - p)). They come in
    colour on a terminal, else in columns.

    \b
    nlprnn explain --model runs/sentiment "Slow at first, but the ending is superb."
    nlprnn explain --model runs/sentiment --label negative --file reviews.txt --html reviews.html
    cat reviews.txt | nlprnn explain --model runs/sentiment --json > scores.jsonl
    """
    from nlprnn.interpret import explain as explained
    from nlprnn.interpret.html_report import saliency_page
    from nlprnn.pipelines import Classifier

    for name, methods in (("steps", _METHODS[:1]), ("label", _METHODS[:2])):
        if method not in methods and ctx.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"--{name} is of no use with --method {method}")
    lines = given_texts(texts, path, "explain")
    classifier = load_as(Classifier, model, device)
    if label is not None and label not in classifier.model.labels:
        raise click.BadParameter(_unknown_label(label, classifier.model.labels), ctx, param_hint="--label")
    found = explained(classifier, lines, method=method, label=label, steps=steps)
    signed = method != "attention"
    show = _printer(as_json=as_json, signed=signed)
    with nullcontext() if page is None else saliency_page(page, signed=signed) as add:
        for saliency in _telling(found, classifier.model.max_length, steps):
            show(saliency)
            if add is not None:
                add(saliency)
    if page is not None:
        click.echo(f"Page: {page}", err=True)


def _unknown_label(label: str, labels: Sequence[str]) -> str:
    import difflib

    near = difflib.get_close_matches(label, labels, n=1)
    return f"the model has no label {label!r}: " + (
        f"did you mean {near[0]!r}?" if near else f"it has {some_of(labels)}"
    )


def _telling(found: Iterable[Saliency], limit: int, steps: int) -> Iterator[Saliency]:
    """Pass on; at the end, or when it is broken off, tell which texts were cut and which integrals are rough."""
    cut: list[int] = []
    rough: list[int] = []
    try:
        for number, saliency in enumerate(found, 1):
            if saliency.truncated:
                cut.append(number)
            if saliency.gap is not None:
                added = abs(saliency.logit - saliency.baseline)
                if abs(saliency.gap) > max(_LARGE_GAP * added, _SMALLEST_GAP):
                    rough.append(number)
            yield saliency
    finally:
        tell_of_cuts(cut, limit)
        if rough:
            click.echo(
                f"Warning: the scores of {named_lines(rough)} miss their sum by more than {_LARGE_GAP:.0%}: take more "
                f"--steps than {steps}",
                err=True,
            )


def _printer(*, as_json: bool, signed: bool) -> Callable[[Saliency], None]:
    """What shows one text after the other."""
    from rich.console import Console

    from nlprnn.cli import saliency_tables as report

    if as_json:
        return lambda saliency: click.echo(report.as_json(saliency))
    console = Console(highlight=False, soft_wrap=True)
    if report.in_colour(console):
        console.print(report.legend(signed=signed))
        return lambda saliency: console.print(*report.coloured(saliency), sep="\n", end="\n\n")
    return lambda saliency: click.echo("\n".join([*report.columns(saliency), ""]))
