"""Weights in fewer bits: hand-worked integers and scales, errors, what is left as it is."""

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from baselines.exports.weights import OPSETS, quantize, store


def test_integers_and_scales_of_a_block_are_as_worked_by_hand() -> None:
    # 7 is the largest integer of four bits: the scale is 0.5 and every weight a multiple of it.
    blocks = np.array([[[3.5, -0.5, 1.0, -2.0]]], np.float32)
    integers, scales = quantize(blocks, 4)
    assert scales.tolist() == [[0.5]]
    assert integers.tolist() == [[[7, -1, 2, -4]]]
    assert integers.dtype == np.int8


def test_a_block_of_zeros_stays_zeros() -> None:
    integers, scales = quantize(np.zeros((1, 1, 4), np.float32), 8)
    assert not integers.any()
    assert scales.tolist() == [[1]]


def test_a_smaller_scale_is_chosen_where_it_errs_less() -> None:
    rng = np.random.default_rng(0)
    blocks = rng.normal(size=(64, 1, 64)).astype(np.float32)
    integers, scales = quantize(blocks, 4)
    full = np.abs(blocks).max(axis=2) / 7
    assert (scales < full).any()

    def error(integers, scales):
        return np.square(integers * scales[..., None] - blocks).sum()

    plain = np.clip(np.round(blocks / full[..., None]), -8, 7)
    assert error(integers, scales) < error(plain, full)


def graph_of(**tensors: np.ndarray) -> onnx.GraphProto:
    """Graph that returns its tensors."""
    nodes = [helper.make_node("Identity", [name], [f"{name}.out"]) for name in tensors]
    outputs = [
        helper.make_tensor_value_info(f"{name}.out", onnx.TensorProto.FLOAT, each.shape)
        for name, each in tensors.items()
    ]
    weights = [numpy_helper.from_array(each, name) for name, each in tensors.items()]
    return helper.make_graph(nodes, "tensors", [], outputs, weights)


def restored(graph: onnx.GraphProto, kind: str) -> dict[str, np.ndarray]:
    opset = helper.make_opsetid("", OPSETS[kind])
    model = helper.make_model(graph, opset_imports=[opset], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    found = ReferenceEvaluator(model).run(None, {})
    names = [output.name.removesuffix(".out") for output in graph.output]
    return dict(zip(names, found, strict=True))


RNG = np.random.default_rng(1)
TENSORS = {
    "matrix": RNG.normal(size=(256, 128)).astype(np.float32),
    "kernels": RNG.normal(size=(8, 4, 3, 3)).astype(np.float32),
    "of_one_row": RNG.normal(size=(1, 16, 8)).astype(np.float32),
    "vector": RNG.normal(size=64).astype(np.float32),
}


# Largest error of a weight in steps of its block's scale, and bits of a weight of the matrix.
@pytest.mark.parametrize(("kind", "bits"), [("float16", 16), ("int8", 8), ("int4", 4)])
def test_restored_weights_are_near_in_every_shape(kind, bits) -> None:
    graph = graph_of(**TENSORS)
    store(graph, TENSORS, kind)
    found = restored(graph, kind)
    stored = {tensor.name: len(tensor.raw_data) for tensor in graph.initializer}
    assert stored[f"matrix.{kind}"] == 256 * 128 * bits // 8
    assert stored["vector.float16"] == 64 * 2
    for name, weights in TENSORS.items():
        assert found[name].dtype == np.float32
        allowed = 0.15 if name == "matrix" and kind == "int4" else 0.01
        error = found[name] - weights
        assert np.square(error).mean() ** 0.5 < allowed


@pytest.mark.parametrize("kind", ["float16", "int8", "int4"])
def test_constants_and_small_tensors_stay_as_they_are(kind) -> None:
    tensors = {"constant": TENSORS["vector"], "small": TENSORS["vector"][:63]}
    graph = graph_of(**tensors)
    store(graph, ["small"], kind)
    assert {tensor.name for tensor in graph.initializer} == {"constant", "small"}


def test_float32_changes_nothing() -> None:
    graph = graph_of(**TENSORS)
    before = graph.SerializeToString()
    store(graph, TENSORS, "float32")
    assert graph.SerializeToString() == before
