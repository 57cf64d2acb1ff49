"""Adaptation: the training of a whole model goes on with new data, new words and new labels."""
