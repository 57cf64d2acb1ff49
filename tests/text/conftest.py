from __future__ import annotations

import random

import pytest


@pytest.fixture(scope="session")
def texts():
    """Sentences of words of syllables, the first words far more frequent than the last."""
    source = random.Random(0)
    syllables = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
    words = ["".join(source.choices(syllables, k=source.randint(1, 4))) for _ in range(300)]
    weights = [1 / rank for rank in range(1, 301)]
    return [" ".join(source.choices(["the", "and", *words], [2, 2, *weights], k=10)) for _ in range(300)]
