"""Models: modules put together. They know nothing of training, files of data, or text."""

from nlprnn.models.bidirectional_language_model import BidirectionalLanguageModel
from nlprnn.models.ensemble import EnsembleClassifier, EnsembleRegressor
from nlprnn.models.language_model import LanguageModel
from nlprnn.models.pretrained import PretrainedModel
from nlprnn.models.seq2seq import Seq2Seq
from nlprnn.models.tagger import TokenTagger
from nlprnn.models.text_classifier import TextClassifier
from nlprnn.models.text_model import TextModel
from nlprnn.models.text_regressor import TextRegressor
from nlprnn.serialization.registry import register

register(TextClassifier, TextRegressor)  # which an ensemble's folder names

__all__ = [
    "BidirectionalLanguageModel",
    "EnsembleClassifier",
    "EnsembleRegressor",
    "LanguageModel",
    "PretrainedModel",
    "Seq2Seq",
    "TextClassifier",
    "TextModel",
    "TextRegressor",
    "TokenTagger",
]
