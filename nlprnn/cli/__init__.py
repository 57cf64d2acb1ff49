"""The `nlprnn` command, and what the recipes share of a command line."""
