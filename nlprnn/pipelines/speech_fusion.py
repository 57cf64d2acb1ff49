"""Language model of characters as a scorer of CTC search (shallow fusion, Gulcehre et al. 2015)."""

from __future__ import annotations

import numpy as np
import torch

from nlprnn.errors import ModelError
from nlprnn.modules import RecurrentState
from nlprnn.pipelines.generator import Generator
from nlprnn.text import Tokenizer
from nlprnn.text.tokenizer import SPECIAL_TOKENS

_LINE_END = "\n"


class LanguageModelScorer:
    """Scores the tokens of a recognizer by a language model whose tokens have the same texts.

    Args:
        generator: the language model.
        tokenizer: of the recognizer.

    Raises:
        ModelError: a token of the recognizer is none of the language model.
    """

    def __init__(self, generator: Generator, tokenizer: Tokenizer) -> None:
        self._model = generator.model.eval()
        known = generator.tokenizer
        first = len(SPECIAL_TOKENS)
        texts = [tokenizer.context_free_text(token) for token in range(first, tokenizer.vocab_size)]
        encoded = [[known.unk_id] if text is None else known.encode(text) for text in texts]
        missing = [text for text, ids in zip(texts, encoded, strict=True) if len(ids) != 1 or known.unk_id in ids]
        if None in missing:
            raise ModelError(
                "the recognizer writes whole words, for which the language model has no tokens: "
                "train the recognizer with --units characters, and a language model of characters"
            )
        if missing:
            raise ModelError(
                f"the language model has no token {missing[0]!r} of the recognizer: train both on the same characters"
            )
        # Special tokens are no text; a recognizer learns never to write them.
        self._ids = torch.tensor([known.unk_id] * first + [ids[0] for ids in encoded])
        line_end = known.encode(_LINE_END)
        self._end = line_end[0] if len(line_end) == 1 and line_end[0] != known.unk_id else None
        starts_with_line_end = self._model.text_start == "line_end" and self._end is not None
        self._start = line_end[0] if starts_with_line_end else known.bos_id

    def start(self, rows: int) -> tuple[np.ndarray, object]:
        """Return log-probabilities (rows, V) of the first token, and the state."""
        with torch.inference_mode():
            log_probs, state = self._model.step(
                torch.full((rows,), self._start, device=self._device), self._model.initial_state(rows)
            )
        return self._scores(log_probs), (log_probs, state)

    def advance(self, state: object, parents: np.ndarray, tokens: np.ndarray) -> tuple[np.ndarray, object]:
        """Return the log-probabilities (N, V) after tokens (N,), of which -1 is none, and the state."""
        assert isinstance(state, tuple)
        log_probs: torch.Tensor
        recurrent: RecurrentState
        log_probs, recurrent = state
        with torch.inference_mode():
            rows = torch.from_numpy(parents).to(self._device)
            log_probs, recurrent = log_probs[rows], recurrent.select(rows)
            grown = torch.from_numpy(np.flatnonzero(tokens >= 0)).to(self._device)
            if len(grown):
                ids = self._ids[torch.from_numpy(tokens[tokens >= 0])].to(self._device)
                after, moved = self._model.step(ids, recurrent.select(grown))
                log_probs = log_probs.index_copy(0, grown, after)
                recurrent = RecurrentState(
                    recurrent.hidden.index_copy(0, grown, moved.hidden),
                    None
                    if recurrent.cell is None or moved.cell is None
                    else recurrent.cell.index_copy(0, grown, moved.cell),
                )
        return self._scores(log_probs), (log_probs, recurrent)

    def end_scores(self, state: object) -> np.ndarray:
        """Return the log-probability (N,) of a line end, 0 where the language model has none."""
        assert isinstance(state, tuple)
        log_probs = state[0]
        if self._end is None:
            return np.zeros(len(log_probs))
        return np.asarray(log_probs[:, self._end].double().cpu().numpy())

    @property
    def _device(self) -> torch.device:
        return next(self._model.parameters()).device

    def _scores(self, log_probs: torch.Tensor) -> np.ndarray:
        return np.asarray(log_probs[:, self._ids.to(log_probs.device)].double().cpu().numpy())
