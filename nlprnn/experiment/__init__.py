"""A run of a recipe: options, run folder, seed, model card."""
