"""Refused calls of every form of every env: one sentence, and nothing changes."""

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch

from lander_envs.vector import LanderVectorEnv
from tests.test_copies import BATCHES, SINGLES, fly_batch, fly_single

N = 3  # envs of each batch
HUGE = 10**400


class Unconvertible:
    """Number-like whose conversions fail, as those of a tensor on a GPU do."""

    ndim = 1

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise TypeError("can't convert to numpy")

    def __float__(self) -> float:
        raise RuntimeError("can't convert to a float")

    def __index__(self) -> int:
        raise RuntimeError("can't convert to an integer")

    def __len__(self) -> int:
        return N


WRONG_NUMBERS = [
    torch.tensor([1.0]),
    torch.ones(N, 2),
    torch.tensor(1j),
    np.array([{}] * N),
    np.array([1.0]),
    Unconvertible(),
    HUGE,
    -HUGE,
    float("nan"),
    "1.0",
    b"1.0",
    None,
    {},
    [[1.0], 2.0, 3.0],
]
WRONG_RESETS: list[dict[str, Any]] = [
    *({"options": {"wind_power": value}} for value in WRONG_NUMBERS),
    *({"options": {"gravity": value}} for value in WRONG_NUMBERS),
    *({"options": {"gravity": -5.0, "turbulence_power": value}} for value in WRONG_NUMBERS),
    *({"options": {"enable_wind": value}} for value in [1, "yes", None, torch.tensor(1), HUGE]),
    *({"options": value} for value in [5, "gravity", [("gravity", -5.0)], {1: 2, "a": 3}]),
    *({"options": {"reset_mask": value}} for value in [[True] * N, np.ones(N), 1, torch.ones(N)]),
    *({"seed": value} for value in [-1, 1.5, "0", [1, 2], torch.tensor(1.5), Unconvertible()]),
    *({"seed": value} for value in [np.array(3.0), np.ones((N, 2), int), [0, 1, -1], {}, True]),
    {"seed": 5, "options": {"gravity": 1.0}},
    {"seed": [1, 2, "x"], "options": {"gravity": -5.0}},
]
WRONG_ACTIONS = [
    None,
    0,
    [0] * (N + 1),
    [0, 1, 4],
    [0, 1, HUGE],
    [[0], [0, 1], [0]],
    np.zeros(N),
    {},
    "012",
    torch.zeros(N),
    torch.zeros(N, requires_grad=True),
    Unconvertible(),
]


def wrong_actions(envs: Any) -> list[Any]:
    """Wrong actions of a batch, discrete or continuous."""
    if isinstance(envs.single_action_space, gym.spaces.Box):
        return [
            *WRONG_ACTIONS,
            np.full((N, 2), np.nan),
            np.zeros((N, 2), complex),
            np.zeros((2, N)),
        ]
    return WRONG_ACTIONS


@pytest.mark.parametrize("form", [form for form in BATCHES if "wrapper" not in form])
def test_a_refused_call_of_a_batch_changes_nothing(form) -> None:
    envs, reference = BATCHES[form](), BATCHES[form]()
    for batch in (envs, reference):
        batch.reset(seed=1)
        fly_batch(batch, 5)
    state = envs.clone_state(0)
    calls: list[Callable[[], Any]] = [
        *(lambda arguments=arguments: envs.reset(**arguments) for arguments in WRONG_RESETS),
        *(lambda action=action: envs.step(action) for action in wrong_actions(envs)),
        *(lambda index=index: envs.clone_state(index) for index in (-1, N, 0.0, HUGE, None)),
        *(lambda index=index: envs.restore_state(state, index) for index in (-1, N, 0.0, HUGE)),
        *(lambda bad=bad: envs.restore_state(bad, 1) for bad in (None, b"", state[:-1], [state])),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"must|may"):
            call()
    assert fly_batch(envs, 40) == fly_batch(reference, 40)
    again = [batch.reset(options={"gravity": -5.0})[0].tobytes() for batch in (envs, reference)]
    assert again[0] == again[1]
    assert fly_batch(envs, 20) == fly_batch(reference, 20)


