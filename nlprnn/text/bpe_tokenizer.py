"""Sub-words over bytes: whatever the text, nothing is unknown and every space comes back.

A text is cut into words, each with the space before it; each word is written as its UTF-8 bytes, and the
bytes are grouped into pieces (Radford et al. 2019).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Self

import tokenizers
from tokenizers import Regex, decoders, models, normalizers, pre_tokenizers, trainers

from nlprnn.errors import DataError
from nlprnn.text.hugging_face import HuggingFaceTokenizer
from nlprnn.text.tokenizer import SPECIAL_TOKENS, training_texts

# A word with its inner apostrophes, up to three digits, a run of signs, or white space. No alternative holds
# both signs and letters, so that the name of a special token inside a text is never seen whole.
WORD = (
    r" ?[\p{L}\p{M}\x{200C}\x{200D}]+(?:['’][\p{L}\p{M}]+)*"
    r"| ?\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{M}\p{N}\x{200C}\x{200D}]+"
    r"|[\r\n]+|\s+(?!\S)|\s+"
)
_LONGEST_PIECE = 24  # bytes
_LONGEST_WORD = 1 << 30
_QUIET = 2


class _ByteTokenizer(HuggingFaceTokenizer):
    """What the two share: text to words of bytes and back."""

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The sub-word of each id; "▁" marks a space, U+FFFD a character that is cut through."""
        names = [self.tokenizer.id_to_token(index) for index in ids]
        return [
            name if index < len(SPECIAL_TOKENS) else self.tokenizer.decoder.decode([name]).replace(" ", "▁")
            for index, name in zip(ids, names, strict=True)
        ]

    def unknown(self, text: str) -> list[str]:
        """Always empty: every text can be written in bytes."""
        return []

    def _decode(self, ids: list[list[int]]) -> list[str]:
        return [text.removeprefix(" ") for text in self.tokenizer.decode_batch(ids, skip_special_tokens=False)]


class BPETokenizer(_ByteTokenizer):
    """Byte-pair encoding over bytes (Sennrich et al. 2016; Radford et al. 2019).

    `decode(encode(text))` is the NFC form of `text`, exactly, in lower case where it was trained so.
    """

    kind = "bpe"

    @classmethod
    def train(
        cls, texts: Iterable[str], *, vocab_size: int = 8000, min_frequency: int = 2, lowercase: bool = False
    ) -> Self:
        """Merge the most frequent pair of pieces again and again, up to `vocab_size` pieces.

        A pair must occur `min_frequency` times. Special tokens and the 256 bytes are part of `vocab_size`.
        """
        _check_size(vocab_size)
        trainer = trainers.BpeTrainer(
            vocab_size=vocab_size,
            min_frequency=min_frequency,
            special_tokens=list(SPECIAL_TOKENS),
            initial_alphabet=_alphabet(),
            show_progress=False,
        )
        trained = _pipeline(models.BPE(), lowercase)
        trained.train_from_iterator(training_texts(texts), trainer)
        # Through its JSON, without the added tokens, by which the library would find "</s>" inside a text.
        content = json.loads(trained.to_str())
        content["added_tokens"] = []
        return cls(tokenizers.Tokenizer.from_str(json.dumps(content)))


class UnigramTokenizer(_ByteTokenizer):
    """The most probable cut under a unigram language model of the pieces (Kudo 2018), over bytes.

    `decode(encode(text))` is the NFC form of `text`, exactly, in lower case where it was trained so.
    """

    kind = "unigram"

    @classmethod
    def train(cls, texts: Iterable[str], *, vocab_size: int = 8000, lowercase: bool = False) -> Self:
        """Learn at most `vocab_size` pieces, special tokens and the 256 bytes included."""
        _check_size(vocab_size)
        tokenizer = _pipeline(models.Unigram(), lowercase)
        # A list, because an error of the iterator would come out of SentencePiece as one of its own.
        texts = list(training_texts(texts))
        pieces = _unigram_pieces(_words(tokenizer, texts), vocab_size - len(SPECIAL_TOKENS))
        scores = dict.fromkeys(SPECIAL_TOKENS, 0.0) | pieces
        tokenizer.model = models.Unigram(list(scores.items()), unk_id=cls.unk_id)
        return cls(tokenizer)


def _pipeline(model: models.Model, lowercase: bool) -> tokenizers.Tokenizer:
    tokenizer = tokenizers.Tokenizer(model)
    # The first word gets a space like the others, so that it is the same piece; decoding takes it away.
    steps = [normalizers.NFC(), normalizers.Prepend(" ")]
    if lowercase:
        # Lower-casing can decompose a letter, so it stands before NFC.
        steps.insert(0, normalizers.Lowercase())
    tokenizer.normalizer = normalizers.Sequence(steps)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORD), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _alphabet() -> list[str]:
    """The 256 characters by which the library writes bytes."""
    return sorted(pre_tokenizers.ByteLevel.alphabet())


def _check_size(vocab_size: int) -> None:
    smallest = len(SPECIAL_TOKENS) + len(_alphabet())
    if vocab_size < smallest:
        raise DataError(
            f"vocab_size is {vocab_size}, but the special tokens and the 256 bytes alone need {smallest}: "
            "choose a larger one."
        )


def _words(tokenizer: tokenizers.Tokenizer, texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        normal = tokenizer.normalizer.normalize_str(text)
        for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal):
            yield word


def _unigram_pieces(words: Iterator[str], size: int) -> dict[str, float]:
    """Piece -> log probability; `size` pieces at most, the 256 bytes among them.

    SentencePiece does the training, because that of `tokenizers` gives another result every time. It starts
    from the strings that occur in two surroundings or more. So that a whole word can be one of them, every
    other word gets a space behind it, which no piece may cross. (Multi30k German, 8,000 pieces: 13.7 pieces a
    sentence, 14.6 without the spaces, 16.4 from words with their counts.)
    """
    from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

    spaced = (word + " " if index % 2 else word for index, word in enumerate(words))
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=chain(_alphabet(), spaced),  # each byte once, so that each is a piece
        model_writer=model,
        model_type="unigram",
        vocab_size=size + 2,  # the space and its own unknown piece, which are left out below
        hard_vocab_limit=False,
        character_coverage=1.0,
        remove_extra_whitespaces=False,
        max_sentencepiece_length=_LONGEST_PIECE,
        max_sentence_length=_LONGEST_WORD,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        split_by_unicode_script=False,
        split_by_number=False,
        num_threads=1,
        bos_id=-1,
        eos_id=-1,
        minloglevel=_QUIET,
    )
    trained = SentencePieceProcessor(model_proto=model.getvalue())
    pieces = {trained.id_to_piece(index): trained.get_score(index) for index in range(len(trained))}
    return {piece: score for piece, score in pieces.items() if piece not in ("<unk>", "▁")}
