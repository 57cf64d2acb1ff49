"""`nlprnn export`: a model for other runtimes."""

from __future__ import annotations

from pathlib import Path

import click

from nlprnn.cli.load_model import load_any
from nlprnn.cli.verb import verb
from nlprnn.errors import escape_controls

_ONNX = click.Option(
    ["--onnx", "folder"],
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of the export in the format of ONNX.",
)


@verb(click.Argument(["model"]), _ONNX)
def export(model: str, folder: Path) -> None:
    """Export MODEL, a folder or Hub id, as ONNX graphs with all that a program needs, without nlprnn or PyTorch.

    The graphs take any batch and any lengths. They are compared with the model at several ragged lengths, and nothing
    is written where an output differs by more than 0.00001.

    Models of texts have their tokenizer beside the graphs, those of feature sequences their scales.

    \b
    nlprnn export runs/sentiment --onnx sentiment-onnx
    python sentiment-onnx/example.py "Not at all boring."
    """
    from nlprnn.export import export_onnx

    result = export_onnx(load_any(model, "cpu"), folder)
    for name, size in result.files.items():
        print(f"{name}  {size / 1e6:.1f} MB")
    print(
        escape_controls(
            f"Equal to the model within {result.difference:.1e}. Try it: python {folder / 'example.py'} "
            + ("steps.csv" if (folder / "features.json").is_file() else "TEXT")
        )
    )
