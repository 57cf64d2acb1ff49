"""Text in, text out: a model with its tokenizer, saved to and loaded from one folder."""

from nlprnn.pipelines.classifier import Classifier, Prediction
from nlprnn.pipelines.generation_options import GenerationOptions
from nlprnn.pipelines.generator import Generator
from nlprnn.pipelines.loading import load
from nlprnn.pipelines.regressor import Regressor
from nlprnn.pipelines.tagger import Span, TaggedText, Tagger
from nlprnn.pipelines.text_score import TextScore
from nlprnn.pipelines.translation_options import TranslationOptions
from nlprnn.pipelines.translation_result import Translation
from nlprnn.pipelines.translator import Translator

__all__ = [
    "Classifier",
    "GenerationOptions",
    "Generator",
    "Prediction",
    "Regressor",
    "Span",
    "TaggedText",
    "Tagger",
    "TextScore",
    "Translation",
    "TranslationOptions",
    "Translator",
    "load",
]
