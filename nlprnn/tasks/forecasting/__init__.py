"""Forecasting of series: options, tables, what is chosen from the data, windows, scores."""
