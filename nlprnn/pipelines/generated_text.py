"""Texts that are generated: each with its prompt, its seed, and what becomes of its tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import torch

from nlprnn.pipelines.stand_ins import Cast
from nlprnn.pipelines.text_stream import TextStream


@dataclass(frozen=True)
class GeneratedText:
    """A text that is generated: its prompt as the model reads it, its seed, who is in it, and its tokens as text."""

    prompt: str
    seed: int | None
    cast: Cast
    stream: TextStream

    def push(self, token: int) -> str:
        """Take the next token; return what can be shown now."""
        return self.cast.push(self.stream.push(token))

    def close(self) -> str:
        """Return the end of the text."""
        return self.cast.push(self.stream.close()) + self.cast.close()


def prompt_seeds(prompts: Sequence[str], seed: int | None) -> list[int | None]:
    """Return a seed for each prompt that depends on nothing but the seed, the prompt and the number of equal prompts
    before it; None without a seed."""
    if seed is None:
        return [None] * len(prompts)
    before: Counter[str] = Counter()
    seeds: list[int | None] = []
    for prompt in prompts:
        key = f"{seed} {before[prompt]} {prompt}".encode("utf-8", "surrogatepass")
        before[prompt] += 1
        seeds.append(int.from_bytes(blake2b(key, digest_size=8).digest(), "little", signed=True))
    return seeds


def random_generators(seeds: Sequence[int | None], device: torch.device) -> torch.Generator | list[torch.Generator]:
    """Return a random number generator for each seed; one for all without seeds."""
    known = [seed for seed in seeds if seed is not None]
    if known:
        return [torch.Generator(device).manual_seed(seed) for seed in known]
    generator = torch.Generator(device)
    generator.seed()
    return generator
