"""`nlprnn generate`: a language model goes on from a prompt."""

from __future__ import annotations

import sys

import click

from nlprnn.cli.errors import FriendlyCommand
from nlprnn.cli.models import load_as
from nlprnn.cli.options import SEED
from nlprnn.cli.texts import Text, is_piped, standard_input_lines
from nlprnn.decoding.defaults import LENGTH, TEMPERATURE
from nlprnn.devices import DEVICES


@click.command(cls=FriendlyCommand, context_settings={"show_default": True})
@click.option(
    "--model", metavar="MODEL", help="Model folder or Hub id; the bundled teller of fairy tales if not given."
)
@click.option("--prompt", type=Text(), help='What the text begins with; "-" or a pipe reads it from standard input.')
@click.option(
    "--length", type=click.IntRange(min=1), default=LENGTH, help="Tokens to add; characters for the bundled model."
)
@click.option(
    "--temperature", type=click.FloatRange(min=0), default=TEMPERATURE, help="0 = the likeliest; 1 = as learnt."
)
@click.option("--top-k", type=click.IntRange(min=1), help="Choose among so many likeliest tokens.")
@click.option("--top-p", type=click.FloatRange(0, 1, min_open=True), help="Choose among the likeliest of this sum.")
@click.option("--seed", type=SEED, help="The same seed gives the same text.")
@click.option("--num", type=click.IntRange(min=1), default=1, help="How many texts.")
@click.option("--device", type=click.Choice(DEVICES), default="auto", help="Where the model runs.")
def generate(
    model: str | None,
    prompt: str | None,
    length: int,
    temperature: float,
    top_k: int | None,
    top_p: float | None,
    seed: int | None,
    num: int,
    device: str,
) -> None:
    """Write text that goes on from a prompt, as it comes.

    \b
    nlprnn generate --prompt "Once upon a time"
    nlprnn generate --prompt "The fox said" --temperature 0.5 --num 3 --seed 1
    echo "In the forest" | nlprnn generate --prompt -
    """
    from nlprnn.pipelines import Generator
    from nlprnn.resources import bundled_model_folder

    prompt = _read_prompt(prompt)
    generator = load_as(Generator, bundled_model_folder() if model is None else model, device)
    if not prompt:
        click.echo("The prompt is empty: the model begins on its own.", err=True)
    unknown = generator.tokenizer.unknown(prompt)
    if unknown:
        shown = " ".join(repr(piece) for piece in unknown[:10]) + (" ..." if len(unknown) > 10 else "")
        click.echo(f"Warning: the model has never seen {shown}, and reads it as unknown", err=True)
    for number in range(num):
        if num > 1:
            click.echo(f"{'' if number == 0 else chr(10)}--- {number + 1} ---")
        click.echo(prompt, nl=False)
        pieces = generator.stream(
            prompt,
            length=length,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            seed=None if seed is None else seed + number,
        )
        for piece in pieces:
            click.echo(piece, nl=False)
            sys.stdout.flush()
        click.echo()


def _read_prompt(prompt: str | None) -> str:
    if prompt == "-" or (prompt is None and is_piped()):
        return "\n".join(standard_input_lines())
    return prompt or ""
