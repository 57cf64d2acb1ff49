"""Explanations of models: saliency of tokens, attention, word alignment, and their plots and reports."""

from nlprnn.interpret.attention_plot import plot_attention
from nlprnn.interpret.html_report import saliency_report
from nlprnn.interpret.line_plot import Band, Line, Panel, plot_lines
from nlprnn.interpret.picture import check_picture
from nlprnn.interpret.reliability_plot import plot_reliability
from nlprnn.interpret.saliency import Saliency, explain
from nlprnn.interpret.word_alignment import WordAttention, word_attention

__all__ = [
    "Band",
    "Line",
    "Panel",
    "Saliency",
    "WordAttention",
    "check_picture",
    "explain",
    "plot_attention",
    "plot_lines",
    "plot_reliability",
    "saliency_report",
    "word_attention",
]
