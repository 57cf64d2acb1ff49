"""Rows from anywhere, as splits, and their batches.

`nlprnn.data.load` reads tables and texts from a sample, the Hugging Face Hub, a folder or a file;
`nlprnn.data.batching` makes batches of token ids. Import from these modules: this package imports neither,
so that a program pays only for what it uses.
"""
