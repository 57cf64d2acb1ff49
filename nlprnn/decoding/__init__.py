"""Search and sampling over any step function."""
