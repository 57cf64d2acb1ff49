"""Tales of a small world: plots, a narrator that keeps its state, and the scores of coherence and of repetition."""
