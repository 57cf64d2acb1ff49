"""One file a task: its options, rows -> batches, and evaluation."""
