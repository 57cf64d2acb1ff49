"""`nlprnn compare`: the options in which runs differ, their scores, and their curves in one picture."""

from __future__ import annotations

from pathlib import Path

import click

from nlprnn.cli.runs import run_table
from nlprnn.cli.tables import column_lines
from nlprnn.cli.verb import verb
from nlprnn.errors import OptionError


@verb(
    click.Argument(["folders"], nargs=-1, required=True, type=click.Path(path_type=Path)),
    click.Option(
        ["--curves"], type=click.Path(path_type=Path), help="Picture of the validation curves: .png, .svg or .pdf."
    ),
)
def compare(folders: tuple[Path, ...], curves: Path | None) -> None:
    """Compare the runs in FOLDERS: the options in which they differ, given or chosen from the data, and their scores.

    \b
    nlprnn compare runs/sentiment runs/sentiment-2
    nlprnn compare runs/sentiment* --curves curves.png
    """
    from nlprnn.experiment.run_overview import RunOverview, differing_options

    if curves is not None:
        from nlprnn.interpret import check_picture

        check_picture(curves)  # before the comparison is printed
    overviews = [RunOverview.read(folder) for folder in folders]
    head, *rows = run_table(overviews)
    print(*column_lines([head, *rows]), "", sep="\n")
    differences = differing_options(overviews)
    if differences:
        table = [["option", *map(str, folders)]]
        table += [
            [name, *("" if value is None else str(value) for value in values)] for name, values in differences.items()
        ]
        print(*column_lines(table), sep="\n")
    else:
        print("no option differs")
    if curves is not None:
        _draw(folders, curves)
        print(f"\nCurves: {curves}")


def _draw(folders: tuple[Path, ...], path: Path) -> None:
    from nlprnn.experiment.curve_comparison import draw_curves

    try:
        draw_curves(folders, [str(folder) for folder in folders], path)
    except ValueError as error:
        raise OptionError(f"--curves: {error}") from error
