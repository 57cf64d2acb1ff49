"""Models: modules put together for a task. They know nothing of training, files of data, or text."""

from nlprnn.models.bidirectional_language_model import BidirectionalLanguageModel
from nlprnn.models.ensemble import EnsembleClassifier, EnsembleRegressor
from nlprnn.models.feature_models import FeatureClassifier, FeatureRegressor
from nlprnn.models.forecaster import RecurrentForecaster
from nlprnn.models.label_names import UNSURE
from nlprnn.models.language_model import LanguageModel
from nlprnn.models.ngram_linear import NgramLinear
from nlprnn.models.pretrained import PretrainedModel, load_model
from nlprnn.models.recognizer import SpeechRecognizer
from nlprnn.models.seq2seq import Seq2Seq
from nlprnn.models.speech_seq2seq import SpeechSeq2Seq
from nlprnn.models.tagger import TokenTagger
from nlprnn.models.text_classifier import TextClassifier
from nlprnn.models.text_regressor import TextRegressor
from nlprnn.serialization.registry import register

register(BidirectionalLanguageModel, EnsembleClassifier, EnsembleRegressor, LanguageModel, NgramLinear, Seq2Seq)
register(FeatureClassifier, FeatureRegressor)
register(RecurrentForecaster, SpeechRecognizer, SpeechSeq2Seq, TextClassifier, TextRegressor, TokenTagger)

__all__ = [
    "UNSURE",
    "BidirectionalLanguageModel",
    "EnsembleClassifier",
    "EnsembleRegressor",
    "FeatureClassifier",
    "FeatureRegressor",
    "LanguageModel",
    "NgramLinear",
    "PretrainedModel",
    "RecurrentForecaster",
    "Seq2Seq",
    "SpeechRecognizer",
    "SpeechSeq2Seq",
    "TextClassifier",
    "TextRegressor",
    "TokenTagger",
    "load_model",
]
