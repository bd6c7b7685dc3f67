"""ONNX files of trained agents: standard operators, a free batch axis, no names of this machine."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable
from typing import NamedTuple

import gymnasium as gym
import numpy as np
import onnx
import torch
from onnxscript.optimizer import optimize_ir

from baselines.exports.modules import exportable
from baselines.exports.weights import OPSETS, Weights, store
from baselines.results.pretrained import Trained
from baselines.runs.environments import make_env

_BATCH = "batch"
_LARGEST_FOLDED = 1_000_000  # numbers of a tensor on which the optimizer computes


class OnnxFile(NamedTuple):
    """Content of an agent's ONNX file."""

    content: bytes
    parameters: int  # trained weights in it


def to_onnx(trained: Trained, *, weights: Weights = "float32", critic: bool = True) -> OnnxFile:
    """Agent as an ONNX file.

    Inputs and outputs are those of :class:`lander_envs.agents.OnnxPolicy`.

    Args:
        trained: the agent.
        weights: their type in the file; the model computes in float32.
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
            opset_version=OPSETS[weights],
            optimize=False,
            verbose=False,
        )
    assert program is not None  # as without a file's name
    sizes = {name: weight.numel() for name, weight in module.named_parameters()}
    parameters = sum(sizes.get(name, 0) for name in program.model.graph.initializers)
    computed = _computed_from(program.model_proto.graph, sizes)
    # PyTorch's own call infers shapes, on which the optimizer fails for motion crops.
    optimize_ir(program.model, onnx_shape_inference=False, input_size_limit=_LARGEST_FOLDED)
    model = program.model_proto
    _strip(model)
    store(model.graph, computed, weights)
    onnx.checker.check_model(model, full_check=True)
    return OnnxFile(bytes(model.SerializeToString(deterministic=True)), parameters)


def _examples(space: gym.Space[object]) -> torch.Tensor:
    """Two observations, of the types that an ONNX policy takes: levels, or float32."""
    space.seed(0)
    samples = torch.as_tensor(np.stack([np.asarray(space.sample()) for _ in range(2)]))
    return samples if samples.dtype == torch.uint8 else samples.float()


def _computed_from(graph: onnx.GraphProto, names: Iterable[str]) -> set[str]:
    """Names, and those of everything that a graph computes from them."""
    computed = set(names)
    for node in graph.node:
        if not computed.isdisjoint(node.input):
            computed.update(node.output)
    return computed


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
