from __future__ import annotations

import errno
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import save_file

from nlprnn.errors import TrainingError
from nlprnn.training.checkpoint import load_checkpoint, random_state, save_checkpoint, set_random_state

DTYPES = [
    *(torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2),
    *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.uint16, torch.uint32, torch.uint64),
    *(torch.bool, torch.complex64),
]


def bits(tensor):
    return tensor.dtype, tuple(tensor.shape), bytes(tensor.contiguous().flatten().view(torch.uint8).tolist())


def comparable(value):
    """Tuples as lists, and all with their types, because 1 == True == 1.0."""
    if isinstance(value, torch.Tensor):
        return bits(value)
    if isinstance(value, dict):
        return [(type(key), key, comparable(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [comparable(item) for item in value]
    return type(value), value


@st.composite
def tensors(draw):
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(st.lists(st.integers(0, 3), max_size=3))
    width = torch.empty(0, dtype=dtype).element_size()
    count = int(np.prod(shape, dtype=int)) * width
    if dtype is torch.bool:
        content = draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))
    else:
        content = list(draw(st.binary(min_size=count, max_size=count)))
    return torch.tensor(content, dtype=torch.uint8).view(dtype).view(shape)


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
NESTED = st.recursive(
    PLAIN | tensors(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.integers() | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=st.dictionaries(st.text(max_size=5), NESTED, max_size=4))
def test_nested_values_and_tensors_come_back_as_they_were(tmp_path, state):
    save_checkpoint(tmp_path / "state", state)
    assert comparable(load_checkpoint(tmp_path / "state")) == comparable(state)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_tensors_of_every_type_come_back_bit_for_bit(tmp_path, dtype):
    content = torch.arange(64, dtype=torch.uint8) % (2 if dtype is torch.bool else 251)
    tensor = content.view(dtype).view(2, -1)
    save_checkpoint(tmp_path / "state", {"a": tensor, "turned": tensor.T, "row": tensor[1], "same": tensor})
    loaded = load_checkpoint(tmp_path / "state")
    assert bits(loaded["a"]) == bits(loaded["same"]) == bits(tensor)
    assert bits(loaded["turned"]) == bits(tensor.T)
    assert bits(loaded["row"]) == bits(tensor[1])


def test_the_state_of_an_optimizer_comes_back_with_its_integer_keys(tmp_path):
    model = torch.nn.Linear(3, 2)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    save_checkpoint(tmp_path / "state", {"optimizer": optimizer.state_dict()})
    loaded = load_checkpoint(tmp_path / "state")["optimizer"]
    assert list(loaded["state"]) == [0, 1]
    assert comparable(loaded) == comparable(optimizer.state_dict())


@pytest.mark.parametrize("value", [{1, 2}, object, np.float32(1), {(1, 2): 3}, {None: 1}], ids=repr)
def test_what_cannot_come_back_is_refused_on_saving(tmp_path, value):
    with pytest.raises(TypeError, match="a checkpoint cannot hold a"):
        save_checkpoint(tmp_path / "state", {"value": value})
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_is_a_safetensors_file_without_pickle(tmp_path):
    save_checkpoint(tmp_path / "state", {"weight": torch.arange(3.0), "step": 7})
    with safe_open(tmp_path / "state", framework="np") as file:
        assert [file.get_tensor(name).tolist() for name in file.keys()] == [[0.0, 1.0, 2.0]]  # noqa: SIM118
        assert "7" in file.metadata()["state"]


def test_a_checkpoint_may_be_read_by_whom_any_new_file_may(tmp_path):
    (tmp_path / "plain").touch()
    save_checkpoint(tmp_path / "state", {"weight": torch.ones(1)})
    assert (tmp_path / "state").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_missing_checkpoint_is_named(tmp_path):
    with pytest.raises(TrainingError, match=r"no checkpoint .*gone\.safetensors"):
        load_checkpoint(tmp_path / "gone.safetensors")


def test_a_checkpoint_cut_off_anywhere_is_named(tmp_path):
    path = tmp_path / "cut.safetensors"
    save_checkpoint(path, {"weight": torch.ones(50), "step": 7})
    whole = path.read_bytes()
    for length in (0, 1, 7, 8, 9, 60, len(whole) - 200, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(TrainingError, match=r"cut\.safetensors is damaged"):
            load_checkpoint(path)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_any_other_file_is_named_as_damaged(tmp_path, content):
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(TrainingError, match="other is damaged"):
        load_checkpoint(tmp_path / "other")


@pytest.mark.parametrize(
    "header", [None, {}, {"state": "{"}, {"state": '{"tensor": "gone"}'}, {"state": '{"x": 1}'}, {"state": "[" * 10**5}]
)
def test_a_safetensors_file_with_another_header_is_named_as_damaged(tmp_path, header):
    save_file({"a": torch.ones(1)}, tmp_path / "weights", metadata=header)
    with pytest.raises(TrainingError, match="weights is damaged"):
        load_checkpoint(tmp_path / "weights")


def test_a_folder_in_the_place_of_the_checkpoint_is_named(tmp_path):
    with pytest.raises(TrainingError, match="is damaged"):
        load_checkpoint(tmp_path)


def test_a_failure_while_writing_leaves_the_old_checkpoint_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "state"
    save_checkpoint(path, {"step": 1})
    write = Path.write_bytes

    def half(path, content):
        write(path, content[:20])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OSError, match="No space left"):
        save_checkpoint(path, {"step": 2})
    assert list(tmp_path.iterdir()) == [path]
    assert load_checkpoint(path) == {"step": 1}


def draw():
    return random.random(), random.gauss(0, 1), np.random.standard_normal(3).tolist(), torch.randn(3).tolist()


def test_random_states_come_back_and_give_the_same_next_numbers(tmp_path):
    random.gauss(0, 1)  # an odd number of normal draws: the spare one belongs to the state
    np.random.standard_normal(3)
    save_checkpoint(tmp_path / "state", random_state())
    first = draw()
    assert draw() != first
    set_random_state(load_checkpoint(tmp_path / "state"))
    assert draw() == first
