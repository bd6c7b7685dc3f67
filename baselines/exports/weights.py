"""Weights of ONNX files in fewer bits; the models compute in float32."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, NamedTuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Weights = Literal["float32", "float16", "int8", "int4"]
"""Type of a file's weights."""
OPSETS = {"float32": 20, "float16": 20, "int8": 20, "int4": 21}
"""Opset that has the operators for each."""

_SMALLEST = 64  # weights of a tensor that is worth the node that restores it
_MANY = 32_768  # weights of a matrix that is worth four bits
_LARGEST_BLOCK = 256  # inputs that share a scale at four bits
# A scale that clips the largest weights can err less on the rest.
_SHRINKAGES = np.linspace(1.0, 0.7, 31, dtype=np.float32)


class Stored(NamedTuple):
    """Tensors that hold one tensor of weights, and the node that restores it."""

    tensors: list[TensorProto]
    node: onnx.NodeProto


def store(graph: onnx.GraphProto, names: Collection[str], kind: Weights) -> None:
    """Replace float32 weights of a graph by smaller ones and nodes that restore them.

    Vectors become float16. With "int8" the rows of matrices and kernels have a scale each; with
    "int4" large matrices have four bits a weight, and a scale for every block of up to 256 inputs.

    Args:
        graph: changed in place.
        names: of the tensors that are weights; constants stay.
        kind: type of the stored weights.
    """
    if kind == "float32":
        return
    kept: list[TensorProto] = []
    nodes: list[onnx.NodeProto] = []
    for tensor in graph.initializer:
        weights = numpy_helper.to_array(tensor)
        if tensor.name not in names or weights.dtype != np.float32 or weights.size < _SMALLEST:
            kept.append(tensor)
            continue
        stored = _stored(tensor.name, weights, kind)
        kept.extend(stored.tensors)
        nodes.append(stored.node)
    nodes.extend(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)


def _stored(name: str, weights: NDArray[np.float32], kind: Weights) -> Stored:
    if kind == "float16" or weights.size == max(weights.shape):
        return _halves(name, weights)
    block = _block(weights) if kind == "int4" else None
    return _rows(name, weights) if block is None else _blocks(name, weights, block)


def _halves(name: str, weights: NDArray[np.float32]) -> Stored:
    stored = f"{name}.float16"
    tensor = numpy_helper.from_array(weights.astype(np.float16), stored)
    return Stored([tensor], helper.make_node("Cast", [stored], [name], to=TensorProto.FLOAT))


def _rows(name: str, weights: NDArray[np.float32]) -> Stored:
    """Eight bits and a scale for each index of the first axis that has several."""
    axis = next(number for number, size in enumerate(weights.shape) if size > 1)
    integers, scales = quantize(weights.reshape(weights.shape[axis], 1, -1), 8)
    tensor = numpy_helper.from_array(integers.reshape(weights.shape), f"{name}.int8")
    return _scaled(name, tensor, scales[:, 0], axis=axis)


def _block(weights: NDArray[np.float32]) -> int | None:
    """Inputs that share a scale at four bits, an even divisor of all; None: take eight bits."""
    if weights.ndim != 2 or weights.size < _MANY:
        return None
    sizes = range(2, _LARGEST_BLOCK + 1, 2)
    return max((size for size in sizes if weights.shape[1] % size == 0), default=None)


def _blocks(name: str, weights: NDArray[np.float32], block: int) -> Stored:
    """Four bits, two weights a byte, the first in the lower bits; a scale for a row's blocks."""
    integers, scales = quantize(weights.reshape(len(weights), -1, block), 4)
    nibbles = integers.reshape(-1, 2).astype(np.uint8) & 15
    packed = (nibbles[:, 0] | nibbles[:, 1] << 4).tobytes()
    tensor = helper.make_tensor(f"{name}.int4", TensorProto.INT4, weights.shape, packed, raw=True)
    return _scaled(name, tensor, scales, axis=1, block_size=block)


def _scaled(
    name: str, integers: TensorProto, scales: NDArray[np.float32], **placing: int
) -> Stored:
    scale = numpy_helper.from_array(scales, f"{name}.scale")
    node = helper.make_node("DequantizeLinear", [integers.name, scale.name], [name])
    node.attribute.extend(helper.make_attribute(key, value) for key, value in placing.items())
    return Stored([integers, scale], node)


def quantize(
    blocks: NDArray[np.float32], bits: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Integers and scales whose products are nearest to weights.

    Args:
        blocks: (rows, blocks, size); a block shares a scale.
        bits: of an integer.

    Returns:
        Integers like ``blocks``, and scales (rows, blocks). Of scales down to 0.7 of that of the
        largest weight the one with the smallest squared error.
    """
    largest = 2 ** (bits - 1) - 1
    full = np.abs(blocks).max(axis=2) / largest
    best_error = np.full(full.shape, np.inf, np.float32)
    best_scale = np.ones_like(full)
    for shrinkage in _SHRINKAGES:
        scale = np.where(full == 0, 1, shrinkage * full)
        error = np.square(_rounded(blocks, scale, largest) * scale[..., None] - blocks).sum(axis=2)
        better = error < best_error
        best_error[better], best_scale[better] = error[better], scale[better]
    return _rounded(blocks, best_scale, largest).astype(np.int8), best_scale


def _rounded(
    blocks: NDArray[np.float32], scale: NDArray[np.float32], largest: int
) -> NDArray[np.float32]:
    return np.clip(np.round(blocks / scale[..., None]), -largest - 1, largest)
