"""Options of transcription, and the search that they mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from nlprnn.decoding.ctc import CTCSearch
from nlprnn.decoding.token_automaton import TokenAutomaton, combine, hotwords, word_list
from nlprnn.errors import OptionError, list_names
from nlprnn.pipelines.generator import Generator
from nlprnn.pipelines.speech_fusion import LanguageModelScorer
from nlprnn.pipelines.speech_processor import SpeechProcessor

SPACE = " "


@dataclass(frozen=True, kw_only=True)
class TranscriptionOptions:
    """Options of transcription.

    Attributes:
        beam_size: K, prefixes kept; 1 without words, hotwords and language model is greedy search.
        n_best: texts returned.
        words: a closed grammar: nothing but these words is recognized; () = those of the model, or any text; None = any
            text.
        one_word: at most one of the words.
        hotwords: phrases that get a bonus.
        hotword_bonus: of each token of a hotword, in nats.
        language_model: of the same tokens; None = none.
        alpha: weight of the language model's log-probabilities.
        beta: bonus of each token with a language model, in nats.
        reject: confidence below which a transcript is rejected; 0 = never.
        timestamps: times of words and tokens.
    """

    beam_size: int = 16
    n_best: int = 1
    words: Sequence[str] | None = ()
    one_word: bool = False
    hotwords: Sequence[str] = ()
    hotword_bonus: float = 2.0
    language_model: Generator | None = None
    alpha: float = 0.5
    beta: float = 0.0
    reject: float = 0.0
    timestamps: bool = False

    def is_greedy(self, processor: SpeechProcessor) -> bool:
        """Return whether the most likely alignment is enough."""
        closed = self._words(processor) or self.hotwords or self.language_model is not None or self.one_word
        return self.beam_size == 1 and self.n_best == 1 and not closed

    def search(self, processor: SpeechProcessor) -> CTCSearch:
        """Return the search.

        Raises:
            OptionError: the words have a letter or word that the model does not know, a hotword is none of them, or a
                number is out of range.
            ModelError: the language model has other tokens.
        """
        scorer = None
        if self.language_model is not None:
            scorer = LanguageModelScorer(self.language_model, processor.tokenizer)
        try:
            return CTCSearch(
                blank=processor.blank,
                beam_size=max(self.beam_size, self.n_best),
                n_best=self.n_best,
                automaton=self._automaton(processor),
                scorer=scorer,
                alpha=self.alpha,
                beta=self.beta,
            )
        except ValueError as error:
            raise OptionError(str(error)) from error

    def _words(self, processor: SpeechProcessor) -> Sequence[str]:
        return () if self.words is None else self.words or processor.words

    def _automaton(self, processor: SpeechProcessor) -> TokenAutomaton | None:
        words = self._words(processor)
        size, separator = processor.tokenizer.vocab_size, separator_of(processor)
        closed = None
        if words:
            ids = encoded_words(words, processor)
            if separator is None:  # a subword may have the space before it
                spaced = processor.tokenizer.encode_batch([f"{SPACE}{processor.clean(word)}" for word in words])
                ids += [row for row in spaced if processor.tokenizer.unk_id not in row]
            closed = word_list(ids, size, separator=separator, one_word=self.one_word)
        elif self.one_word:
            raise OptionError("one word of a list needs the list: give words")
        if not self.hotwords:
            return closed
        if words:
            self._check_hotwords(words, processor)
        hot = hotwords(encoded_words(self.hotwords, processor), size, bonus=self.hotword_bonus, separator=separator)
        return hot if closed is None else combine(closed, hot)

    def _check_hotwords(self, words: Sequence[str], processor: SpeechProcessor) -> None:
        """Refuse hotwords that a closed grammar never lets through.

        Raises:
            OptionError: a hotword has a word that is not on the list, or several where one is recognized.
        """
        listed = [processor.clean(word).split() for word in words]
        pieces = set(chain.from_iterable(listed))
        outside = []
        for phrase in self.hotwords:
            spoken = processor.clean(phrase).split()
            of_one = any(spoken == word[at : at + len(spoken)] for word in listed for at in range(len(word)))
            if not (of_one or (pieces.issuperset(spoken) and not self.one_word)):
                outside.append(phrase)
        if outside:
            closed = f"{'one of ' if self.one_word else ''}{list_names(list(words), limit=5)}"
            raise OptionError(
                f"the bonus of {list_names(outside)} has no effect where only {closed} can be recognized: "
                "add it to the list of words, or allow any text (--words any)"
            )


def separator_of(processor: SpeechProcessor) -> int | None:
    """Return the token of the space, where it is one; None for tokens of words and subwords."""
    ids = processor.tokenizer.encode(SPACE)
    is_token = len(ids) == 1 and ids[0] != processor.tokenizer.unk_id
    return ids[0] if is_token and processor.tokenizer.decode(ids) == SPACE else None


def encoded_words(words: Iterable[str], processor: SpeechProcessor) -> list[list[int]]:
    """Return the token ids of words.

    Raises:
        OptionError: a word is empty, or has a letter or is a word that the model does not know.
    """
    texts = [processor.clean(word) for word in words]
    tokenizer = processor.tokenizer
    if unknown := [text for text in texts if not text.strip() or tokenizer.unk_id in tokenizer.encode(text)]:
        letters = sorted({letter for text in unknown for letter in tokenizer.unknown(text)})
        has = f"; they have the words {list_names(list(processor.words), limit=20)}" if processor.words else ""
        raise OptionError(
            f"the model cannot write {list_names(unknown)}: its training transcripts lack "
            f"{list_names(letters) or 'it'}{has}"
        )
    return tokenizer.encode_batch(texts)
