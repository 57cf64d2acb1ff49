from __future__ import annotations

import pytest
from torch import nn

import nlprnn
from nlprnn import models, modules
from nlprnn.models import PretrainedModel
from nlprnn.modules import Attention
from nlprnn.serialization.registry import REGISTRY, Registry


class OwnHead(nn.Linear):
    pass


class OwnProcessor:
    kind = "own"


class OwnPipeline:
    model_classes = (OwnHead,)


def test_classes_are_registered_by_what_they_are():
    registry = Registry()
    registry.add(OwnHead, OwnProcessor, OwnPipeline)
    assert registry.modules == {"OwnHead": OwnHead}
    assert registry.processors == {"own": OwnProcessor}
    assert registry.pipelines == {"OwnPipeline": OwnPipeline}


def test_extending_a_registry_leaves_it_as_it_was():
    registry = Registry()
    assert registry.extended([OwnHead]).modules == {"OwnHead": OwnHead}
    assert not registry.modules


def test_redefined_class_replaces_the_former_one():
    registry = Registry({"OwnHead": OwnHead})
    again = type("OwnHead", (nn.Module,), {"__module__": OwnHead.__module__})
    registry.add(again)
    assert registry.modules["OwnHead"] is again


def test_two_classes_of_one_name_are_an_error():
    with pytest.raises(ValueError, match=r"OwnHead.*rename one"):
        Registry({"OwnHead": OwnHead}).add(type("OwnHead", (nn.Module,), {"__module__": "elsewhere"}))


@pytest.mark.parametrize("given", [int, OwnHead(1, 1), "OwnHead"])
def test_what_is_no_part_of_a_model_cannot_be_registered(given):
    with pytest.raises(TypeError, match=r"subclass of torch\.nn\.Module"):
        Registry().add(given)


def test_register_is_exported_by_the_package(monkeypatch):
    monkeypatch.setattr(REGISTRY, "modules", {})
    nlprnn.register(OwnHead)
    assert REGISTRY.modules == {"OwnHead": OwnHead}


@pytest.mark.parametrize("package", [models, modules], ids=lambda package: package.__name__)
def test_every_exported_module_is_registered(package):
    for name in package.__all__:
        cls = getattr(package, name)
        if isinstance(cls, type) and issubclass(cls, nn.Module) and cls not in (Attention, PretrainedModel):
            assert REGISTRY.modules[name] is cls
