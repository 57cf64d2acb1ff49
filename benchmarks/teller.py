"""Texts of the bundled teller under its bars: copied runs, invented words, endings, quotation marks, coherence.

python benchmarks/teller.py --corpus tales/train.jsonl
python benchmarks/teller.py --corpus tales/train.jsonl --all-kinds --number 5 --seed 3

`--corpus` is the training text, from `data/tales.py`. Runs are counted twice: in the text that readers see, and with
stand-ins for names, as in the training text, where more of them are copied.
"""

from __future__ import annotations

import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import click

from nlprnn.pipelines import GenerationOptions, Generator
from nlprnn.resources import bundled_model_folder
from nlprnn.text.sentence_end import SentenceEnd

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))

from grammars.tales.coherence import mean_coherence
from grammars.tales.overlap import overlap
from tales import read_tales

WORD = re.compile(r"[^\W\d_]+")

ALL_KINDS = (
    *("Once upon a time", "The king was angry", "A girl named Zelda found a", "In the forest lived", "A dragon"),
    *('"Help me," cried the fox', "Long ago, in Paris, there was a robot", "My name is Tom", "It was a cold night"),
    *("The old woman and her cat", "Peter and Mary went to the sea.", "Why do birds sing?", "Snow fell", "On Monday"),
    *("Two brothers", "The smallest mouse of all", "Dear Grandmother,", "Somebody knocked at the door.", "Far away"),
    "THE END OF THE WORLD",
)
"""Prompts of `--all-kinds`."""


def invented_words(texts: list[str], known: set[str]) -> tuple[list[str], int]:
    """Return the words of texts that are not known, as they are written or in lower case, and the number of words."""
    words = [word for text in texts for word in WORD.findall(text)]
    return [word for word in words if not known.intersection((word, word.lower()))], len(words)


def known_words(corpus: Path, generator: Generator, prompts: list[str]) -> set[str]:
    """Return the words of the training text, of the prompts, and the names that the guide gives."""
    texts = [*read_tales(corpus), *prompts]
    stand_ins = None if generator.guide is None else generator.guide.stand_ins
    names = () if stand_ins is None else [name for others in stand_ins.names.values() for name in others]
    return {word for text in [*texts, *names] for word in WORD.findall(text)}


@click.command()
@click.option("--model", default=None, help="Model folder; without it the bundled teller.")
@click.option("--corpus", type=click.Path(path_type=Path), required=True, help="Training text.")
@click.option("--prompt", "prompts", multiple=True, default=("Once upon a time",), help="Prompt; repeatable.")
@click.option("--all-kinds", is_flag=True, help="Take 20 prompts of all kinds.")
@click.option("--number", default=20, help="Number of texts of each prompt.")
@click.option("--length", default=GenerationOptions.length, help="Number of tokens.")
@click.option("--temperature", default=GenerationOptions.temperature, help="Sampling temperature.")
@click.option("--seed", default=1, help="Random seed.")
@click.option("--guided/--no-guided", default=True, help="Follow the guide of the model.")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="File that the texts are written to.")
def main(
    model: str | None,
    corpus: Path,
    prompts: tuple[str, ...],
    all_kinds: bool,
    number: int,
    length: int,
    temperature: float,
    seed: int,
    guided: bool,
    out: Path | None,
) -> None:
    """Generate texts and measure them."""
    generator = Generator.load(model or bundled_model_folder("teller"), device="cpu")
    options = GenerationOptions(length=length, temperature=temperature, seed=seed, guided=guided, whole_sentences=True)
    repeated = [prompt for prompt in (ALL_KINDS if all_kinds else prompts) for _ in range(number)]
    begin = time.process_time()
    added = generator(repeated, options)
    seconds = time.process_time() - begin
    texts = [prompt + text for prompt, text in zip(repeated, added, strict=True)]
    if out:
        out.write_text("\n\n\n".join(texts) + "\n", encoding="utf-8")
    tokens = [len(generator.tokenizer.encode(text)) for text in added]
    invented, words = invented_words(texts, known_words(corpus, generator, repeated))
    print(f"{len(texts)} texts, {words:,} words, {sum(tokens) / seconds:,.0f} tokens per processor second")
    print(f"tokens of a text     {min(tokens)} to {max(tokens)}, {sum(tokens) / len(tokens):.0f} on average")
    print(f"copied runs          {100 * overlap(texts, read_tales(corpus)):.1f} %")
    stand_ins = None if generator.guide is None else generator.guide.stand_ins
    if generator.guide is not None and stand_ins is not None and guided:
        nameless = replace(generator.guide, words=(*generator.guide.words, *stand_ins.names), stand_ins=None)
        generator = Generator(generator.model, generator.tokenizer, guide=nameless)
        hidden = [prompt + text for prompt, text in zip(repeated, generator(repeated, options), strict=True)]
        print(f"copied, stand-ins    {100 * overlap(hidden, read_tales(corpus)):.1f} %")
    print(f"invented words       {len(invented)} of {words:,} {sorted(set(invented))[:10]}")
    ended = [SentenceEnd(text) for text in texts]
    print(f"end with a sentence  {sum(end.is_here for end in ended)} of {len(texts)}")
    for name, score in mean_coherence(texts).items():
        print(f"{name:20} {100 * score:5.1f} %")


if __name__ == "__main__":
    main()
