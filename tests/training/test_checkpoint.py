from __future__ import annotations

import errno
import random
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
    """All values with their types, because 1 == True == 1.0."""
    if isinstance(value, torch.Tensor):
        return bits(value)
    if isinstance(value, dict):
        return [(type(key), key, comparable(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return type(value), [comparable(item) for item in value]
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
        st.lists(inner, max_size=4) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(PLAIN, inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=st.dictionaries(st.text(max_size=5), NESTED, max_size=4))
def test_nested_values_and_tensors_round_trip(tmp_path, state):
    save_checkpoint(tmp_path / "state", state)
    assert comparable(load_checkpoint(tmp_path / "state")) == comparable(state)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_tensors_of_every_dtype_round_trip_bit_for_bit(tmp_path, dtype):
    content = torch.arange(64, dtype=torch.uint8) % (2 if dtype is torch.bool else 251)
    tensor = content.view(dtype).view(2, -1)
    save_checkpoint(tmp_path / "state", {"a": tensor, "turned": tensor.T, "row": tensor[1], "same": tensor})
    loaded = load_checkpoint(tmp_path / "state")
    assert bits(loaded["a"]) == bits(loaded["same"]) == bits(tensor)
    assert bits(loaded["turned"]) == bits(tensor.T)
    assert bits(loaded["row"]) == bits(tensor[1])


def test_optimizer_state_keeps_its_integer_keys(tmp_path):
    model = torch.nn.Linear(3, 2)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    save_checkpoint(tmp_path / "state", {"optimizer": optimizer.state_dict()})
    loaded = load_checkpoint(tmp_path / "state")["optimizer"]
    assert list(loaded["state"]) == [0, 1]
    assert comparable(loaded) == comparable(optimizer.state_dict())


@pytest.mark.parametrize("value", [{1, 2}, object, np.float32(1), np.ones(2), b"bytes"], ids=repr)
def test_values_that_cannot_be_loaded_are_refused_on_saving(tmp_path, value):
    with pytest.raises(TypeError, match="a checkpoint cannot hold a"):
        save_checkpoint(tmp_path / "state", {"value": value})
    assert list(tmp_path.iterdir()) == []


class Pair(NamedTuple):
    first: torch.Tensor
    second: torch.Tensor


def test_named_tuple_comes_back_as_a_tuple(tmp_path):
    save_checkpoint(tmp_path / "state", {"pair": Pair(torch.ones(1), torch.zeros(1))})
    loaded = load_checkpoint(tmp_path / "state")["pair"]
    assert type(loaded) is tuple
    assert [tensor.tolist() for tensor in loaded] == [[1.0], [0.0]]


def test_numpy_scalars_that_are_python_numbers_come_back_plain(tmp_path):
    save_checkpoint(tmp_path / "state", {"score": np.float64(0.1)})
    assert comparable(load_checkpoint(tmp_path / "state")) == comparable({"score": 0.1})


def test_shared_tensors_stay_shared_and_are_written_once(tmp_path):
    weight = torch.zeros(100_000)
    save_checkpoint(tmp_path / "state", {"a": weight, "tied": torch.nn.Parameter(weight)})
    assert (tmp_path / "state").stat().st_size < 1.1 * weight.nbytes
    loaded = load_checkpoint(tmp_path / "state")
    loaded["a"][0] = 1
    assert loaded["tied"][0] == 1
    assert type(loaded["tied"]) is torch.Tensor


def test_view_is_written_without_the_rest_of_its_tensor(tmp_path):
    save_checkpoint(tmp_path / "state", {"row": torch.zeros(1000, 100)[7]})
    assert (tmp_path / "state").stat().st_size < 4000


class Malicious:
    def __reduce__(self):
        return Path.touch, (Path("executed"),)


@pytest.mark.parametrize("zipped", [True, False])
def test_malicious_pickle_is_refused_and_not_executed(tmp_path, monkeypatch, zipped):
    monkeypatch.chdir(tmp_path)
    torch.save({"weight": torch.ones(1), "evil": Malicious()}, "state", _use_new_zipfile_serialization=zipped)
    with pytest.raises(TrainingError, match="the checkpoint state is damaged"):
        load_checkpoint(Path("state"))
    assert not Path("executed").exists()


def test_file_permissions_are_those_of_any_new_file(tmp_path):
    (tmp_path / "plain").touch()
    save_checkpoint(tmp_path / "state", {"weight": torch.ones(1)})
    assert (tmp_path / "state").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_missing_checkpoint_error_names_the_file(tmp_path):
    with pytest.raises(TrainingError, match=r"no checkpoint .*gone\.pt"):
        load_checkpoint(tmp_path / "gone.pt")


def test_truncated_checkpoint_is_reported_as_damaged(tmp_path):
    path = tmp_path / "cut.pt"
    save_checkpoint(path, {"weight": torch.ones(50), "step": 7})
    whole = path.read_bytes()
    for length in (0, 1, 7, 8, 9, 60, len(whole) // 2, len(whole) - 200, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(TrainingError, match=r"cut\.pt is damaged"):
            load_checkpoint(path)


def test_error_messages_are_one_sentence(tmp_path):
    (tmp_path / "other").write_bytes(b"PK\x03\x04")
    with pytest.raises(TrainingError) as caught:
        load_checkpoint(tmp_path / "other")
    assert "\n" not in str(caught.value)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_any_other_file_is_reported_as_damaged(tmp_path, content):
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(TrainingError, match="other is damaged"):
        load_checkpoint(tmp_path / "other")


@pytest.mark.parametrize("content", [[1], torch.ones(1), None], ids=repr)
def test_another_torch_file_is_reported_as_damaged(tmp_path, content):
    torch.save(content, tmp_path / "other")
    with pytest.raises(TrainingError, match="other is damaged"):
        load_checkpoint(tmp_path / "other")


def test_folder_as_checkpoint_is_reported_as_damaged(tmp_path):
    with pytest.raises(TrainingError, match="is damaged"):
        load_checkpoint(tmp_path)


def test_failed_write_leaves_only_the_old_checkpoint(tmp_path, monkeypatch):
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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux")
def test_full_disk_is_an_os_error():
    with pytest.raises(OSError, match="No space left"):
        save_checkpoint(Path("/dev/full"), {"weight": torch.ones(100_000)})


def draw():
    return random.random(), random.gauss(0, 1), np.random.standard_normal(3).tolist(), torch.randn(3).tolist()


def test_random_states_round_trip_to_the_same_numbers(tmp_path):
    random.gauss(0, 1)  # an odd number of normal draws: the spare one belongs to the state
    np.random.standard_normal(3)
    save_checkpoint(tmp_path / "state", random_state())
    first = draw()
    assert draw() != first
    set_random_state(load_checkpoint(tmp_path / "state"))
    assert draw() == first
