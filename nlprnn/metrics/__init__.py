"""Evaluation metrics, each formula in one place."""
