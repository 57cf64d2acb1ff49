"""`nlprnn export`: a model for other runtimes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlprnn.cli.load_model import load_any
from nlprnn.cli.verb import verb
from nlprnn.errors import OptionError, escape_controls
from nlprnn.experiment.options import option
from nlprnn.experiment.quantization_options import QuantizationOptions
from nlprnn.experiment.run_file import trained_reading
from nlprnn.export import MOST_LOSS

if TYPE_CHECKING:
    from nlprnn.export.int8 import Int8Scores

_ONNX = click.Option(
    ["--onnx", "folder"],
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of the export in the format of ONNX.",
)


@dataclass(frozen=True, kw_only=True)
class _Options(QuantizationOptions):
    dataset: str | None = option(
        None, help="Dataset that measures what --quantize costs: sample, Hub id, folder or file."
    )
    text_field: str | None = option(None, auto="guessed from the usual names", help="Column of the text in a table.")
    label_field: str | None = option(None, auto="guessed from the usual names", help="Column of the label or number.")
    most_loss: float = option(
        MOST_LOSS, min=0, help="Loss of score at most with --quantize: points of accuracy or F1, percent of the RMSE."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.quantize and self.dataset is None:
            raise OptionError("--quantize needs --dataset, texts with labels or numbers: they show what it costs")
        if not self.quantize and self.dataset is not None:
            raise OptionError("--dataset measures what --quantize int8 costs: give both or none")


@verb(click.Argument(["model"]), _ONNX, _Options)
def export(model: str, folder: Path, options: _Options) -> None:
    """Export MODEL, a folder or Hub id, as ONNX graphs with all that a program needs, without nlprnn or PyTorch.

    The graphs take any batch and any lengths. They are compared with the model at several ragged lengths, and nothing
    is written where an output differs by more than 0.00001.

    Models of texts have their tokenizer beside the graphs, those of feature sequences their scales.

    \b
    nlprnn export runs/sentiment --onnx sentiment-onnx
    python sentiment-onnx/example.py "Not at all boring."
    nlprnn export runs/sentiment --onnx sentiment-int8 --quantize int8 --dataset reviews.csv
    """
    from nlprnn.export import export_onnx
    from nlprnn.export.onnx_folder import Quantization

    quantization = None
    if options.quantize:
        read = trained_reading(Path(model), str(options.dataset))
        fields = {"text_field": options.text_field, "label_field": options.label_field}
        read |= {name: value for name, value in fields.items() if value is not None}
        quantization = Quantization(data=options.dataset, most_loss=options.most_loss, options=read)
    result = export_onnx(load_any(model, "cpu"), folder, quantization=quantization)
    for name, size in result.files.items():
        print(f"{name}  {size / 1e6:.1f} MB")
    print(
        escape_controls(
            (_cost(result.int8) if result.int8 else f"Equal to the model within {result.difference:.1e}.")
            + f" Try it: python {folder / 'example.py'} "
            + ("steps.csv" if (folder / "features.json").is_file() else "TEXT")
        )
    )


def _cost(scores: Int8Scores) -> str:
    return f"{scores.metric} {scores.exact:.4g} with float weights, {scores.int8:.4g} with int8."
