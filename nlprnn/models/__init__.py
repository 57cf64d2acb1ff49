"""The models: parts put together. They know nothing of training, files of data, or text."""

from nlprnn.models.bidirectional_language_model import BidirectionalLanguageModel
from nlprnn.models.language_model import LanguageModel
from nlprnn.models.seq2seq import Seq2Seq
from nlprnn.models.tagger import TokenTagger
from nlprnn.models.text_classifier import TextClassifier
from nlprnn.models.text_regressor import TextRegressor

__all__ = ["BidirectionalLanguageModel", "LanguageModel", "Seq2Seq", "TextClassifier", "TextRegressor", "TokenTagger"]
