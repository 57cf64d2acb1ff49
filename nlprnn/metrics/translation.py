"""Translation metrics by sacreBLEU: BLEU and chrF on plain text, with the signatures that make them comparable."""

from __future__ import annotations

from collections.abc import Sequence


def translation_scores(
    hypotheses: Sequence[str], references: Sequence[str], *, lowercase: bool = False, tokenize: str = "13a"
) -> dict[str, float | str]:
    """Score the translations of a whole test set (Papineni et al. 2002; Popović 2015; Post 2018).

    Args:
        hypotheses: detokenised translations, one for each source.
        references: one for each hypothesis.
        lowercase: ignore case; the signature records it.
        tokenize: sacreBLEU's tokenizer of the text: "13a" for most languages; "zh", "ja-mecab", "ko-mecab", "char"
            and others for languages without spaces between words.

    Returns:
        bleu and chrf (0 to 100), with bleu_signature and chrf_signature.

    Raises:
        ValueError: the lists are empty or of different lengths, or the tokenizer is unknown.
    """
    from sacrebleu.metrics import BLEU, CHRF

    if not hypotheses or len(hypotheses) != len(references):
        raise ValueError(f"{len(hypotheses)} translations do not fit {len(references)} references")
    if tokenize not in BLEU.TOKENIZERS:
        raise ValueError(f"unknown tokenizer {tokenize!r}: choose one of {', '.join(BLEU.TOKENIZERS)}")
    scores: dict[str, float | str] = {}
    for name, metric in (
        ("bleu", BLEU(lowercase=lowercase, tokenize=tokenize)),
        ("chrf", CHRF(lowercase=lowercase)),
    ):
        scores[name] = metric.corpus_score(list(hypotheses), [list(references)]).score
        scores[f"{name}_signature"] = str(metric.get_signature())
    return scores