@pytest.mark.parametrize("form", ["shaped wrappers", "pixel wrapper"])
def test_a_refused_call_of_a_wrapped_batch_changes_nothing(form) -> None:
    envs, reference = BATCHES[form](), BATCHES[form]()
    for batch in (envs, reference):
        batch.reset(seed=1)
        fly_batch(batch, 5)
    for arguments in WRONG_RESETS:
        with pytest.raises(ValueError, match=r"must|may"):
            envs.reset(**arguments)
    for action in WRONG_ACTIONS:
        with pytest.raises(ValueError, match="action"):
            envs.step(action)
    assert fly_batch(envs, 30) == fly_batch(reference, 30)


@pytest.mark.parametrize("form", SINGLES)
def test_a_refused_call_of_a_single_env_changes_nothing(form) -> None:
    env, reference = SINGLES[form](), SINGLES[form]()
    for one in (env, reference):
        one.reset(seed=1)
        fly_single(one, 5)
    for action in [-1, 4, 2.0, "2", None, HUGE, torch.tensor(1.0), Unconvertible(), [0], {}]:
        with pytest.raises(ValueError, match="action must be"):
            env.step(action)
    for seed in (-1, 1.5, "0", [1]):
        with pytest.raises(gym.error.Error, match=r"[Ss]eed"):
            env.reset(seed=seed)
    for state in (None, b"", env.unwrapped.clone_state()[:-1]):
        with pytest.raises(ValueError, match="state must"):
            env.unwrapped.restore_state(state)
    assert fly_single(env, 30) == fly_single(reference, 30)


def test_numbers_of_any_library_are_taken_as_numbers() -> None:
    plain = LanderVectorEnv(N, gravity=-5.0, wind_power=[1.0, 2.0, 3.0], enable_wind=True)
    other = LanderVectorEnv(
        np.int8(N),
        gravity=torch.tensor(-5.0),
        wind_power=torch.tensor([1.0, 2.0, 3.0]),
        enable_wind=np.True_,
    )
    expected = plain.reset(seed=[7, 8, 9])[0].tobytes()
    for seed in (7, np.array(7), torch.tensor(7), np.arange(7, 10), torch.arange(7, 10)):
        assert other.reset(seed=seed)[0].tobytes() == expected
    for actions in ([2, 0, 1], torch.tensor([2, 0, 1]), np.array([2, 0, 1], np.uint8)):
        assert other.step(actions)[0].tobytes() == plain.step([2, 0, 1])[0].tobytes()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("num_envs", value) for value in (0, 2**31, 10**12, 10**30, 2.0, torch.tensor([2]))),
        *(("max_episode_steps", value) for value in (2**31, 0, HUGE)),
        *(("num_threads", value) for value in (0, -1, 2000, HUGE)),
        *(("gravity", value) for value in WRONG_NUMBERS),
        *(("wind_power", value) for value in WRONG_NUMBERS),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value,
)
def test_a_wrong_argument_of_a_batch_is_named_in_a_sentence(name, value) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be") as caught:
        LanderVectorEnv(**{"num_envs": N, name: value})
    assert len(str(caught.value)) < 400


def test_a_batch_that_does_not_fit_into_memory_is_refused_by_its_number(monkeypatch) -> None:
    def no_memory(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(LanderVectorEnv, "_make_batch", no_memory)
    with pytest.raises(ValueError, match=r"num_envs must be such that .* got 3"):
        LanderVectorEnv(3)


@pytest.mark.parametrize("value", [HUGE, -HUGE, torch.tensor([-5.0]), torch.tensor(1j), "x", {}])
def test_a_wrong_gravity_of_a_single_env_is_named_in_a_sentence(value) -> None:
    with pytest.raises(ValueError, match=r"^gravity must be"):
        gym.make("lander_envs/Lander-v0", gravity=value)


def test_a_mask_may_be_an_array_that_the_reset_overwrites() -> None:
    for form in (form for form in BATCHES if "Disabled" in form):
        env_id = form.split()[0]
        envs, reference = (
            gym.make_vec(
                env_id, num_envs=2, autoreset_mode="Disabled", max_episode_steps=2, copy=copy
            )
            for copy in (False, True)
        )
        for batch in (envs, reference):
            batch.reset(seed=0)
            batch.step(np.zeros_like(batch.action_space.sample()))
        nothing = np.zeros_like(envs.action_space.sample())
        mine, theirs = (batch.step(nothing)[3] for batch in (envs, reference))
        obs = envs.reset(options={"reset_mask": mine})[0]
        assert obs.tobytes() == reference.reset(options={"reset_mask": theirs})[0].tobytes()
        assert fly_batch(envs, 1) == fly_batch(reference, 1)
