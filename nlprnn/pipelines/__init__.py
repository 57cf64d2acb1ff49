"""Text in, text out: a model with its tokenizer, saved to and loaded from one folder."""

from nlprnn.pipelines.classifier import Classifier, Prediction
from nlprnn.pipelines.generation import GenerationOptions, TextScore
from nlprnn.pipelines.generator import Generator
from nlprnn.pipelines.loading import load
from nlprnn.pipelines.regressor import Regressor
from nlprnn.pipelines.saliency import Saliency, explain
from nlprnn.pipelines.tagger import Span, TaggedText, Tagger
from nlprnn.pipelines.translation import Translation, TranslationOptions
from nlprnn.pipelines.translator import Translator

__all__ = [
    "Classifier",
    "GenerationOptions",
    "Generator",
    "Prediction",
    "Regressor",
    "Saliency",
    "Span",
    "TaggedText",
    "Tagger",
    "TextScore",
    "Translation",
    "TranslationOptions",
    "Translator",
    "explain",
    "load",
]
