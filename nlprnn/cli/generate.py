"""`nlprnn generate`: a language model goes on from a prompt."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from nlprnn.cli.load_model import load_as
from nlprnn.cli.stdin import StandardInput, is_piped
from nlprnn.decoding.defaults import LENGTH, TEMPERATURE
from nlprnn.devices import DEVICES
from nlprnn.experiment.command import SEED
from nlprnn.friendly_command import FriendlyCommand

if TYPE_CHECKING:
    from nlprnn.pipelines import GenerationOptions, Generator


@click.command(cls=FriendlyCommand, context_settings={"show_default": True})
@click.option(
    "--model", metavar="MODEL", help="Model folder or Hub id; the bundled teller of fairy tales if not given."
)
@click.option("--prompt", help='What the text begins with; "-" or a pipe reads it from standard input.')
@click.option(
    "--length", type=click.IntRange(min=1), default=LENGTH, help="Tokens to add; characters for the bundled model."
)
@click.option(
    "--temperature", type=click.FloatRange(min=0), default=TEMPERATURE, help="0 = the likeliest; 1 = as learnt."
)
@click.option("--top-k", type=click.IntRange(min=1), help="Choose among so many likeliest tokens.")
@click.option("--top-p", type=click.FloatRange(0, 1, min_open=True), help="Choose among the likeliest of this sum.")
@click.option(
    "--repetition-penalty",
    type=click.FloatRange(min=1),
    default=1.0,
    help="Above 1: tokens that came lately become less likely. For words and sub-words.",
)
@click.option("--stop", multiple=True, help="End before this text; may be given several times.")
@click.option("--seed", type=SEED, help="The same seed gives the same text.")
@click.option("--num", type=click.IntRange(min=1), default=1, help="How many texts.")
@click.option("--quantize", type=click.Choice(["int8"]), help="Weights of eight bits: faster on a CPU.")
@click.option("--interactive", is_flag=True, help="Read one prompt after the other, until the end of input (Ctrl-D).")
@click.option("--device", type=click.Choice(DEVICES), default="auto", help="Where the model runs.")
def generate(
    model: str | None,
    prompt: str | None,
    num: int,
    quantize: str | None,
    interactive: bool,
    device: str,
    stop: tuple[str, ...],
    **options: Any,
) -> None:
    """Write text that goes on from a prompt, as it comes.

    \b
    nlprnn generate --prompt "Once upon a time"
    nlprnn generate --prompt "The fox said" --temperature 0.5 --num 3 --seed 1
    nlprnn generate --interactive --stop "\\n\\n"
    echo "In the forest" | nlprnn generate --prompt -
    """
    if interactive and prompt == "-":
        raise click.UsageError("--interactive reads the prompts itself: leave --prompt - out")
    if not all(stop):
        raise click.UsageError("--stop must not be empty: every text would end at once")
    from nlprnn.pipelines import GenerationOptions, Generator
    from nlprnn.resources import bundled_model_folder

    prompt = prompt if interactive else _read_prompt(prompt)
    generator = load_as(Generator, bundled_model_folder() if model is None else model, device)
    stop = tuple(text.replace("\\n", "\n") for text in stop)
    wanted = GenerationOptions(stop=stop, int8=quantize == "int8", **options)
    if interactive:
        _converse(generator, prompt, wanted, num)
    else:
        _write(generator, prompt or "", wanted, num)


def _write(generator: Generator, prompt: str, options: GenerationOptions, count: int) -> None:
    """Write so many texts, each with a seed of its own."""
    if not prompt:
        click.echo("The prompt is empty: the model begins on its own.", err=True)
    unknown = generator.tokenizer.unknown(prompt)
    if unknown:
        shown = " ".join(repr(piece) for piece in unknown[:10]) + (" ..." if len(unknown) > 10 else "")
        click.echo(f"Warning: the model has never seen {shown}, and reads it as unknown", err=True)
    for number in range(count):
        if count > 1:
            click.echo(f"{'' if number == 0 else chr(10)}--- {number + 1} ---")
        pieces = generator.stream(prompt, _seeded(options, number))
        click.echo(prompt, nl=False)
        for piece in pieces:
            click.echo(piece, nl=False)
            sys.stdout.flush()
        click.echo()


def _seeded(options: GenerationOptions, number: int) -> GenerationOptions:
    from dataclasses import replace

    return options if options.seed is None else replace(options, seed=(options.seed + number) % (SEED.max + 1))


def _converse(generator: Generator, first: str | None, options: GenerationOptions, count: int) -> None:
    """Go on from each prompt that is typed; Ctrl-C ends a text, the end of input ends all."""
    if sys.stdin.isatty():
        click.echo("Type what a text begins with. Ctrl-C ends a text, Ctrl-D ends this.", err=True)
        with suppress(ImportError):  # not on Windows
            import readline  # noqa: F401 - arrow keys and history for input()
    told, piped = 0, StandardInput()
    while (prompt := first if first is not None else _typed(piped)) is not None:
        first = None
        try:
            _write(generator, prompt, _seeded(options, told), count)
        except KeyboardInterrupt:
            click.echo(" ...")
        click.echo()
        told += count


def _typed(piped: StandardInput) -> str | None:
    """The next line of standard input, typed or piped; None at its end."""
    if sys.stdin.isatty():
        try:
            return input("> ")
        except (EOFError, KeyboardInterrupt):
            click.echo()
            return None
    return next(piped, None)


def _read_prompt(prompt: str | None) -> str:
    if prompt == "-" or (prompt is None and is_piped()):
        return "\n".join(StandardInput())
    return prompt or ""
