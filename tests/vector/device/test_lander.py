"""Vector environments on a GPU: arguments, returned tensors, errors, states."""

import copy
import pickle

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium.error import DependencyNotInstalled, ResetNeeded

from lander_envs import Outcome
from lander_envs.cuda import driver
from lander_envs.vector.device import DeviceLanderVectorEnv
from tests.vector.device.comparing import Pair, assert_same

ID = "lander_envs/Lander-v0"
PIXELS = "lander_envs/PixelLander-v0"


def envs_of(num_envs: int = 3, env_id: str = ID, **kwargs):
    return gym.make_vec(env_id, num_envs=num_envs, device="cuda", **kwargs)


def started(num_envs: int = 3, **kwargs):
    envs = envs_of(num_envs, **kwargs)
    envs.reset(seed=0)
    return envs


# --- Arguments ------------------------------------------------------------------------------------


def test_arguments_of_each_env_act_as_on_the_cpu(machine) -> None:
    envs = Pair(ID, 3, gravity=[-10.0, -5.0, -1.0], enable_wind=[True, False, True])
    envs.reset(seed=[5, 2**40, 10**30])
    envs.fly(40)
    assert envs.gpu.get_attr("gravity") == (-10.0, -5.0, -1.0)


def test_the_dynamics_act_as_on_the_cpu(machine) -> None:
    envs = Pair(
        ID,
        3,
        main_engine_power=[13.0, 20.0, 0.0],
        dispersion=[0.0, 1.0, 4.0],
        terrain=["flat", "random", "flat"],
        enable_wind=True,
        wind_mode="per_episode",
        fuel_cost=2.0,
    )
    envs.reset(seed=0)
    envs.fly(60)


def test_options_of_a_reset_act_on_the_masked_envs(machine) -> None:
    envs = Pair(ID, 3)
    envs.reset(seed=0)
    envs.fly(10)
    mask = np.array([False, True, True])
    envs.reset(options={"reset_mask": mask, "gravity": [-1.0, -2.0, -3.0], "enable_wind": True})
    envs.fly(40, seed=1)
    assert envs.gpu.gravity.tolist() == [-10.0, -2.0, -3.0]


def test_a_reset_mask_can_be_a_tensor(machine) -> None:
    envs = started()
    obs, infos = envs.reset(options={"reset_mask": torch.tensor([True, False, False])})
    assert infos["_outcome"].tolist() == [True, False, False]
    assert obs.shape == (3, 8)


def test_an_argument_set_during_an_episode_acts_from_the_next_on(machine) -> None:
    envs = Pair(ID, 2, max_episode_steps=20)
    envs.reset(seed=0)
    for both in (envs.cpu, envs.gpu):
        both.set_attr("gravity", [-2.0, -9.0])
    envs.fly(50)
    assert envs.episodes >= 4


def test_rewards_are_float32_on_request(machine) -> None:
    plain, short = started(), started(reward_dtype="float32")
    for _ in range(5):
        expected, rewards = plain.step([1, 2, 3])[1], short.step([1, 2, 3])[1]
        assert (expected.dtype, rewards.dtype) == (torch.float64, torch.float32)
        assert (expected.float() == rewards).all()


