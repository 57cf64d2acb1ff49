"""Loss functions of a model and a batch, one file a task; each makes a `ComputeLoss` for the trainer."""

from nlprnn.training.losses.attention_transcript import attention_transcript_loss
from nlprnn.training.losses.bidirectional_language_model import bidirectional_language_model_loss
from nlprnn.training.losses.class_weights import CLASS_WEIGHTS, inverse_frequency
from nlprnn.training.losses.classification import classification_loss, multi_label_loss
from nlprnn.training.losses.ctc import ctc_loss
from nlprnn.training.losses.forecasting import forecasting_loss, pinball_loss
from nlprnn.training.losses.language_model import language_model_loss
from nlprnn.training.losses.linear_cross_entropy import linear_cross_entropy
from nlprnn.training.losses.regression import regression_loss
from nlprnn.training.losses.sampled_softmax import sampled_softmax_loss
from nlprnn.training.losses.tagging import tagging_loss
from nlprnn.training.losses.translation import translation_loss

__all__ = [
    "CLASS_WEIGHTS",
    "attention_transcript_loss",
    "bidirectional_language_model_loss",
    "classification_loss",
    "ctc_loss",
    "forecasting_loss",
    "inverse_frequency",
    "language_model_loss",
    "linear_cross_entropy",
    "multi_label_loss",
    "pinball_loss",
    "regression_loss",
    "sampled_softmax_loss",
    "tagging_loss",
    "translation_loss",
]
