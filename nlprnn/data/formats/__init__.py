"""File formats: each a source with a schema and rows; `registry` lists them by suffix."""
