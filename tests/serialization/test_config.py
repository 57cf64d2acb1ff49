from __future__ import annotations

import json

import pytest
import torch
from torch import nn

import nlprnn.modules  # noqa: F401 - registers its classes
from nlprnn.errors import ModelError
from nlprnn.serialization.config import from_config, to_config
from nlprnn.serialization.registry import REGISTRY


class Inner(nn.Module):
    def __init__(self, size: int, *, rate: float = 0.5) -> None:
        super().__init__()
        self.size, self.rate = size, rate


class Outer(nn.Module):
    def __init__(self, *, layers: list[nn.Module], name: str | None = None, sizes: tuple[int, ...] = ()) -> None:
        super().__init__()
        self.layers, self.name, self.sizes = list(layers), name, sizes


class Forgetful(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()


MODULES = "nlprnn.modules."
CLASSES = {"Inner": Inner, "Outer": Outer}
EXAMPLES = {
    "Embedding": {"num_embeddings": 5, "embedding_dim": 3, "word_dropout": 0.1, "frozen": True, "std": 0.2},
    "RecurrentEncoder": {"input_size": 3, "hidden_size": 2, "cell": "gru", "num_layers": 2, "weight_dropout": 0.5},
    "LastPooling": {"input_size": 4, "bidirectional": True},
    "MeanPooling": {"input_size": 4},
    "MaxPooling": {"input_size": 4},
    "ConcatPooling": {"input_size": 4, "bidirectional": True},
    "AttentionPooling": {"input_size": 4, "attention_size": 7},
    "CharacterEmbedding": {
        "num_embeddings": 9,
        "embedding_dim": 3,
        "hidden_size": 2,
        "network": "cnn",
        "kernel_size": 5,
        "dropout": 0.5,
        "character_dropout": 0.25,
    },
    "FeatureProjection": {"input_size": 4, "output_size": 3, "dropout": 0.25},
    "LinearChainCRF": {"num_labels": 3, "scheme_labels": ["O", "B-X", "I-X"]},
    "OutputHead": {"input_size": 4, "output_size": 2, "hidden_size": 3, "dropout": 0.5},
    "LockedDropout": {"probability": 0.25},
    "ConvSubsampling": {"input_size": 8, "channels": 4, "strides": [2, 1]},
    "DotAttention": {"query_size": 4, "memory_size": 4, "scaled": True},
    "GeneralAttention": {"query_size": 4, "memory_size": 6},
    "AdditiveAttention": {"query_size": 4, "memory_size": 6, "hidden_size": 3},
    "MultiHeadAttention": {"query_size": 4, "memory_size": 6, "num_heads": 2},
    "Bridge": {"input_size": 6, "hidden_size": 4, "num_layers": 2, "cell": "gru"},
    "AttentionDecoder": {
        "input_size": 3,
        "hidden_size": 4,
        "output_size": 5,
        "attention": {"class": "GeneralAttention", "query_size": 4, "memory_size": 6},
        "cell": "gru",
        "num_layers": 2,
        "input_feeding": True,
        "dropout": 0.25,
        "weight_dropout": 0.5,
    },
}


@pytest.mark.parametrize("name", [name for name, cls in REGISTRY.modules.items() if cls.__module__.startswith(MODULES)])
def test_module_survives_json(name):
    assert name in EXAMPLES, "a new module: give it an example above"
    known = REGISTRY.modules
    module = from_config({"class": name, **EXAMPLES[name]}, known)
    config = to_config(module, known)
    again = from_config(json.loads(json.dumps(config)), known)
    assert type(again) is type(module)
    assert to_config(again, known) == config
    assert config.items() >= {"class": name, **EXAMPLES[name]}.items()
    assert again.state_dict().keys() == module.state_dict().keys()


def test_lists_none_and_nested_modules():
    config = to_config(Outer(layers=[Inner(3), Inner(4, rate=1.0)], name=None, sizes=(1, 2)), CLASSES)
    assert config == {
        "class": "Outer",
        "layers": [{"class": "Inner", "size": 3, "rate": 0.5}, {"class": "Inner", "size": 4, "rate": 1.0}],
        "name": None,
        "sizes": [1, 2],
    }
    built = from_config(config, CLASSES)
    assert [module.size for module in built.layers] == [3, 4]


def test_argument_without_attribute_is_an_error():
    with pytest.raises(AttributeError, match="size"):
        to_config(Forgetful(3), {"Forgetful": Forgetful})


def test_argument_that_is_no_json_is_an_error():
    with pytest.raises(TypeError, match="argument size is a Tensor"):
        to_config(Inner(torch.ones(2)), CLASSES)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, "unknown class None"),
        ({"class": "Linear"}, "'Linear'"),
        ({"class": ["Inner"]}, "unknown class"),
        ({"class": "Inner"}, "Inner.*size"),
        ({"class": "Inner", "size": 1, "depth": 2}, "Inner.*depth"),
        ({"class": "Outer", "layers": [{"class": "Inner", "size": {"no": "class"}}]}, "unknown class None"),
        ({"class": "Outer", "layers": 3}, "Outer does not fit"),
    ],
)
def test_invalid_configuration_is_an_error(config, words):
    with pytest.raises(ModelError, match=words):
        from_config(config, CLASSES)


def test_argument_named_self_is_an_error():
    with pytest.raises(ModelError, match="self"):
        from_config({"class": "Inner", "self": 1, "size": 2}, CLASSES)
