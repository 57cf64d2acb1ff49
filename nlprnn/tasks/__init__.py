"""One file a task: its options, its dataset and batches, its evaluation.

Importing this package loads nothing; using a name loads its module.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nlprnn.tasks.classification import ClassificationOptions
    from nlprnn.tasks.evaluation import EvaluationResult, evaluate
    from nlprnn.tasks.labelled_texts import LabelledTexts, load_classes, load_label_sets, load_numbers
    from nlprnn.tasks.language_model import LanguageModelOptions
    from nlprnn.tasks.ngrams import NgramFit
    from nlprnn.tasks.pretraining import PretrainingOptions, init_from
    from nlprnn.tasks.regression import RegressionOptions
    from nlprnn.tasks.sentence_pairs import SentencePairs
    from nlprnn.tasks.tagging import TaggedSentences, TaggingOptions
    from nlprnn.tasks.text_options import DocumentOptions, TextOptions
    from nlprnn.tasks.translation import TranslatorOptions
    from nlprnn.tasks.vocabulary import Vocabulary, train_vocabulary

_MODULES = {
    "ClassificationOptions": "classification",
    "DocumentOptions": "text_options",
    "EvaluationResult": "evaluation",
    "LabelledTexts": "labelled_texts",
    "LanguageModelOptions": "language_model",
    "NgramFit": "ngrams",
    "PretrainingOptions": "pretraining",
    "RegressionOptions": "regression",
    "SentencePairs": "sentence_pairs",
    "TaggedSentences": "tagging",
    "TaggingOptions": "tagging",
    "TextOptions": "text_options",
    "TranslatorOptions": "translation",
    "Vocabulary": "vocabulary",
    "evaluate": "evaluation",
    "init_from": "pretraining",
    "load_classes": "labelled_texts",
    "load_label_sets": "labelled_texts",
    "load_numbers": "labelled_texts",
    "train_vocabulary": "vocabulary",
}

__all__ = [
    "ClassificationOptions",
    "DocumentOptions",
    "EvaluationResult",
    "LabelledTexts",
    "LanguageModelOptions",
    "NgramFit",
    "PretrainingOptions",
    "RegressionOptions",
    "SentencePairs",
    "TaggedSentences",
    "TaggingOptions",
    "TextOptions",
    "TranslatorOptions",
    "Vocabulary",
    "evaluate",
    "init_from",
    "load_classes",
    "load_label_sets",
    "load_numbers",
    "train_vocabulary",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
