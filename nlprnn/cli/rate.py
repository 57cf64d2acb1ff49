"""`nlprnn rate`: a number for each text."""

from __future__ import annotations

from pathlib import Path

from nlprnn.cli.load_model import load_as
from nlprnn.cli.text_io import on_one_line, print_json, read_texts
from nlprnn.cli.unknown_words import UnknownWordsWarning
from nlprnn.cli.verb import DEVICE, FILE, MODEL, TEXTS, json_option, verb
from nlprnn.experiment.encoding_options import EncodingOptions


@verb(MODEL, FILE, EncodingOptions, json_option("one object a text"), DEVICE, TEXTS)
def rate(
    model: str, path: Path | None, options: EncodingOptions, as_json: bool, device: str, texts: tuple[str, ...]
) -> None:
    """Predict the number of each of TEXTS, or of the lines of a file or of standard input. One line out for each in.

    \b
    nlprnn rate --model runs/regression "The staff was superb."
    nlprnn rate --model runs/regression --file reviews.txt --json > numbers.jsonl
    """
    from nlprnn.pipelines import Regressor

    lines = read_texts(texts, path, options.encoding)
    regressor = load_as(Regressor, model, device)
    with UnknownWordsWarning() as unknown:
        for rated in regressor.rate(lines):
            unknown.add(rated.unknown_words)
            if as_json:
                number = float(regressor.format(rated.number, extra_digits=4))
                print_json({"text": rated.text, "number": number, "unknown_words": round(rated.unknown_words, 4)})
            else:
                print(f"{regressor.format(rated.number):>8}  {on_one_line(rated.text)}")
