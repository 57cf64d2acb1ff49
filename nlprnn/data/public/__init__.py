"""Public data sets: their downloads, with checksums, and the folders that the published figures name."""
