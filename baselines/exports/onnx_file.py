"""ONNX files of trained agents: standard operators, a free batch axis, no names of this machine."""

from __future__ import annotations

import logging
import math
import warnings

import gymnasium as gym
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from baselines.exports.modules import exportable
from baselines.results.pretrained import Trained
from baselines.runs.environments import make_env

_BATCH = "batch"
_LEAST = 64  # weights of a tensor that is worth storing in half precision


def to_onnx(trained: Trained, *, half: bool = False, critic: bool = True) -> bytes:
    """Content of an agent's ONNX file.

    Inputs and outputs are those of :class:`lander_envs.agents.OnnxPolicy`.

    Args:
        trained: the agent.
        half: store weights as float16; the model computes in float32.
        critic: keep an actor-critic's critic, and give its values.

    Raises:
        ValueError: for an agent of Stable-Baselines3, and a Q-network without a critic.
    """
    env = make_env(trained.config.env_id, trained.config.env_kwargs)
    env.close()
    module, inputs, outputs = exportable(trained, _examples(env.observation_space), critic=critic)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of PyTorch about itself, and about one axis in two inputs
        program = torch.onnx.export(
            module.eval(),
            tuple(inputs.values()),
            input_names=list(inputs),
            output_names=outputs,
            dynamic_shapes=tuple({0: _BATCH} for _ in inputs),
            dynamo=True,
            # The optimizer fails on motion crops; onnxruntime has its own.
            optimize=False,
            verbose=False,
        )
    assert program is not None  # as without a file's name
    model = program.model_proto
    _strip(model)
    if half:
        _store_in_half_precision(model.graph)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def count_weights(model: bytes) -> int:
    """Number of trained weights in an ONNX file."""
    tensors = onnx.load_from_string(model).graph.initializer
    floats = (TensorProto.FLOAT, TensorProto.FLOAT16)
    return sum(math.prod(t.dims) for t in tensors if t.dims and t.data_type in floats)


def _examples(space: gym.Space[object]) -> torch.Tensor:
    space.seed(0)
    return torch.as_tensor(np.stack([np.asarray(space.sample()) for _ in range(2)]))


def _strip(model: onnx.ModelProto) -> None:
    """Remove names, stack traces and shapes that only debuggers read."""
    del model.metadata_props[:], model.graph.value_info[:], model.graph.metadata_props[:]
    model.graph.name, model.graph.doc_string, model.doc_string = "agent", "", ""
    for part in (*model.graph.node, *model.functions):
        part.doc_string = ""
        del part.metadata_props[:]
    for node in model.graph.node:
        node.name = ""
    for tensor in model.graph.initializer:
        tensor.doc_string = ""
        del tensor.metadata_props[:]


def _store_in_half_precision(graph: onnx.GraphProto) -> None:
    """Replace large float32 weights by float16 ones and a cast."""
    casts = []
    for tensor in graph.initializer:
        weights = numpy_helper.to_array(tensor)
        if weights.dtype != np.float32 or weights.size < _LEAST:
            continue
        name, stored = tensor.name, f"{tensor.name}.half"
        tensor.CopyFrom(numpy_helper.from_array(weights.astype(np.float16), stored))
        casts.append(helper.make_node("Cast", [stored], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
