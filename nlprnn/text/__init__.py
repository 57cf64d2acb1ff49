"""Tokenizers of words, subwords and characters; pretrained word vectors."""

from nlprnn.text.bpe_tokenizer import BPETokenizer
from nlprnn.text.char_tokenizer import CharacterTokenizer
from nlprnn.text.sentencepiece_tokenizer import SentencePieceTokenizer
from nlprnn.text.tokenizer import Tokenizer, load_tokenizer
from nlprnn.text.vectors import WordVectors, read_vectors
from nlprnn.text.word_char_tokenizer import WordCharTokenizer
from nlprnn.text.word_piece_tokenizer import WordPieceTokenizer
from nlprnn.text.word_tokenizer import WordTokenizer

__all__ = [
    "BPETokenizer",
    "CharacterTokenizer",
    "SentencePieceTokenizer",
    "Tokenizer",
    "WordCharTokenizer",
    "WordPieceTokenizer",
    "WordTokenizer",
    "WordVectors",
    "load_tokenizer",
    "read_vectors",
]
