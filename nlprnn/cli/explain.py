"""`nlprnn explain`: the contribution of each token of a text to a class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
from click.core import ParameterSource

from nlprnn.cli.answers import OUT, Answers, Kind, open_answers
from nlprnn.cli.inputs import read_inputs
from nlprnn.cli.load_model import load_as
from nlprnn.cli.text_io import OutputFile, line_warning, truncation_warning
from nlprnn.cli.verb import DEVICE, FILE, TEXTS, bundled_model_option, json_option, verb
from nlprnn.errors import list_names
from nlprnn.experiment.options import option
from nlprnn.experiment.table_options import TextFileOptions

if TYPE_CHECKING:
    from nlprnn.interpret import Saliency

# A gap is reported above this share of what the text adds to the logit, and above rounding.
_LARGE_GAP, _SMALLEST_GAP = 0.05, 0.01


@dataclass(frozen=True, kw_only=True)
class ExplainOptions(TextFileOptions):
    """Options of an explanation: those of `nlprnn.interpret.explain`, without the time that its import takes."""

    method: Literal["integrated-gradients", "gradient-x-input", "attention"] = option(
        "integrated-gradients",
        help="Attribution method. Gradients score evidence for and against a class, attention what is read.",
    )
    label: str | None = option(None, auto="the most likely of each text", help="Class to explain.")
    steps: int = option(32, min=1, max=1000, help="Number of steps of integrated gradients; more are more exact.")


_COLUMNS: dict[str, Kind] = {
    **dict.fromkeys(("prediction", "label"), "text"),
    "probability": "number",
    **dict.fromkeys(("tokens",), "texts"),
    **dict.fromkeys(("offsets", "scores"), "json"),
}
_PAGE = click.Option(["--html", "page"], type=OutputFile(), help="Web page to write as well.")


@verb(
    bundled_model_option("sentiment"),
    FILE,
    ExplainOptions,
    OUT,
    json_option("one object a text, with token scores and offsets"),
    _PAGE,
    DEVICE,
    TEXTS,
)
def explain(
    model: str,
    path: Path | None,
    options: ExplainOptions,
    out: Path | None,
    as_json: bool,
    page: Path | None,
    device: str,
    texts: tuple[str, ...],
) -> None:
    """Show the contribution of each token to a class, in TEXTS, or the rows or lines of a file.

    Scores of integrated gradients sum to what the text adds to the logit of the class, log(p / (1 - p)). They are
    shown in colour on a terminal, else in columns.

    \b
    nlprnn explain --model runs/sentiment "Slow at first, but the ending is superb."
    nlprnn explain --model runs/sentiment --label negative --file reviews.txt --html reviews.html
    cat reviews.txt | nlprnn explain --model runs/sentiment --json > scores.jsonl
    """
    from nlprnn.interpret import explain as explain_texts
    from nlprnn.interpret.html_report import saliency_report
    from nlprnn.pipelines import Classifier

    ctx, method, label = click.get_current_context(), options.method, options.label
    for name, methods in (("steps", ["integrated-gradients"]), ("label", ["integrated-gradients", "gradient-x-input"])):
        if method not in methods and ctx.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"--{name} is not supported with --method {method}")
    inputs = read_inputs(texts, path, options, model)
    classifier = load_as(Classifier, model, device)
    if label is not None and label not in classifier.model.labels:
        raise click.BadParameter(_unknown_label(label, classifier.model.labels), ctx, param_hint="--label")
    explained = explain_texts(classifier, inputs.texts, method=method, label=label, steps=options.steps)
    signed = method != "attention"
    rough_sum = (
        f"the scores differ from their sum by more than {_LARGE_GAP:.0%} (more --steps than {options.steps} help)"
    )
    with (
        open_answers(inputs, _COLUMNS, out=out, as_json=as_json) as answers,
        nullcontext() if page is None else saliency_report(page, signed=signed) as add_to_page,
        truncation_warning(classifier.model.max_length) as truncated,
        line_warning(rough_sum) as rough,
    ):
        show = _printer(answers, signed=signed)
        for number, saliency in enumerate(explained, 1):
            if saliency.truncated:
                truncated.append(number)
            if _is_rough(saliency):
                rough.append(number)
            show(saliency)
            if add_to_page is not None:
                add_to_page(saliency)
    if page is not None:
        click.echo(f"Page: {page}", err=True)


def _unknown_label(label: str, labels: Sequence[str]) -> str:
    import difflib

    near = difflib.get_close_matches(label, labels, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"it has {list_names(labels)}"
    return f"the model has no label {label!r}: {hint}"


def _is_rough(saliency: Saliency) -> bool:
    """Whether integrated gradients miss their sum by a share that is worth a warning."""
    if saliency.gap is None or saliency.logit is None or saliency.baseline is None:
        return False
    return abs(saliency.gap) > max(_LARGE_GAP * abs(saliency.logit - saliency.baseline), _SMALLEST_GAP)


def _printer(answers: Answers, *, signed: bool) -> Callable[[Saliency], None]:
    """Return the function that prints or writes the scores of one text."""
    from rich.console import Console

    from nlprnn.cli import saliency_tables as tables

    if answers.structured:
        return lambda saliency: answers.add(saliency.text, _without_text(tables.to_json(saliency)))
    console = Console(highlight=False, soft_wrap=True)
    colour = tables.has_colour(console)
    if colour:
        console.print(tables.legend(signed=signed))

    def show(saliency: Saliency) -> None:
        answers.skip(saliency.text)
        if colour:
            console.print(*tables.coloured(saliency), sep="\n", end="\n\n")
        else:
            print(*tables.columns(saliency), "", sep="\n")

    return show


def _without_text(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "text"}
