"""Steps in functions of ``torch.compile``: one graph, the bytes of plain steps."""

import gymnasium as gym
import pytest
import torch

from lander_envs.vector.device import operator

CASES = [
    ("Lander", {}),
    ("Lander", {"autoreset_mode": "SameStep", "max_episode_steps": 3, "copy": False}),
    ("LanderContinuous", {"enable_wind": True}),
    ("MaskedVelocityLander", {"autoreset_mode": "Disabled"}),
    ("NormalizedLander", {"reward_dtype": "float32"}),
    ("ShapedLander", {"autoreset_mode": "SameStep", "max_episode_steps": 4}),
    ("PixelLander", {"obs": "both", "channels_last": True, "dtype": "float32", "copy": False}),
    ("PixelLander", {"obs_size": 28, "obs": "both", "max_episode_steps": 5}),
]

# Inductor compiles for long: one case with states and one with pictures.
COMPILED = [
    *((*case, backend) for case in CASES for backend in ("eager", "aot_eager")),
    *((*case, "inductor") for case in (CASES[1], CASES[-1])),
]


@pytest.fixture(autouse=True)
def nothing_compiled() -> None:
    """Forget the graphs of other tests, whose number is limited for each function."""
    torch.compiler.reset()


def envs_of(name: str, num_envs: int = 3, **kwargs):
    env_id = f"lander_envs/{name}-v0"
    envs = gym.make_vec(env_id, num_envs=num_envs, device="cuda", **kwargs).unwrapped
    envs.reset(seed=0)
    return envs


def policy(envs, obs):
    """Actions that depend on the observation in exact arithmetic."""
    state = obs["state"] if isinstance(obs, dict) else obs
    if envs._continuous:
        return state[:, :2] * 2.0
    return (state[:, 0] > 0).to(torch.int64) + 2 * (state[:, 3] < -0.1).to(torch.int64)


def fly(envs, obs):
    """Two steps of a policy; the numbers of the first are read after the second."""
    first = envs.step(policy(envs, obs))
    second = envs.step(policy(envs, first[0]))
    return first, second, first[1] + second[1]


def unread(envs, actions):
    """A step whose results nobody reads."""
    envs.step(actions)
    return actions + 1


@pytest.mark.parametrize(("name", "kwargs", "backend"), COMPILED)
def test_policy_and_steps_are_one_graph_with_the_bytes_of_plain_steps(
    machine, name, kwargs, backend
) -> None:
    plain, compiled = envs_of(name, **kwargs | {"copy": True}), envs_of(name, **kwargs)
    function = torch.compile(fly, backend=backend, fullgraph=True)  # raises at a graph break
    obs, compiled_obs = (envs.reset(seed=1)[0] for envs in (plain, compiled))
    for _ in range(4):
        before = len(machine.launches)
        expected = fly(plain, obs)
        between = len(machine.launches)
        got = function(compiled, compiled_obs)
        assert machine.launches[before:between] == machine.launches[between:]
        for one, other in zip(operator.leaves(expected), operator.leaves(got), strict=True):
            assert (one.dtype, one.tolist()) == (other.dtype, other.tolist())
        obs, compiled_obs = expected[1][0], got[1][0]
    states = [[envs.clone_state(i) for i in range(3)] for envs in (plain, compiled)]
    assert states[0] == states[1]


def test_the_default_compiler_moves_no_lander(machine, monkeypatch) -> None:
    plain, compiled = envs_of("Lander"), envs_of("Lander")
    moved, run = [], compiled.step_in_graph

    def watched(actions, memory):
        moved.append(memory[0].data_ptr() != compiled._batch.entries.data_ptr())
        return run(actions, memory)

    monkeypatch.setattr(compiled, "step_in_graph", watched)
    obs = torch.zeros(3, 8)
    expected = fly(plain, obs)
    got = torch.compile(fly, fullgraph=True)(compiled, obs)
    for one, other in zip(operator.leaves(expected), operator.leaves(got), strict=True):
        assert one.tolist() == other.tolist()
    assert moved == [False, False]


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_one_compiled_function_steps_several_environments(machine, backend) -> None:
    function = torch.compile(fly, backend=backend, fullgraph=True)
    sizes = (3, 5, 3)
    for seed, num_envs in enumerate(sizes):
        plain, compiled = (envs_of("Lander", num_envs=num_envs) for _ in range(2))
        obs, _ = plain.reset(seed=seed)
        compiled.reset(seed=seed)
        results = [operator.leaves(f(e, obs)) for f, e in ((fly, plain), (function, compiled))]
        assert [one.tolist() for one in results[1]] == [one.tolist() for one in results[0]]


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_a_step_whose_results_nobody_reads_is_taken(machine, backend) -> None:
    plain, compiled = envs_of("Lander"), envs_of("Lander")
    function = torch.compile(unread, backend=backend, fullgraph=True)
    for k in range(3):
        actions = torch.tensor([1, 2, 3]) * (k % 2)
        plain.step(actions)
        function(compiled, actions)
    assert compiled.clone_state(1) == plain.clone_state(1)


def test_the_operator_writes_what_it_declares(machine) -> None:
    envs = envs_of("PixelLander", obs_size=28)
    arguments = torch.tensor([0, 2, 2]), envs._batch_memory, envs._number
    step = getattr(torch.ops.lander_envs, f"step_{len(envs.result_kinds)}").default
    torch.library.opcheck(step, arguments)


def test_a_step_in_a_graph_takes_the_lock_of_the_envs(machine, monkeypatch) -> None:
    envs, taken = envs_of("Lander"), []

    class Lock:
        def __enter__(self) -> None:
            taken.append("lock")

        def __exit__(self, *_: object) -> None:
            taken.append("release")

    monkeypatch.setattr(envs, "_lock", Lock())
    torch.compile(unread, backend="eager", fullgraph=True)(envs, torch.tensor([0, 0, 0]))
    assert taken == ["lock", "release"]


def test_an_invalid_action_in_a_graph_is_told_by_a_later_call(machine) -> None:
    envs = envs_of("Lander")
    torch.compile(unread, backend="eager", fullgraph=True)(envs, torch.tensor([0, 9, 0]))
    with pytest.raises(ValueError, match=r"^the action of env 1 in an earlier step"):
        envs.synchronize()


def test_environments_that_are_gone_are_forgotten(machine) -> None:
    number = envs_of("Lander")._number
    assert number not in operator._environments
