"""Readers of file formats: rows with their line numbers."""
