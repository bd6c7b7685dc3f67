"""Build of the browser demo: the engine as WebAssembly, the agents' weights, and the page.

    python docs/demo/build.py --out docs/_extra/demo

A static file server is all that the result needs. The compiler is that of the package ziglang.
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from safetensors.numpy import load_file

DEMO = Path(__file__).parent
PROJECT = DEMO.parents[1]
NATIVE = PROJECT / "src" / "lander_envs" / "native"
PRETRAINED = PROJECT / "baselines" / "pretrained"
SHIPPED = PROJECT / "src" / "lander_envs" / "agents" / "shipped"
PAGE = ("*.html", "*.css", "*.mjs")
FLAGS = (
    *("-std=c++20", "-Oz", "-ffp-contract=off", "-fno-math-errno", "-nostdlib", "-ffreestanding"),
    *("-Wl,--no-entry", "-Wl,--strip-all", "-Wl,-z,stack-size=1048576"),
)

Weights = Mapping[str, NDArray[np.float32]]
Scaled = tuple[NDArray[np.int8], NDArray[np.float32]]  # integers, and scales of their equal blocks
Array = NDArray[np.float32] | Scaled
Layer = tuple[Array, Array]  # weight (out, in, ...), bias (out,)


class Shown(NamedTuple):
    """A committed agent of the demo."""

    label: str
    variant: str  # what it observes: "state", "masked" or "pixels"
    kind: str  # of its last layer: "probabilities" or "q_values"
    masked: tuple[int, ...] = ()  # places of the observation that it sees as 0


AGENTS = {
    "lander_dqn": Shown("DQN", "state", "q_values"),
    "lander_ppo": Shown("PPO", "state", "probabilities"),
    "masked_velocity_lander_lstm_ppo": Shown(
        "PPO with an LSTM", "masked", "probabilities", masked=(2, 3, 5)
    ),
    "pixel_lander": Shown("PPO with a CNN", "pixels", "probabilities"),
}


def compile_engine(out: Path) -> None:
    """Compile ``native/wasm/game.cpp``."""
    compiler = [sys.executable, "-m", "ziglang", "c++", "-target", "wasm32-freestanding"]
    wasm = NATIVE / "wasm"
    includes = [f"-I{NATIVE}", "-isystem", str(wasm / "freestanding")]
    subprocess.run(
        [*compiler, *FLAGS, *includes, str(wasm / "game.cpp"), "-o", str(out)], check=True
    )


def described(name: str, shown: Shown) -> dict[str, Any]:
    """An agent as the page reads it."""
    found = read_onnx(name) if shown.variant == "pixels" else read_checkpoint(name, shown)
    return {"name": name, **shown._asdict(), **found}


def read_checkpoint(name: str, shown: Shown) -> dict[str, Any]:
    """Network of a committed agent that sees states."""
    folder = PRETRAINED / name
    card = json.loads((folder / "final.json").read_text())
    weights = {
        key.removeprefix("agent."): value
        for key, value in load_file(folder / card["weights"]).items()
    }
    is_dqn = shown.kind == "q_values"
    layers = q_layers(weights) if is_dqn else sequence(weights, "actor.logits")
    return {
        "activation": card["config"]["activation"],
        "layers": [packed(layer) for layer in layers],
        "memory": memory(weights),
    }


def read_onnx(name: str) -> dict[str, Any]:
    """Network of the agent in the package that sees pixels, an attention CNN."""
    graph = onnx.load(SHIPPED / f"{name}.onnx").graph
    first, second, queries = operators(graph, "Conv")
    _, coordinates = operators(graph, "MatMul")
    (norm,) = operators(graph, "LayerNormalization")
    hidden, _, logits = operators(graph, "Gemm")  # the second is the critic's
    return {
        "activation": "relu",
        "layers": [packed(hidden), packed(logits)],
        "memory": None,
        "encoder": {
            "first": {**packed(first), "stride": 4},
            "second": {**packed(second), "stride": 1},
            "queries": packed_array(queries[0]),
            "coordinates": packed_array(coordinates[0]),
            "norm": packed(norm),
        },
    }


def operators(graph: onnx.GraphProto, kind: str) -> Iterator[tuple[Array, ...]]:
    """Constants of each operator of a kind, as they are stored in the file."""
    stored: dict[str, Array] = {
        constant.name: numpy_helper.to_array(constant) for constant in graph.initializer
    }
    for node in graph.node:
        constants = [stored[name] for name in node.input if name in stored]
        if node.op_type == "DequantizeLinear":
            integers, scales = constants
            stored[node.output[0]] = integers.astype(np.int8), scales
        elif node.op_type == "Cast" and constants:
            stored[node.output[0]] = constants[0].astype(np.float32)
        elif node.op_type == kind:
            yield tuple(constants)


def sequence(weights: Weights, prefix: str) -> list[Layer]:
    """Layers of a torch.nn.Sequential, with an activation after each but the last."""
    numbers = sorted({int(key.split(".")[-2]) for key in weights if key.startswith(f"{prefix}.")})
    return [(weights[f"{prefix}.{n}.weight"], weights[f"{prefix}.{n}.bias"]) for n in numbers]


def q_layers(weights: Weights) -> list[Layer]:
    """Layers of a dueling Q-network, whose two heads are one linear map: value + advantage - mean.

    Source: Wang et al., "Dueling network architectures for deep reinforcement learning", 2016.
    """
    ((advantage, advantage_bias),) = sequence(weights, "advantages")
    ((value, value_bias),) = sequence(weights, "value")
    weight = value + advantage - advantage.mean(axis=0)
    bias = value_bias + advantage_bias - advantage_bias.mean()
    return [*sequence(weights, "body.0"), (weight, bias)]


def memory(weights: Weights) -> dict[str, Any] | None:
    """The actor's LSTM, if it has one."""
    cell = "actor_memory.cell"
    if f"{cell}.weight_ih_l0" not in weights:
        return None
    return {
        name: packed((weights[f"{cell}.weight_{short}_l0"], weights[f"{cell}.bias_{short}_l0"]))
        for name, short in (("input", "ih"), ("hidden", "hh"))
    }


def packed(layer: Layer) -> dict[str, Any]:
    """A layer as JSON."""
    weight, bias = layer
    return {"weight": packed_array(weight), "bias": packed_array(bias)}


def packed_array(array: Array) -> dict[str, Any]:
    """An array as JSON: float32, or integers of 8 bits with their scales."""
    if isinstance(array, tuple):
        integers, scales = array
        return {**in_base64(integers), "scale": packed_array(scales)}
    return in_base64(array.astype("<f4"))


def in_base64(array: NDArray[Any]) -> dict[str, Any]:
    """Shape and bytes of an array."""
    return {"shape": array.shape, "data": base64.b64encode(array.tobytes()).decode()}


def main() -> None:
    """Build the demo."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=PROJECT / "docs" / "_extra" / "demo")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    compile_engine(out / "lander.wasm")
    agents = [described(name, shown) for name, shown in AGENTS.items()]
    (out / "agents.json").write_text(json.dumps(agents))
    for path in (path for pattern in PAGE for path in DEMO.glob(pattern)):
        shutil.copy(path, out)
    print(
        *(f"{path.name}: {path.stat().st_size:,} bytes" for path in sorted(out.iterdir())), sep="\n"
    )


if __name__ == "__main__":
    main()
