"""Search for good options of a recipe within a time budget: `nlprnn tune`.

A study is a folder: `study.json`, a run folder for each trial, and, at the end, the best model and its settings.
"""
