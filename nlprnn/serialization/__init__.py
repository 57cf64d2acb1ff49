"""Models and tokenizers on disk and on the Hub: configurations, weights, files written in one step."""
