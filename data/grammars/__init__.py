"""Grammars and word lists of the sample data sets; `data/make.py` writes their output."""
