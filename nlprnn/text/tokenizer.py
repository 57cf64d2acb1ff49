"""Tokenizer interface: text to ids and back, saved to and loaded from a folder."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from nlprnn.errors import DataError, ModelError
from nlprnn.serialization.atomic_files import write_json
from nlprnn.serialization.checksums import check_processor_files
from nlprnn.serialization.model_files import damaged, read_json
from nlprnn.serialization.registry import REGISTRY
from nlprnn.text.inputs import TextInputs

SPECIAL_TOKENS = ("<pad>", "<unk>", "<s>", "</s>")
"""Names of ids 0 to 3 in every tokenizer. No text is ever encoded to ids 0, 2 or 3."""

REPLACEMENT = "\ufffd"
"""Replaces what cannot be shown: a character outside the vocabulary, a lone surrogate."""

CODE_POINTS = 0x110000
"""Number of Unicode's code points."""

FORMAT_VERSION = 1
CONFIG_NAME = "tokenizer_config.json"

# A closed list, so that a model folder can never name code to import.
_CLASSES = {
    "word": ("nlprnn.text.word_tokenizer", "WordTokenizer"),
    "word-piece": ("nlprnn.text.word_piece_tokenizer", "WordPieceTokenizer"),
    "spelled-word": ("nlprnn.text.word_char_tokenizer", "WordCharTokenizer"),
    "character": ("nlprnn.text.char_tokenizer", "CharacterTokenizer"),
    "bpe": ("nlprnn.text.bpe_tokenizer", "BPETokenizer"),
    "sentencepiece": ("nlprnn.text.sentencepiece_tokenizer", "SentencePieceTokenizer"),
}


class Tokenizer(ABC):
    """Base class of tokenizers, the processors of text pipelines.

    `encode_batch` accepts any text: a lone surrogate counts as U+FFFD, and tokens outside the vocabulary become
    `unk_id`. It never adds `bos_id` or `eos_id`; the code that builds batches does.
    A folder written by `save` holds `tokenizer_config.json` (kind and format version) and the vocabulary.
    """

    pad_id: ClassVar[int] = 0
    unk_id: ClassVar[int] = 1
    bos_id: ClassVar[int] = 2
    eos_id: ClassVar[int] = 3
    space_before_words: ClassVar[bool] = False
    """Whether the token of a word has the space before it: no text that continues ends with a space then."""
    kind: str
    """Name of the class in `tokenizer_config.json`."""

    @classmethod
    @abstractmethod
    def train(cls, texts: Iterable[str]) -> Self:
        """Build the vocabulary of a training split.

        Raises:
            DataError: there is nothing to learn from.
        """

    @property
    @abstractmethod
    def vocab_size(self) -> int:
        """Number of ids, special tokens included."""

    @abstractmethod
    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Return the token of each id, for display, special tokens by their names."""

    def tokens(self, text: str) -> list[str]:
        """Return the tokens of `text`, for display; as many as `encode(text)` has ids."""
        return self.pieces(self.encode(text))

    def offsets(self, text: str) -> list[tuple[int, int]] | None:
        """Return start and end of each token in `valid_unicode(text)`, in characters.

        Tokens that are bytes of one character all have its offsets. None where the tokenizer does not know them.
        """
        return None

    def context_free_text(self, token: int) -> str | None:
        """Return the text of a token that is not special if its neighbours never change it, else None."""
        return None

    def spelling_nll(self, token: str) -> float:
        """Return the negative log-likelihood, in nats, of the spelling of a token that is outside the vocabulary.

        Each character is drawn from a uniform distribution over the characters of the vocabulary, "another character"
        and the end of the token; which other character, from one over all of Unicode. A model of spellings would need
        less, so figures with this term never flatter.
        """
        choices = math.log(len(self._alphabet) + 2)
        others = sum(character not in self._alphabet for character in token)
        return (len(token) + 1) * choices + others * math.log(CODE_POINTS)

    @cached_property
    def _alphabet(self) -> frozenset[str]:
        return frozenset("".join(self.pieces(range(len(SPECIAL_TOKENS), self.vocab_size))))

    @abstractmethod
    def unknown(self, text: str) -> list[str]:
        """Return the distinct words or characters of `text` that become `unk_id`, in order of appearance."""

    @cached_property
    def unknown_and_known(self) -> tuple[np.ndarray, np.ndarray]:
        """Number of unknown words, and of known words, for each id: two arrays (V,) int32.

        Here each token is a word, unknown if it is `unk_id`; the other special tokens are none. A word with a
        pretrained vector has an id, so it is known. To subwords over bytes no text is unknown, but what training never
        showed falls apart: a character that is written in several bytes counts as one unknown word, at the first of
        them, and a piece with whole characters as one known word. Another language in the same script is known then.
        """
        unknown, known = np.zeros(self.vocab_size, np.int32), np.ones(self.vocab_size, np.int32)
        known[: len(SPECIAL_TOKENS)] = 0
        unknown[self.unk_id] = 1
        return unknown, known

    def count_words(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the number of unknown words, and of known words, that begin at each id of encoded texts.

        Args:
            ids: (total,) integer, of whole texts end to end.

        Returns:
            two arrays (total,) int32; see `unknown_and_known`.
        """
        unknown, known = self.unknown_and_known
        return unknown[ids], known[ids]

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each text, without special ids other than `unk_id`.

        Raises:
            DataError: one string is given instead of several.
            TypeError: the texts are a table, or one is missing or no string.
        """
        return self._encode([valid_unicode(text) for text in _not_one_string(texts)])

    def decode_batch(self, ids: Sequence[Sequence[int]]) -> list[str]:
        """Return the text of each row of ids, without padding, begin and end tokens.

        Raises:
            DataError: an id is outside the vocabulary.
        """
        return self._decode([self._visible(row) for row in ids])

    def encode(self, text: str) -> list[int]:
        """Return the ids of one text."""
        return self.encode_batch([text])[0]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of one row of ids."""
        return self.decode_batch([ids])[0]

    def save(self, folder: str | Path) -> None:
        """Write the tokenizer to `folder`, each file in one step."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._save_vocabulary(folder)
        write_json(folder / CONFIG_NAME, {"format_version": FORMAT_VERSION, "kind": self.kind})

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Load a tokenizer of this class that was saved in a folder.

        Raises:
            ModelError: a file is missing, damaged or of another kind.
        """
        kind = _read_kind(Path(folder))
        if kind != cls.kind:
            raise ModelError(
                f"{Path(folder) / CONFIG_NAME} describes a tokenizer of kind {kind!r}, not {cls.kind!r}: "
                "load it with load_tokenizer, which chooses the class."
            )
        return cls._load_checked(Path(folder))

    @classmethod
    def _load_checked(cls, folder: Path) -> Self:
        """Load a folder of `_save_vocabulary`, whose errors are clearer than those of checksums; check these then."""
        tokenizer = cls._load_vocabulary(folder)
        check_processor_files(folder)
        return tokenizer

    @abstractmethod
    def _encode(self, texts: list[str]) -> list[list[int]]:
        """Return the ids of texts that hold no surrogates."""

    @abstractmethod
    def _decode(self, ids: list[list[int]]) -> list[str]:
        """Return the texts of rows without padding, begin, end and ids outside the vocabulary."""

    @abstractmethod
    def _save_vocabulary(self, folder: Path) -> None:
        """Write the vocabulary to `folder`, which exists."""

    @classmethod
    @abstractmethod
    def _load_vocabulary(cls, folder: Path) -> Self:
        """Load a folder of `_save_vocabulary`."""

    def _visible(self, row: Sequence[int]) -> list[int]:
        ids = np.asarray(row)
        if ids.size == 0:
            return []
        outside = ids[(ids < 0) | (ids >= self.vocab_size)]
        if outside.size:
            raise DataError(
                f"Id {outside[0]} is outside the vocabulary of {self.vocab_size} ids: "
                "decode with the tokenizer that the ids come from."
            )
        return ids[(ids != self.pad_id) & (ids != self.bos_id) & (ids != self.eos_id)].tolist()


