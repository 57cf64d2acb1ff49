"""`nlprnn generate`: text that continues a prompt."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

import click

from nlprnn.cli.load_model import load_as
from nlprnn.cli.stdin import StandardInput, is_piped
from nlprnn.cli.text_io import for_terminal, warn
from nlprnn.cli.verb import DEVICE, bundled_model_option, verb
from nlprnn.cli.word_wrap import WordWrap
from nlprnn.decoding.defaults import LENGTH, TEMPERATURE
from nlprnn.experiment.options import option
from nlprnn.experiment.quantization_options import QuantizationOptions

if TYPE_CHECKING:
    from nlprnn.pipelines import GenerationOptions, Generator

_SEEDS = 2**32
_ESCAPE = re.compile(r"\\(\\|[nt](?![a-z]))")
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\"}
_UNKNOWN_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class _Options(QuantizationOptions):
    prompt: tuple[str, ...] = option(
        (), help='Text to continue; repeatable, for a text of each; "-" or a pipe reads it from standard input.'
    )
    length: int = option(LENGTH, min=1, help="Number of tokens to add, about; subwords for the bundled model.")
    temperature: float = option(
        TEMPERATURE, min=0, help="Sampling temperature; 0 always takes the most likely token, 1 samples as learnt."
    )
    top_k: int | None = option(None, min=1, help="Number of most likely tokens to sample from.")
    top_p: float | None = option(
        None,
        above=0,
        max=1,
        help="Nucleus size: sample from the most likely tokens that reach this probability together.",
    )
    repetition_penalty: float = option(
        1.0, min=1, help="Penalty on recent tokens; above 1 they become less likely. For words and subwords."
    )
    whole_sentences: bool = option(
        True,
        help="End of prose with a sentence, a quarter or 32 tokens later at most; off: after --length tokens.",
    )
    guided: bool = option(
        True, help="Guide of the model, where it has one: names stay, no invented words, few copied runs of words."
    )
    stop: tuple[str, ...] = option(
        (),
        help="Stop text, before which the text ends; repeatable. \\n is a line end, \\t a tab and \\\\ a backslash; "
        "before a small letter \\n and \\t stay as written, so \\newpage is \\newpage.",
    )
    seed: int | None = option(None, min=0, max=_SEEDS - 1, help="Random seed: with it the text is reproducible.")
    num_samples: int = option(1, min=1, formerly="--num", help="Number of texts.")
    interactive: bool = option(False, help="Interactive mode: one prompt after another until the input ends (Ctrl-D).")


@verb(bundled_model_option("teller"), _Options, DEVICE)
def generate(model: str, options: _Options, device: str) -> None:
    """Generate text that continues a prompt, and print it as it comes.

    \b
    nlprnn generate --prompt "Once upon a time"
    nlprnn generate --prompt "The fox smiled" --temperature 0.5 --num-samples 3 --seed 1
    nlprnn generate --prompt "Once upon a time" --prompt "The fox smiled"
    nlprnn generate --interactive --stop "\\n\\n"
    echo "In the forest" | nlprnn generate --prompt -
    """
    values = asdict(options)
    prompts, count, interactive = (values.pop(name) for name in ("prompt", "num_samples", "interactive"))
    if interactive and "-" in prompts:
        raise click.UsageError("--interactive reads the prompts itself: leave --prompt - out")
    if "-" in prompts and len(prompts) > 1:
        raise click.UsageError("--prompt - reads all of standard input: give it alone")
    if not all(options.stop):
        raise click.UsageError("--stop must not be empty: every text would end at its beginning")
    from nlprnn.pipelines import GenerationOptions, Generator

    if not interactive and (prompts == ("-",) or (not prompts and is_piped())):
        prompts = ("\n".join(StandardInput()),)
    generator = load_as(Generator, model, device)
    values["stop"] = tuple(map(_stop_text, options.stop))
    generation = GenerationOptions(int8=values.pop("quantize") == "int8", **values)
    if interactive:
        _converse(generator, prompts, generation, count)
        return
    prompts = prompts or ("",)
    headed = count * len(prompts) > 1
    for printed, prompt in zip(range(0, count * len(prompts), count), prompts, strict=True):
        _write(generator, prompt, generation, count, first=printed, heading=printed + 1 if headed else None)


def _stop_text(value: str) -> str:
    """Return a value of --stop with its escapes replaced, and report a \\n or \\t that is none."""
    if word := re.search(r"(?<!\\)(?:\\\\)*(\\[nt][a-z]+)", value):
        meaning = "line end" if word[1][1] == "n" else "tab"
        click.echo(f"--stop: {word[1]} is read as written; if its begin is a {meaning}, give $'{word[1]}'.", err=True)
    return _ESCAPE.sub(lambda match: _ESCAPES[match[1]], value)


def _write(
    generator: Generator, prompt: str, options: GenerationOptions, count: int, *, first: int, heading: int | None
) -> None:
    """Print `count` texts, each with another seed.

    Args:
        generator: writes them.
        prompt: to continue.
        options: of all texts.
        count: number of texts.
        first: number of texts that were printed before with these options.
        heading: number in the heading of the first text; None = no headings.
    """
    if not prompt.strip():
        prompt = ""
        click.echo("The prompt is empty: the model starts a text.", err=True)
    if unknown := generator.tokenizer.unknown(prompt):
        more = " ..." if len(unknown) > _UNKNOWN_SHOWN else ""
        shown = " ".join(map(repr, unknown[:_UNKNOWN_SHOWN])) + more
        warn(f"the model has never seen {shown}, and reads it as unknown")
    for number in range(count):
        if heading is not None:
            print(f"\n--- {heading + number} ---" if heading + number > 1 else "--- 1 ---")
        seeded = options if options.seed is None else replace(options, seed=(options.seed + first + number) % _SEEDS)
        _print_wrapped(chain([prompt], generator.stream(prompt, seeded)))


def _print_wrapped(pieces: Iterable[str]) -> None:
    """Print a text as it comes; in a terminal, lines end between words."""
    wrap = WordWrap(shutil.get_terminal_size().columns) if sys.stdout.isatty() else None
    for piece in pieces:
        print(wrap.push(for_terminal(piece)) if wrap else piece, end="", flush=True)
    print(wrap.close() if wrap else "")


def _converse(generator: Generator, prompts: tuple[str, ...], options: GenerationOptions, count: int) -> None:
    """Continue these prompts and then each prompt that is typed; Ctrl-C ends a text, the end of input ends all."""
    if sys.stdin.isatty():
        click.echo("Type the beginning of a text. Ctrl-C ends a text, Ctrl-D ends this.", err=True)
        with suppress(ImportError):  # not on Windows
            import readline  # noqa: F401 - arrow keys and history for input()
    written, piped = 0, StandardInput()
    for text in chain(prompts, iter(lambda: _typed(piped), None)):
        try:
            _write(generator, text, options, count, first=written, heading=1 if count > 1 else None)
        except KeyboardInterrupt:
            print(" ...")
        print(flush=True)
        written += count


def _typed(piped: StandardInput) -> str | None:
    """Return the next line of standard input, typed or piped; None at its end."""
    if sys.stdin.isatty():
        try:
            return input("> ")
        except (EOFError, KeyboardInterrupt):
            print()
            return None
    return next(piped, None)
