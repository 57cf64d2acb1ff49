"""`nlprnn calibrate`: honest probabilities of a classifier, and answers only where they are right often enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlprnn.cli.load_model import load_as
from nlprnn.cli.tables import column_lines
from nlprnn.cli.text_io import OutputFile, print_json
from nlprnn.cli.verb import DEVICE, json_option, verb
from nlprnn.errors import ModelError, escape_controls
from nlprnn.resources import is_in_package
from nlprnn.tasks.calibration_options import CalibrationOptions

if TYPE_CHECKING:
    from nlprnn.pipelines import Classifier

_DATASET = click.Option(["--dataset"], help="Dataset with texts that the model was not trained on, and their labels.")
_OUT = click.Option(
    ["--out"],
    type=click.Path(path_type=Path),
    help="Folder for the calibrated model; by default MODEL itself is calibrated.",
)
_PICTURE = click.Option(
    ["--reliability", "picture"],
    type=OutputFile(),
    help="Reliability picture: how often predictions are right, over their probability (.png, .pdf, .svg).",
)
_UNDO = click.Option(["--undo"], is_flag=True, help="Return of MODEL to what it was before it was calibrated.")


@verb(
    click.Argument(["model"]),
    _DATASET,
    CalibrationOptions,
    _OUT,
    _PICTURE,
    _UNDO,
    json_option("one object with all figures"),
    DEVICE,
)
def calibrate(
    model: str,
    dataset: str | None,
    options: CalibrationOptions,
    out: Path | None,
    picture: Path | None,
    undo: bool,
    as_json: bool,
    device: str,
) -> None:
    """Calibrate the classifier MODEL on held-out texts, so that of its answers with 80 % some 80 of 100 are right.

    With --precision it also learns from which probability it may answer: other texts are `unsure`, and of several
    labels a text each gets its own threshold. The texts must show the precision, else nothing is changed. What was
    fitted is kept in the model's folder, and holds in every command, in Python and in the server.

    \b
    nlprnn calibrate runs/sentiment --dataset sentiment
    nlprnn calibrate runs/sentiment --dataset reviews.csv --precision 0.95 --reliability reliability.png
    nlprnn calibrate runs/sentiment --undo
    """
    from nlprnn.pipelines import Classifier
    from nlprnn.serialization.hub import local_folder
    from nlprnn.tasks.calibrated_folder import undo_calibration

    if (dataset is None) != undo:
        raise click.UsageError("give --dataset with texts to calibrate on, or --undo, which needs none")
    folder = local_folder(model)
    if out is None and (is_in_package(folder) or not Path(model).is_dir()):
        raise ModelError(f"{model} is not a folder of yours: give --out FOLDER for the calibrated model")
    classifier = load_as(Classifier, folder, device)
    if dataset is None:
        undo_calibration(classifier, folder)
        click.echo(escape_controls(f"{folder} is as before its calibration"))
        return
    figures = _calibrate(classifier, folder, dataset, options, out=out, picture=picture)
    if as_json:
        print_json(figures)
    else:
        print(*_lines(figures, classifier.model.labels), f"kept in {out or folder}", sep="\n")


def _calibrate(
    classifier: Classifier,
    folder: Path,
    dataset: str,
    options: CalibrationOptions,
    *,
    out: Path | None,
    picture: Path | None,
) -> Mapping[str, Any]:
    """Calibrate a classifier, and keep it with its picture; return the figures."""
    from nlprnn.experiment.run_file import trained_columns
    from nlprnn.interpret import check_picture, plot_reliability
    from nlprnn.tasks.calibrated_folder import check_new, write_calibrated_copy, write_calibration
    from nlprnn.tasks.calibration import calibrate as fit
    from nlprnn.tasks.calibration import decisions

    if out is not None:
        check_new(out)
    if picture is not None:
        check_picture(picture)
    options = _as_in_training(options, folder, dataset)
    former = decisions(classifier)
    fitted = fit(classifier, dataset, options, trained_columns=trained_columns(folder))
    if picture is not None:
        plot_reliability(fitted.before, fitted.after, picture)
    figures = fitted.to_mapping()
    if former["abstain"] is not None and options.precision is None:
        click.echo("The former threshold is gone: without --precision every text gets a label again.", err=True)
    if out is None:
        write_calibration(classifier, folder, figures, former=former)
    else:
        write_calibrated_copy(classifier, out, figures, former=former)
    return figures


def _as_in_training(options: CalibrationOptions, folder: Path, dataset: str) -> CalibrationOptions:
    """Read the data as in training where no option differs; of those trained on, take the validation split."""
    from nlprnn.experiment.run_file import check_split, options_of_training, trained_reading

    if options.split is None and options_of_training(folder, dataset):
        options = replace(options, split="validation")
    check_split(folder, dataset, options.split)
    trained = trained_reading(folder, dataset)
    known = {name: value for name, value in trained.items() if getattr(options, name, "") is None}
    return replace(options, **known)


def _lines(figures: Mapping[str, Any], labels: list[str]) -> list[str]:
    """Return what people read of the figures."""
    lines = [
        f"temperature {figures['temperature']:.4g}, fitted on {figures['texts']:,} texts",
        "calibration error {calibration_error_before:.2f} % before, {calibration_error_after:.2f} % after; "
        "loss {loss_before:.4f} before, {loss_after:.4f} after".format(**figures),
    ]
    if "threshold" in figures:
        below = f"unsure below a probability of {figures['threshold']:.4g}" if figures["threshold"] else "never unsure"
        lines.append(
            f"{below}: {figures['answered']:,} of {figures['texts']:,} texts get a label "
            f"({figures['coverage']:.1f} %), of which {figures['precision']:.1f} % are right"
        )
    if "labels" in figures:
        rows = [["label", "threshold", "texts", "right"]]
        for label in labels:
            one = figures["labels"].get(label)
            cells = ["not shown", "", ""] if one is None else _cells(one)
            rows.append([escape_controls(label), *cells])
        lines += column_lines(rows)
    if "requested_precision" in figures:
        lines.append(
            "a precision of {requested_precision:.4g} % is shown with {confidence:.4g} % confidence, for texts "
            "that are drawn like these".format(**figures)
        )
    return lines


def _cells(one: Mapping[str, Any]) -> list[str]:
    return [f"{one['threshold']:.4g}", f"{one['answered']:,}", f"{one['precision']:.1f} %"]
