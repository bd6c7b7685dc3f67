"""ONNX policies: shapes, memories, and models that are refused."""

import copy
import dataclasses
import pickle
import sys
from typing import NamedTuple

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import DependencyNotInstalled

from lander_envs.agents import AgentError, OnnxPolicy, load, read_card
from lander_envs.agents import policy as policies
from lander_envs.agents.library import SHIPPED

OBS = np.random.default_rng(0).uniform(-1, 1, (5, 8)).astype(np.float32)


def test_one_observation_gives_one_action_and_a_batch_gives_many() -> None:
    policy = load("lander")
    action, extras = policy(OBS[0])
    assert action.dtype == np.int64
    assert action.shape == ()
    assert extras["probabilities"].shape == (4,)
    assert extras["probabilities"].sum() == pytest.approx(1)
    assert extras["value"].shape == ()
    actions, many = policy(OBS)
    assert actions.shape == (5,)
    assert actions[0] == action
    assert actions.tolist() == many["probabilities"].argmax(axis=1).tolist()
    assert many["value"].shape == (5,)
    assert many["value"][0] == pytest.approx(extras["value"], rel=1e-4)


def test_continuous_actions_are_throttles_and_an_actor_alone_has_no_value() -> None:
    throttles, extras = load("lander_continuous")(OBS[0])
    assert throttles.shape == (2,)
    assert throttles.dtype == np.float32
    assert extras.keys() == {"value"}
    action, extras = load("shaped_lander")(OBS[0])
    assert extras.keys() == {"probabilities"}
    assert action == extras["probabilities"].argmax()


def test_a_memory_lasts_until_reset() -> None:
    policy = load("masked_velocity_lander")
    _, fresh = policy(OBS[1])
    _, second = policy(OBS[1])
    assert not np.array_equal(fresh["probabilities"], second["probabilities"])
    policy.reset()
    _, again = policy(OBS[1])
    assert np.array_equal(fresh["probabilities"], again["probabilities"])


def test_a_masked_reset_clears_the_memory_of_some_environments() -> None:
    policy = load("masked_velocity_lander")
    policy(OBS)
    policy.reset(np.array([True, False, False, False, False]))
    _, after = policy(OBS[::-1])
    policy.reset()
    _, alone = policy(OBS[::-1])
    differ = np.abs(after["probabilities"] - alone["probabilities"]).max(axis=1) > 1e-6
    assert differ.tolist() == [False, True, True, True, True]


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda policy: pickle.loads(pickle.dumps(policy))]
)
def test_a_copy_goes_on_with_a_memory_of_its_own(copied) -> None:
    policy = load("masked_velocity_lander")
    policy(OBS)
    other = copied(policy)
    assert other.card == policy.card
    other.reset(np.array([True, False, False, False, False]))
    _, expected = policy(OBS[::-1])
    _, got = other(OBS[::-1])
    assert np.array_equal(got["probabilities"][1:], expected["probabilities"][1:])
    assert not np.array_equal(got["probabilities"][0], expected["probabilities"][0])


def test_a_discrete_action_is_numpys_int64() -> None:
    policy = load("lander")
    assert type(policy(OBS[0])[0]) is np.int64
    assert policy.act(OBS).dtype.char == np.dtype(np.int64).char


@pytest.mark.parametrize(
    ("value", "told"), [(np.nan, "nan"), (-np.inf, "-inf"), (1e300, r"1e\+300")]
)
def test_numbers_that_are_not_finite_in_float32_are_refused(value, told) -> None:
    obs = OBS.astype(np.float64)
    obs[2, 3] = value
    policy = load("lander")
    for call in (policy, policy.act, policy.decide):
        with pytest.raises(ValueError, match=f"finite numbers in float32, got {told}$"):
            call(obs)


def test_a_decision_has_the_models_outputs() -> None:
    decision = load("lander").decide(OBS)
    assert decision.q_values is None
    assert decision.probabilities.argmax(axis=1).tolist() == decision.actions.tolist()
    assert decision.values.shape == (5,)
    assert load("lander").act(OBS).tolist() == decision.actions.tolist()


@pytest.mark.parametrize("obs", [OBS[0, :7], OBS[:0], OBS[None], np.float32(1)])
def test_observations_of_another_shape_are_refused(obs) -> None:
    with pytest.raises(ValueError, match=r"obs must have shape \(8,\) or \(n, 8\), .*got "):
        load("lander")(obs)


def test_real_numbers_are_refused_by_an_agent_that_sees_levels() -> None:
    pixels = np.zeros((4, 84, 84), np.float32)
    with pytest.raises(ValueError, match=r"^obs must be of dtype uint8, got float32$"):
        load("pixel_lander")(pixels)
    assert load("pixel_lander")(pixels.astype(int))[0].shape == ()
    with pytest.raises(ValueError, match=r"^obs must have shape \(4, 84, 84\) or"):
        load("pixel_lander")(np.zeros((84, 84, 4), np.uint8))


@pytest.mark.parametrize("level", [-1, 256, 300])
def test_levels_that_uint8_would_wrap_around_are_refused(level) -> None:
    pixels = np.full((4, 84, 84), level)
    with pytest.raises(ValueError, match=rf"^obs must be levels from 0 to 255, got {level} to "):
        load("pixel_lander")(pixels)


