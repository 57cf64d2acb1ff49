"""How BLEU finds the words of a language, as an option of a command."""

from __future__ import annotations

import click

BLEU_TOKENIZERS = ("13a", "intl", "zh", "ja-mecab", "ko-mecab", "char")
"""What sacreBLEU offers for plain text without a download. Named here, since help must not wait for its import."""


def check_tokenizer(name: str) -> None:
    """Raise before an hour of training or translating that could not be scored.

    Raises:
        click.UsageError: it needs a package that is not there.
    """
    from sacrebleu.metrics import BLEU

    try:
        BLEU(tokenize=name)
    except (RuntimeError, ImportError):
        extra = name.partition("-")[0]
        raise click.UsageError(f'--tokenize {name} needs a further package: pip install "sacrebleu[{extra}]"') from None
