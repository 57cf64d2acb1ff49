"""Builder of ONNX graphs: nodes and constants in the order in which they are made.

The graphs are written by hand rather than traced: ONNX has the recurrent layers as operators that take the length of
each row, which a trace of PyTorch would unroll to one fixed length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

OPSET = 18
_IR_VERSION = 9  # of the release with this operator set, so that older runtimes read it too
_TYPES = {"int64": TensorProto.INT64, "float32": TensorProto.FLOAT}


class Graph:
    """A graph that is being built; values are known by their names."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._count = 0

    def input(self, name: str, kind: str, shape: Sequence[str | int]) -> str:
        """Add an input of type "int64" or "float32"; a text in its shape names an axis of any size."""
        self._inputs.append(helper.make_tensor_value_info(name, _TYPES[kind], shape))
        return name

    def output(self, name: str, value: str, shape: Sequence[str | int]) -> None:
        """Make a value an output of type float32."""
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def constant(self, value: Tensor | np.ndarray | Sequence[float] | float, kind: str = "float32") -> str:
        """Add a constant; tensors keep their values in single precision."""
        array = value.detach().cpu().numpy() if isinstance(value, Tensor) else np.asarray(value)
        name = f"constant_{len(self._constants)}"
        self._constants[name] = numpy_helper.from_array(np.array(array, dtype=kind, order="C"), name)
        return name

    def ints(self, *values: int) -> str:
        """Add a constant list of whole numbers."""
        return self.constant(np.array(values), "int64")

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node; return the name of its output."""
        (name,) = self.add_several(operator, *inputs, outputs=1, **attributes)
        return name

    def add_several(self, operator: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        """Add a node with several outputs; return their names."""
        names = [f"{operator.lower()}_{self._count}_{index}" for index in range(outputs)]
        self._count += 1
        self._nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names

    def model(self, metadata: Mapping[str, str]) -> onnx.ModelProto:
        """Return the model, checked.

        Raises:
            onnx.checker.ValidationError: the graph is not valid.
        """
        graph = helper.make_graph(self._nodes, "nlprnn", self._inputs, self._outputs, list(self._constants.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="nlprnn")
        model.ir_version = _IR_VERSION
        helper.set_model_props(model, dict(metadata))
        onnx.checker.check_model(model)
        return model
