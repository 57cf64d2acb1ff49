"""Feature sequences: sources, options, what is chosen from the data, batches, baseline, scores."""
