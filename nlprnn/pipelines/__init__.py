"""Pipelines from input to answer: a model with its processor, saved to and loaded from one folder."""

from nlprnn.pipelines.classifier import Classifier, Prediction
from nlprnn.pipelines.forecaster import Forecast, Forecaster
from nlprnn.pipelines.generation_options import GenerationOptions
from nlprnn.pipelines.generator import Generator
from nlprnn.pipelines.loading import load
from nlprnn.pipelines.pipeline import Pipeline
from nlprnn.pipelines.recognizer import Recognizer
from nlprnn.pipelines.regressor import RatedText, Regressor
from nlprnn.pipelines.sequence_classifier import SequenceClassifier, SequencePrediction
from nlprnn.pipelines.sequence_regressor import SequenceRegressor
from nlprnn.pipelines.speech_pipeline import SpeechPipeline
from nlprnn.pipelines.speech_processor import SpeechProcessor
from nlprnn.pipelines.speech_seq2seq import Seq2SeqRecognizer
from nlprnn.pipelines.tagger import Span, TaggedText, Tagger
from nlprnn.pipelines.text_encoder import TextEncoder
from nlprnn.pipelines.text_score import TextScore
from nlprnn.pipelines.transcript import TimedText, Transcript
from nlprnn.pipelines.transcription_options import TranscriptionOptions
from nlprnn.pipelines.translation_options import TranslationOptions
from nlprnn.pipelines.translation_result import Translation
from nlprnn.pipelines.translator import Translator
from nlprnn.serialization.registry import register

register(Classifier, Forecaster, Generator, Recognizer, Regressor, SpeechProcessor, Tagger, TextEncoder)
register(Seq2SeqRecognizer, SequenceClassifier, SequenceRegressor, Translator)

__all__ = [
    "Classifier",
    "Forecast",
    "Forecaster",
    "GenerationOptions",
    "Generator",
    "Pipeline",
    "Prediction",
    "RatedText",
    "Recognizer",
    "Regressor",
    "Seq2SeqRecognizer",
    "SequenceClassifier",
    "SequencePrediction",
    "SequenceRegressor",
    "Span",
    "SpeechPipeline",
    "SpeechProcessor",
    "TaggedText",
    "Tagger",
    "TextEncoder",
    "TextScore",
    "TimedText",
    "Transcript",
    "TranscriptionOptions",
    "Translation",
    "TranslationOptions",
    "Translator",
    "load",
]
