"""A trained model with further rows: constructor call and weights, changed together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from nlprnn.errors import ModelError
from nlprnn.models import PretrainedModel
from nlprnn.serialization.config import from_config
from nlprnn.serialization.registry import REGISTRY
from nlprnn.tasks.adaptation.grown_vocabulary import GrownWords
from nlprnn.tasks.adaptation.traits import constructor_call, value_at

_RARE = -2.0
"""Bias of a further label where a text has any number of them: a probability of 12 %."""


class GrownModel:
    """A model in the making: the constructor call and the weights of a trained one, to which rows are added.

    Weights that are kept keep all their bits. What is new predicts like what it replaces: a new word like the unknown
    word, a new label like the mean of the former ones that it is similar to.

    Args:
        model: trained; it is not changed.
        name: of the model, for messages.
    """

    def __init__(self, model: PretrainedModel, name: str) -> None:
        self.call = constructor_call(model)
        self.weights: dict[str, Tensor] = {key: tensor.detach().cpu() for key, tensor in model.state_dict().items()}
        self._model, self._name = model, name

    def build(self) -> Any:
        """Return the grown model, in evaluation mode."""
        model = from_config(self.call, REGISTRY.extended([type(self._model)]).modules)
        model.load_state_dict(self.weights)
        return model.eval()

    def set(self, path: str, value: Any) -> None:
        """Replace an argument of the constructor call; a path is "head.dropout"."""
        parents, _, last = path.rpartition(".")
        call = value_at(self.call, parents) if parents else self.call
        if call is not None:
            call[last] = value

    def fixed_vectors(self, path: str) -> np.ndarray:
        """Return the fixed vectors of an embedding, (V, P) float32; P is 0 where it has none."""
        vectors = self.weights.get(f"{path}.pretrained")
        return np.empty((0, 0), dtype=np.float32) if vectors is None else vectors.numpy()

    def grow_embedding(self, path: str, words: GrownWords[Any], *, table: str = "") -> None:
        """Give an embedding the rows of a grown vocabulary.

        Args:
            path: of the embedding, "embedding", or of a module with one in it.
            words: the vocabulary.
            table: path of the embedding in the module; "" = it is the module.
        """
        weights = table or path
        call = value_at(self.call, path)
        trained = call.get("num_trained") or call["num_embeddings"]
        unknown = call["unknown_id"]
        vectors = self.weights[f"{weights}.weight"]
        rows = torch.from_numpy(words.rows[: words.num_trained])
        grown = vectors[rows.masked_fill(rows >= trained, unknown)]
        for word, pieces in words.pieces.items():
            grown[word] = vectors[torch.tensor([piece if piece < trained else unknown for piece in pieces])].mean(0)
        self.weights[f"{weights}.weight"] = grown
        if call.get("pretrained_dim"):
            fixed = self.weights[f"{path}.pretrained"][torch.from_numpy(words.rows)]
            if words.vectors is not None:
                fixed[torch.from_numpy(words.vector_rows)] = torch.from_numpy(words.vectors)
            self.weights[f"{path}.pretrained"] = fixed
        call["num_embeddings"] = len(words.rows)
        if call.get("num_trained") is not None:
            call["num_trained"] = words.num_trained

    def grow_output(self, words: GrownWords[Any], unknown_id: int) -> None:
        """Give the output layer of a language model the rows of a grown vocabulary.

        The unknown token shares its probability with the new ones, so that that of each old token stays what it was.

        Args:
            words: the vocabulary.
            unknown_id: of the unknown token.
        """
        number = len(self.weights["output_bias"])
        rows = torch.from_numpy(words.rows[: words.num_trained])
        shared = (rows == unknown_id) | (rows >= number)
        rows = rows.masked_fill(rows >= number, unknown_id)
        bias = self.weights["output_bias"][rows]
        self.weights["output_bias"] = torch.where(shared, bias - math.log(int(shared.sum())), bias)
        if self.weights.get("output_weight") is not None:
            self.weights["output_weight"] = self.weights["output_weight"][rows]

    def set_labels(self, labels: Sequence[str], similar: Sequence[Sequence[int]]) -> None:
        """Give the head the outputs of other labels.

        Args:
            labels: in their order.
            similar: for each label the former ones whose mean its scores are at first, one for a label that is kept;
                none for one that is improbable at first, where a text has any number of labels.

        Raises:
            ModelError: the head is a module of a user.
        """
        if list(labels) == list(self.call.get("labels", [])):
            return
        if value_at(self.call, "head.class") != "OutputHead":
            raise ModelError(f"the head of {self._name} is no OutputHead, and takes no further labels")
        last = max(int(key.split(".")[2]) for key in self.weights if key.startswith("head.layers."))
        for key, initial in ((f"head.layers.{last}.weight", 0.0), (f"head.layers.{last}.bias", _RARE)):
            table = self.weights[key]
            rows = [table[list(of)].mean(0) if len(of) else torch.full_like(table[0], initial) for of in similar]
            self.weights[key] = torch.stack(rows)
        self.call["labels"] = list(labels)
        self.call["head"]["output_size"] = len(labels)

    def set_crf(self, labels: Sequence[str], similar: Sequence[Sequence[int]]) -> None:
        """Give the conditional random field the transitions of other labels; see `set_labels`."""
        if self.call.get("crf") is None:
            return
        transitions = self.weights["crf.transitions"]
        for dim in (0, 1):
            rows = [transitions.index_select(dim, torch.tensor(list(of))).mean(dim, keepdim=True) for of in similar]
            transitions = torch.cat(rows, dim=dim)
        self.weights["crf.transitions"] = transitions
        for key in ("crf.start", "crf.end"):
            scores = self.weights[key]
            self.weights[key] = torch.stack([scores[list(of)].mean() for of in similar])
        self.call["crf"] |= {"num_labels": len(labels)}
        if self.call["crf"]["scheme_labels"] is not None:
            self.call["crf"]["scheme_labels"] = list(labels)
