"""Options of a recipe whose values a trained model settles, because they are properties of its modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nlprnn.modules.attention import ATTENTIONS
from nlprnn.modules.pooling import POOLINGS
from nlprnn.pipelines import Classifier, Generator, Regressor, Tagger, TextEncoder, Translator
from nlprnn.pipelines.pipeline import Pipeline
from nlprnn.serialization.config import to_config
from nlprnn.serialization.registry import REGISTRY

Call = Mapping[str, Any]
"""Constructor call of a model, as `config.json` holds it."""


@dataclass(frozen=True)
class Traits:
    """What a model settles of the options of its recipe.

    Attributes:
        fixed: option -> value of the model, which no training changes.
        paths: option -> attributes of the model's modules ("head.dropout") that a given value replaces; without one,
            the model's value is kept.
        other: option -> value of the model that another may replace.
        refused: options of the tokenizer, which have no meaning for a trained one.
    """

    fixed: Mapping[str, Any]
    paths: Mapping[str, tuple[str, ...]]
    other: Mapping[str, Any] = field(default_factory=dict)
    refused: tuple[str, ...] = ()


def constructor_call(model: Any) -> dict[str, Any]:
    """Return the constructor call of a model.

    Raises:
        ModelError: a class of the model is neither nlprnn's nor registered.
    """
    return to_config(model, REGISTRY.extended([type(model)]).modules)


def value_at(call: Call, path: str) -> Any:
    """Return the argument of a constructor call at a path such as "encoder.cell"; None where there is none."""
    value: Any = call
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def traits_of(pipeline: Pipeline[Any, Any]) -> Traits:
    """Return what the model of a pipeline settles.

    Raises:
        ModelError: a class of the model is neither nlprnn's nor registered.
        KeyError: a pipeline of this kind is not adapted.
    """
    return next(traits(pipeline) for kind, traits in _TRAITS.items() if isinstance(pipeline, kind))


def _values(call: Call, **paths: str) -> dict[str, Any]:
    """The arguments of a call at paths, by the names of options; those that the model does not have are left out."""
    values = {name: value_at(call, path) for name, path in paths.items()}
    return {name: value for name, value in values.items() if value is not None}


def _name_of(call: Call | None, classes: Mapping[str, Callable[[int], Any]]) -> str | None:
    """The name by which an option chooses the class of a call; None for a class of a user."""
    made = {name: getattr(make, "func", make).__name__ for name, make in classes.items()}
    return next((name for name, of in made.items() if call is not None and of == call["class"]), None)


def _text(pipeline: Classifier | Regressor) -> Traits:
    call, ngrams = constructor_call(pipeline.network_model), getattr(pipeline.model, "ngrams", None)
    fixed = _values(
        call,
        cell="encoder.cell",
        hidden_size="encoder.hidden_size",
        num_layers="encoder.num_layers",
        embedding_size="embedding.embedding_dim",
        max_length="max_length",
        truncate="truncate",
        multi_label="multi_label",
    )
    if pooling := _name_of(value_at(call, "pooling"), POOLINGS):
        fixed["pooling"] = pooling
    paths = {
        "dropout": ("head.dropout", "encoder.dropout"),
        "embedding_dropout": ("embedding.dropout",),
        "word_dropout": ("embedding.word_dropout",),
        "threshold": ("threshold",),
    }
    orders = {"ngrams": 0 if ngrams is None else ngrams.order}
    if ngrams is None or not ngrams.num_char_ngrams:
        orders["char_ngrams"] = 0
    return Traits(fixed, paths, orders, refused=("pieces",))


def _tagger(pipeline: Tagger) -> Traits:
    call = constructor_call(pipeline.model)
    fixed = _values(
        call,
        cell="encoder.cell",
        hidden_size="encoder.hidden_size",
        num_layers="encoder.num_layers",
        embedding_size="embedding.embedding_dim",
        character_size="characters.embedding_dim",
    )
    fixed |= {"characters": value_at(call, "characters.network") or "none", "crf": call["crf"] is not None}
    paths = {
        "dropout": ("head.dropout", "encoder.dropout"),
        "embedding_dropout": ("embedding.locked_dropout", "characters.dropout"),
        "word_dropout": ("embedding.word_dropout",),
    }
    return Traits(fixed, paths)


def _translator(pipeline: Translator) -> Traits:
    call = constructor_call(pipeline.model)
    fixed = _values(
        call,
        embedding_size="source_embedding.embedding_dim",
        cell="encoder.cell",
        encoder_size="encoder.hidden_size",
        encoder_layers="encoder.num_layers",
        decoder_size="decoder.hidden_size",
        decoder_layers="decoder.num_layers",
        input_feeding="decoder.input_feeding",
        max_length="max_length",
    )
    if attention := _name_of(value_at(call, "decoder.attention"), ATTENTIONS):
        fixed["attention"] = attention
    if pipeline.tokenizer.kind in ("bpe", "sentencepiece"):
        fixed["tokenizer"] = pipeline.tokenizer.kind
    paths = {
        "dropout": ("encoder.dropout", "decoder.dropout"),
        "embedding_dropout": ("source_embedding.locked_dropout",),
        "word_dropout": ("source_embedding.word_dropout",),
    }
    return Traits(fixed, paths, refused=("vocab_size",))


_LEVELS = {"character": "char", "word": "word", "bpe": "subword"}
"""Kind of a tokenizer -> its level of tokens."""


def _generator(pipeline: Generator) -> Traits:
    call = constructor_call(pipeline.model)
    fixed = _values(
        call,
        cell="encoder.cell",
        hidden_size="encoder.hidden_size",
        embedding_size="embedding.embedding_dim",
        num_layers="encoder.num_layers",
        residual="encoder.residual",
    )
    if fixed["cell"].startswith("min"):
        fixed.pop("residual")  # they always have these connections
    if level := _LEVELS.get(pipeline.tokenizer.kind):
        fixed["level"] = level
    paths = {
        "dropout": ("output_dropout", "encoder.locked_dropout"),
        "weight_dropout": ("encoder.weight_dropout",),
        "embedding_dropout": ("embedding.row_dropout",),
    }
    return Traits(fixed, paths, refused=("vocab_size",))


def _encoder(pipeline: TextEncoder) -> Traits:
    call = constructor_call(pipeline.model)
    sizes = {"cell": "encoder.cell", "hidden_size": "encoder.hidden_size", "embedding_size": "embedding.embedding_dim"}
    paths = {
        "dropout": ("output_dropout",),
        "embedding_dropout": ("embedding.dropout",),
        "word_dropout": ("embedding.word_dropout",),
    }
    return Traits(_values(call, **sizes), paths)


_TRAITS: dict[type, Callable[[Any], Traits]] = {
    Classifier: _text,
    Regressor: _text,
    Tagger: _tagger,
    Translator: _translator,
    Generator: _generator,
    TextEncoder: _encoder,
}
