"""Arrays of sequences, length buckets and batches."""
