"""Speech recognition: recordings, options, what is chosen from them, batches, scores, rejection."""
