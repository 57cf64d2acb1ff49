"""Adaptation: further training of a whole model with new data, new words and new labels."""
