"""Explanations of models: saliency, attention, word alignment, and their pictures."""

from nlprnn.interpret.saliency import Saliency, explain

__all__ = ["Saliency", "explain"]
