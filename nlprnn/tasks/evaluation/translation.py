"""Evaluation of translators: BLEU, chrF and loss."""

from __future__ import annotations

import logging

from nlprnn.data import ReadOptions, load_split
from nlprnn.data.table import column_values
from nlprnn.metrics import translation_scores
from nlprnn.pipelines import TranslationOptions, Translator
from nlprnn.tasks.bleu import check_bleu_tokenizer
from nlprnn.tasks.evaluation.options import TranslationEvaluationOptions
from nlprnn.tasks.evaluation.result import EvaluationResult
from nlprnn.tasks.evaluation.split_log import log_split

logger = logging.getLogger(__name__)


def evaluate_translator(
    translator: Translator, dataset: str, options: TranslationEvaluationOptions, reading: ReadOptions
) -> EvaluationResult:
    """Score a translator, or several that translate together.

    Loss, the mean NLL of a target token in nats, is that of a single model with its full weights.

    Raises:
        DataError: the data are missing or damaged.
        DeviceError: int8 is requested, and the model is not on a CPU that has kernels for it.
        OptionError: the package of the BLEU tokenizer is missing.
    """
    check_bleu_tokenizer(options.bleu_tokenizer)
    fields = {"source": options.source, "target": options.target}
    split = load_split(dataset, fields, split=options.split, options=reading)
    sources, references = column_values(split.rows, "source"), column_values(split.rows, "target")
    log_split(split)
    if options.quantize == "int8":
        translator = Translator.ensemble([translator], int8=True)
    search = TranslationOptions(beam_size=options.beam, length_penalty=options.length_penalty)
    translations = list(translator.translate(sources, search))
    max_length = translator.model.max_length
    if truncated := [row for row, translation in enumerate(translations) if translation.truncated]:
        logger.warning(
            "longer than the %d tokens that the model reads: %d sentences; the first is %s",
            max_length - 1,
            len(truncated),
            split.location(truncated[0]),
        )
    hypotheses = [translation.text for translation in translations]
    scores = translation_scores(hypotheses, references, lowercase=options.lowercase, tokenize=options.bleu_tokenizer)
    if options.quantize is None and len(translator.models) == 1:
        targets = translator.encode_target(references)
        if long := int((targets.lengths > max_length).sum()):
            logger.warning("%d references are truncated to %d tokens for the loss", long, max_length - 1)
        scores["loss"] = translator.mean_nll(translator.encode_source(sources), targets)
    return EvaluationResult(scores, hypotheses)
