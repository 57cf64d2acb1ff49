"""Strings <-> ids: tokenizers by words, sub-words and characters; pretrained word vectors."""

from nlprnn.text.characters import CharacterTokenizer
from nlprnn.text.sentence_pieces import SentencePieceTokenizer
from nlprnn.text.spelled_words import SpelledWordTokenizer
from nlprnn.text.subwords import BPETokenizer, UnigramTokenizer
from nlprnn.text.tokenizers import Tokenizer, load_tokenizer
from nlprnn.text.vectors import Vectors, read_vectors
from nlprnn.text.words import WordTokenizer

__all__ = [
    "BPETokenizer",
    "CharacterTokenizer",
    "SentencePieceTokenizer",
    "SpelledWordTokenizer",
    "Tokenizer",
    "UnigramTokenizer",
    "Vectors",
    "WordTokenizer",
    "load_tokenizer",
    "read_vectors",
]