@pytest.mark.parametrize(
    ("kwargs", "sentence"),
    [
        ({"num_threads": 2}, "num_threads must be None on a GPU, got 2"),
        ({"reward_dtype": "float16"}, "reward_dtype must be one of 'float64', 'float32', got"),
        ({"randomize": {"gravity": [-2, -1]}}, "randomize must be None on a GPU"),
        ({"gravity": 1.0}, "gravity must be between -12 and 0"),
        ({"render_mode": "human"}, "render_mode must be one of 'rgb_array'"),
    ],
)
def test_a_wrong_argument_is_refused_with_its_name(machine, kwargs, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        envs_of(**kwargs)


def test_box2d_has_no_form_on_a_gpu() -> None:
    with pytest.raises(ValueError, match=r"^device must be 'cpu' with backend='box2d', got"):
        envs_of(backend="box2d")


def test_pictures_larger_than_the_screen_have_no_form_on_a_gpu(machine) -> None:
    with pytest.raises(ValueError, match="obs_size must be at most"):
        envs_of(env_id=PIXELS, obs_size=500)


def test_the_device_cpu_is_the_default() -> None:
    assert type(gym.make_vec(ID, num_envs=2, device="cpu")) is type(gym.make_vec(ID, num_envs=2))


def test_a_missing_driver_is_told_by_make_vec(machine, monkeypatch) -> None:
    def missing():
        raise DependencyNotInstalled("no driver")

    monkeypatch.setattr(driver, "driver_library", missing)
    with pytest.raises(DependencyNotInstalled, match="no driver"):
        envs_of()


# --- Steps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
def test_a_step_neither_copies_to_the_host_nor_waits(machine, monkeypatch, mode) -> None:
    envs = started(autoreset_mode=mode)
    actions = torch.zeros(3, dtype=torch.int64)
    for name in ("cpu", "numpy", "item", "tolist", "__bool__"):
        monkeypatch.setattr(torch.Tensor, name, lambda *_: pytest.fail("reads the device"))
    for _ in range(3):
        envs.step(actions)


@pytest.mark.parametrize(("mode", "kernels"), [("NextStep", 1), ("SameStep", 2), ("Disabled", 1)])
def test_a_step_of_states_is_a_sort_and_a_pass_and_under_same_step_two_of_each(
    machine, mode, kernels
) -> None:
    envs = started(autoreset_mode=mode)
    before = len(machine.launches)
    envs.step([0, 0, 0])
    launches = machine.launches[before:]
    assert [launch.kernel for launch in launches] == ["lander_order", "lander_step"] * kernels
    assert {launch.stream for launch in launches} == {machine.stream}


def test_a_decision_of_pixels_launches_sort_step_bases_stacks_and_pictures(machine) -> None:
    envs = started(env_id=PIXELS)
    before = len(machine.launches)
    envs.step([0, 0, 0])
    stepped = ["lander_order", "lander_step"]
    drawn = ["lander_draw_bases", "lander_shift_stacks", "lander_draw_pictures"]
    assert [launch.kernel for launch in machine.launches[before:]] == [*stepped, *drawn]


@pytest.mark.parametrize("env_id", [ID, PIXELS])
@pytest.mark.parametrize("copies", [True, False])
def test_copy_false_returns_the_same_tensors_again(machine, copies, env_id) -> None:
    envs = started(env_id=env_id, copy=copies)
    first, second = (envs.step([0, 2, 3]) for _ in range(2))
    for one, other in zip(first[:4], second[:4], strict=True):
        assert (one.data_ptr() == other.data_ptr()) == (not copies)


@pytest.mark.parametrize(
    "convert",
    [
        list,
        np.array,
        torch.tensor,
        lambda a: torch.tensor(a, dtype=torch.uint8),
        lambda a: np.array(a, np.int32),
        lambda a: DlpackOnly(np.array(a)),
    ],
)
def test_actions_are_lists_arrays_tensors_or_dlpack(machine, convert) -> None:
    expected = started().step([1, 2, 3])[0]
    assert torch.equal(started().step(convert([1, 2, 3]))[0], expected)


class DlpackOnly:
    """An array of another library: DLPack is all that it has."""

    def __init__(self, array) -> None:
        self._array = array

    def __dlpack__(self, **kwargs):
        return self._array.__dlpack__(**kwargs)

    def __dlpack_device__(self):
        return self._array.__dlpack_device__()


@pytest.mark.parametrize(
    "actions",
    [
        [0, 1],
        [0.5, 1.0, 2.0],
        [True, False, True],
        "abc",
        None,
        [[0], [1, 2], [3]],
        1j * np.ones(3),
    ],
)
def test_actions_of_a_wrong_shape_or_kind_are_refused_at_once(machine, actions) -> None:
    envs = started()
    with pytest.raises(ValueError, match=r"^actions must be integers from 0 to 3 of shape \(3,\)"):
        envs.step(actions)


def test_throttles_that_need_a_gradient_are_taken(machine) -> None:
    throttles = torch.full((3, 2), 0.4, requires_grad=True)
    assert not started(continuous=True).step(throttles)[0].requires_grad


# --- Errors that the device finds -----------------------------------------------------------------


@pytest.mark.parametrize("bad", [-1, 4, 2**40])
def test_an_invalid_action_is_told_by_the_next_call_that_waits(machine, bad) -> None:
    envs, others = started(), started()
    envs.step([0, bad, 0])
    sentence = "^the action of env 1 in an earlier step must be from 0 to 3$"
    with pytest.raises(ValueError, match=sentence):
        envs.synchronize()
    envs.synchronize()  # told once
    others.step([0, 0, 0])
    assert envs.clone_state(0) == others.clone_state(0)
    assert envs.clone_state(1) == started().clone_state(1)  # as it was


@pytest.mark.parametrize("call", ["reset", "clone_state", "render", "np_random"])
def test_each_call_that_waits_tells(machine, call) -> None:
    envs = started(render_mode="rgb_array", continuous=True)
    envs.step([[np.nan, 0.0], [0.0, 0.0], [0.0, 0.0]])
    with pytest.raises(ValueError, match=r"^the action of env 0 in an earlier step must be two"):
        _ = envs.np_random if call == "np_random" else getattr(envs, call)(*[0][: call[0] == "c"])


def test_the_action_of_an_env_that_is_reset_is_ignored(machine) -> None:
    envs = started(max_episode_steps=1)
    envs.step([0, 0, 0])
    envs.step([9, -1, 0])
    envs.synchronize()


def test_under_disabled_a_step_after_the_end_is_told(machine) -> None:
    envs = started(autoreset_mode="Disabled", max_episode_steps=1)
    envs.step([0, 0, 0])
    envs.reset(options={"reset_mask": np.array([True, False, True])})
    envs.step([0, 0, 0])
    with pytest.raises(ResetNeeded, match=r"^the episodes of envs \[1\] were over before a step"):
        envs.synchronize()


def test_a_step_before_a_reset_is_refused(machine) -> None:
    envs = envs_of()
    with pytest.raises(ResetNeeded, match="call reset"):
        envs.step([0, 0, 0])
    with pytest.raises(ResetNeeded, match="call reset"):
        envs.reset(options={"reset_mask": np.array([True, False, False])})


def test_a_closed_env_refuses_calls(machine) -> None:
    envs = started()
    envs.close()
    with pytest.raises(gym.error.ClosedEnvironmentError):
        envs.step([0, 0, 0])


# --- States ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("env_id", [ID, PIXELS, "lander_envs/ShapedLander-v0"])
def test_states_go_from_the_cpu_to_the_gpu_and_back(machine, env_id) -> None:
    envs = Pair(env_id, 2, enable_wind=True)
    envs.reset(seed=7)
    envs.fly(25)
    for i in range(2):
        state = envs.cpu.clone_state(i)
        assert envs.gpu.clone_state(i) == state
        envs.gpu.restore_state(state, 1 - i)
        envs.cpu.restore_state(state, 1 - i)
        envs.fly(10)
    single = gym.make(env_id, enable_wind=True).unwrapped
    single.reset(seed=0)
    single.restore_state(envs.gpu.clone_state(0))


def test_a_damaged_state_changes_nothing(machine) -> None:
    envs = started()
    state = envs.clone_state(0)
    with pytest.raises(ValueError, match="state must be whole"):
        envs.restore_state(state[:-1] + b"?", 0)
    assert envs.clone_state(0) == state


@pytest.mark.parametrize("env_id", [ID, PIXELS, "lander_envs/NormalizedLander-v0"])
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))])
def test_a_copy_goes_on_alike_and_alone(machine, env_id, duplicate) -> None:
    envs = started(2, env_id=env_id)
    envs.step([2, 3])
    other = duplicate(envs)
    for _ in range(3):
        (obs, rewards, *_), (same_obs, same_rewards, *_) = (e.step([2, 1]) for e in (envs, other))
        assert torch.equal(obs, same_obs)
        assert torch.equal(rewards, same_rewards)
    envs.step([2, 2])
    assert other.clone_state(0) != envs.clone_state(0)


def test_generators_and_frames_are_those_of_the_cpu(machine) -> None:
    envs = Pair(ID, 2, render_mode="rgb_array")
    envs.reset(seed=4)
    envs.fly(12)
    for on_cpu, on_gpu in zip(envs.cpu.render(), envs.gpu.render(), strict=True):
        assert on_gpu.tobytes() == on_cpu.tobytes()
    states = [[g.bit_generator.state for g in e.np_random] for e in (envs.cpu, envs.gpu)]
    assert states[0] == states[1]


def test_outcomes_are_the_suites(machine) -> None:
    infos = started(max_episode_steps=1).step([0, 0, 0])[4]
    assert infos["outcome"].tolist() == [Outcome.TIMEOUT] * 3
    assert infos["outcome"].dtype == torch.int64


def test_the_spec_builds_the_same_envs_again_and_single_ones(machine) -> None:
    envs = envs_of(reward_dtype="float32")
    again = gym.make_vec(envs.spec, num_envs=2)
    assert type(again) is DeviceLanderVectorEnv
    single = gym.make(envs.get_attr("spec")[0])
    assert_same(torch.from_numpy(single.reset(seed=0)[0]), started().reset(seed=0)[0][0].numpy())