def load_tokenizer(folder: str | Path, classes: Iterable[type] = ()) -> Tokenizer:
    """Load the tokenizer that was saved in a folder.

    Args:
        folder: holds `tokenizer_config.json`, which names the class by its kind.
        classes: a user's tokenizers, besides nlprnn's and the registered ones.

    Raises:
        ModelError: a file is missing or damaged, or the kind is unknown.
    """
    folder = Path(folder)
    kind = _read_kind(folder)
    registered = REGISTRY.extended(classes).processors
    cls = tokenizer_class(kind) or registered.get(kind)
    if cls is None or not issubclass(cls, Tokenizer):
        known = ", ".join([*_CLASSES, *registered])
        raise ModelError(f"{folder / CONFIG_NAME} names the tokenizer kind {kind!r}; known are {known}.")
    return cls._load_checked(folder)


def tokenizer_class(kind: str) -> type[Tokenizer] | None:
    """Return nlprnn's tokenizer class of a kind; None where there is none."""
    if kind not in _CLASSES:
        return None
    module, name = _CLASSES[kind]
    return getattr(import_module(module), name)


def _read_kind(folder: Path) -> str:
    path = folder / CONFIG_NAME
    config = read_json(path)
    version = config.get("format_version")
    if not isinstance(version, int):
        raise damaged(path, "it has no format_version")
    if version > FORMAT_VERSION:
        raise ModelError(
            f"{path} has format {version}, this nlprnn reads up to {FORMAT_VERSION}: "
            "it was made by a newer nlprnn, upgrade yours."
        )
    return str(config.get("kind"))


def training_texts(texts: Iterable[str]) -> Iterator[str]:
    """Yield texts as valid Unicode.

    Raises:
        DataError: they are a single string, or all empty.
    """
    empty = True
    for text in _not_one_string(texts):
        empty = empty and not text
        yield valid_unicode(text)
    if empty:
        raise DataError("The training texts are empty: there is nothing to learn a vocabulary from.")


def valid_unicode(text: str) -> str:
    """Return `text` with surrogate pairs combined and lone surrogates replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _not_one_string(texts: Iterable[str]) -> Iterable[str]:
    if isinstance(texts, str):
        raise DataError("Expected several texts, got one string: wrap it in a list.")
    return TextInputs(texts, "[text]")
