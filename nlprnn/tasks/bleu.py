"""Tokenizers of BLEU: how it splits text into words."""

from __future__ import annotations

from nlprnn.errors import OptionError

BLEU_TOKENIZERS = ("13a", "intl", "zh", "ja-mecab", "ko-mecab", "char")
"""Those of sacreBLEU for plain text that need no download; listed here, as help must not wait for its import."""


def check_bleu_tokenizer(name: str) -> None:
    """Check that a tokenizer can be used, before an hour of training or translation that could not be scored.

    Raises:
        OptionError: its package is missing.
    """
    from sacrebleu.metrics import BLEU

    try:
        BLEU(tokenize=name)
    except (RuntimeError, ImportError):
        extra = name.partition("-")[0]
        raise OptionError(f'--bleu-tokenizer {name} needs another package: pip install "sacrebleu[{extra}]"') from None