@pytest.mark.parametrize("dtype", [complex, bool, str, object], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("call", [OnnxPolicy.__call__, OnnxPolicy.act, OnnxPolicy.decide])
def test_what_is_no_real_number_is_refused(call, dtype) -> None:
    with pytest.raises(ValueError, match=r"^obs must be of real numbers, got "):
        call(load("lander"), OBS.astype(dtype))
    with pytest.raises(ValueError, match=r"^obs must be of dtype uint8, got "):
        call(load("pixel_lander"), np.zeros((1, 4, 84, 84), dtype))


def test_what_is_no_array_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^obs must be an array, got \[\[0.0\], \[0.0, 0.0\]\]"):
        load("lander")([[0.0], [0.0, 0.0]])


def test_integers_are_real_numbers() -> None:
    policy = load("lander")
    assert policy(np.ones(8, int))[0] == policy(np.ones(8, np.float32))[0]


@pytest.mark.parametrize(
    "mask", [[True], [True] * 6, [[True] * 5], [0, 3], [1, 0, 0, 0, 0], True, "all"], ids=str
)
def test_a_mask_that_is_not_bool_or_not_of_the_batch_is_refused(mask) -> None:
    policy = load("masked_velocity_lander")
    policy(OBS)
    with pytest.raises(ValueError, match=r"^mask must be a bool array of shape \(5,\), got "):
        policy.reset(mask)


def test_before_the_first_observation_a_mask_has_any_length() -> None:
    policy = load("masked_velocity_lander")
    policy.reset([True, False])
    with pytest.raises(ValueError, match=r"^mask must be a bool array of shape \(n,\), got \[0\]$"):
        policy.reset([0])


def test_another_number_of_environments_needs_a_reset() -> None:
    policy = load("masked_velocity_lander")
    policy(OBS)
    with pytest.raises(ValueError, match=r"must be of 5 environments, .*got 1; call reset"):
        policy(OBS[0])
    policy.reset()
    policy(OBS[0])


class Typed(gym.Env):
    """An environment of other observations, like those of other packages."""

    action_space = gym.spaces.Discrete(4)

    def __init__(self, dtype: str, shape: tuple[int, ...] = (8,)) -> None:
        self.observation_space = gym.spaces.Box(-1, 1, tuple(shape), np.dtype(dtype).type)


@pytest.fixture
def typed():
    """The agent of Lander-v0 with a card that names :class:`Typed`."""
    gym.register("Typed-v0", Typed, disable_env_checker=True)
    agent = load("lander")
    content = (SHIPPED / agent.card.model).read_bytes()

    def make(**env_kwargs):
        card = dataclasses.replace(agent.card, env_id="Typed-v0", env_kwargs=env_kwargs)
        return OnnxPolicy(card, content)

    yield make
    gym.registry.pop("Typed-v0")


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
def test_flat_observations_of_real_numbers_are_those_of_a_float32_model(typed, dtype) -> None:
    typed(dtype=dtype).require_environment()


def test_observations_of_another_shape_than_the_models_are_refused(typed) -> None:
    with pytest.raises(AgentError, match=r"observations float32 \(8,\) and discrete actions"):
        typed(dtype="float32", shape=[2, 4]).require_environment()


def test_models_that_do_not_run_are_refused() -> None:
    card = load("lander").card
    whole = (SHIPPED / card.model).read_bytes()
    for content in (b"", b"no model", whole[:1000]):
        with pytest.raises(AgentError, match=r"lander.onnx (is not an ONNX model|must have)"):
            OnnxPolicy(card, content)


def test_without_onnxruntime_the_extra_is_named(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(DependencyNotInstalled, match=r'pip install "lander-envs\[agents\]"'):
        load("lander")


class Session:
    """A model with other inputs and outputs."""

    def __init__(self, inputs, outputs):
        self._inputs, self._outputs = inputs, outputs

    def get_inputs(self):
        return self._inputs

    def get_outputs(self):
        return self._outputs


class Tensor(NamedTuple):
    name: str
    type: str = "tensor(float)"
    shape: tuple = ("batch", 8)


@pytest.mark.parametrize(
    ("inputs", "outputs", "told"),
    [
        ([Tensor("x")], [Tensor("action")], "must have the input obs, got x"),
        ([Tensor("obs"), Tensor("noise")], [Tensor("action")], "the input obs, got obs, noise"),
        ([Tensor("obs")], [Tensor("y")], "must have the output action, got y"),
        (
            [Tensor("obs"), Tensor("hidden_state")],
            [Tensor("action")],
            "must have the output next_hidden_state, got action",
        ),
        ([Tensor("obs", "tensor(string)")], [Tensor("action")], "must be float32 or uint8"),
        ([Tensor("obs", shape=("n", "m"))], [Tensor("action")], "of a fixed size after"),
        ([Tensor("obs", shape=(1, 8))], [Tensor("action")], r"an open batch size, got .*\(1, 8\)"),
        ([Tensor("obs", shape=())], [Tensor("action")], "after an open batch size, got"),
        (
            [Tensor("obs"), Tensor("hidden_state", shape=(1, 8))],
            [Tensor("action"), Tensor("next_hidden_state")],
            "input hidden_state must be .* after an open batch size, got",
        ),
        (
            [Tensor("obs")],
            [Tensor("action", "tensor(double)")],
            r"output action must be float32, int32 or int64, got tensor\(double\)$",
        ),
    ],
)
def test_models_of_other_things_are_refused(inputs, outputs, told, monkeypatch) -> None:
    monkeypatch.setattr(policies, "_session", lambda card, model: Session(inputs, outputs))
    with pytest.raises(AgentError, match=told):
        OnnxPolicy(read_card(SHIPPED / "lander.json"), b"")
