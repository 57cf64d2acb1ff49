from __future__ import annotations

import pytest
from torch import nn

import nlprnn
from nlprnn import models, modules
from nlprnn.models import PretrainedModel
from nlprnn.modules import Attention
from nlprnn.serialization.registry import REGISTRY, Registry


class UserHead(nn.Linear):
    pass


class UserProcessor:
    kind = "user"


class UserPipeline:
    model_classes = (UserHead,)


def test_classes_are_registered_by_kind():
    registry = Registry()
    registry.add(UserHead, UserProcessor, UserPipeline)
    assert registry.modules == {"UserHead": UserHead}
    assert registry.processors == {"user": UserProcessor}
    assert registry.pipelines == {"UserPipeline": UserPipeline}


def test_extended_registry_is_a_copy():
    registry = Registry()
    assert registry.extended([UserHead]).modules == {"UserHead": UserHead}
    assert not registry.modules


def test_redefined_class_replaces_the_former_one():
    registry = Registry({"UserHead": UserHead})
    again = type("UserHead", (nn.Module,), {"__module__": UserHead.__module__})
    registry.add(again)
    assert registry.modules["UserHead"] is again


def test_two_classes_of_one_name_are_an_error():
    with pytest.raises(ValueError, match=r"UserHead.*rename one"):
        Registry({"UserHead": UserHead}).add(type("UserHead", (nn.Module,), {"__module__": "elsewhere"}))


@pytest.mark.parametrize("thing", [int, UserHead(1, 1), "UserHead"])
def test_other_objects_cannot_be_registered(thing):
    with pytest.raises(TypeError, match=r"subclass of torch\.nn\.Module"):
        Registry().add(thing)


def test_register_is_exported_by_the_package(monkeypatch):
    monkeypatch.setattr(REGISTRY, "modules", {})
    nlprnn.register(UserHead)
    assert REGISTRY.modules == {"UserHead": UserHead}


@pytest.mark.parametrize("package", [models, modules], ids=lambda package: package.__name__)
def test_every_exported_module_is_registered(package):
    for name in package.__all__:
        cls = getattr(package, name)
        if isinstance(cls, type) and issubclass(cls, nn.Module) and cls not in (Attention, PretrainedModel):
            assert REGISTRY.modules[name] is cls
