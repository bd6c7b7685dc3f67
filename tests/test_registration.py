"""Registration: on import, once, without a warning."""

import subprocess
import sys
import warnings

import gymnasium as gym
import pytest

import lander_envs
from lander_envs.registration import is_foreign


def test_the_ids_have_lunar_landers_limits() -> None:
    assert lander_envs.REGISTERED_IDS == (
        "lander_envs/Lander-v0",
        "lander_envs/LanderContinuous-v0",
        "lander_envs/MaskedVelocityLander-v0",
        "lander_envs/NormalizedLander-v0",
        "lander_envs/PixelLander-v0",
        "lander_envs/ShapedLander-v0",
    )
    for env_id in lander_envs.REGISTERED_IDS:
        spec = gym.spec(env_id)
        assert (spec.max_episode_steps, spec.reward_threshold) == (1000, 200.0)


def test_the_variants_take_discrete_actions_by_default() -> None:
    assert len(lander_envs.ENV_IDS) == 5
    for env_id in lander_envs.ENV_IDS:
        env = gym.make(env_id)
        assert env.action_space == gym.spaces.Discrete(4)
        env.close()


def test_registering_twice_does_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lander_envs.register_envs()


def test_make_imports_the_package_by_its_module_name() -> None:
    code = (
        "import gymnasium as gym; "
        "env = gym.make('lander_envs:lander_envs/PixelLander-v0'); "
        "print(env.reset(seed=0)[0].shape)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "(4, 84, 84)", done.stderr


def test_an_unknown_argument_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="wind"):
        gym.make("lander_envs/MaskedVelocityLander-v0", wind=3.0)


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_the_continuous_id_is_lander_with_throttles(backend) -> None:
    env_id, same = "lander_envs/LanderContinuous-v0", "lander_envs/Lander-v0"
    for build in (gym.make, lambda *args, **kwargs: gym.make_vec(*args, num_envs=2, **kwargs)):
        env, other = build(env_id, backend=backend), build(same, continuous=True, backend=backend)
        assert env.action_space == other.action_space
        assert env.spec.id == env_id
        env.action_space.seed(0)
        assert env.reset(seed=0)[0].tobytes() == other.reset(seed=0)[0].tobytes()
        for _ in range(20):
            action = env.action_space.sample()
            assert env.step(action)[0].tobytes() == other.step(action)[0].tobytes()
    assert gym.make(env_id, continuous=False).action_space == gym.spaces.Discrete(4)
    assert gym.make_vec(env_id, continuous=False).single_action_space == gym.spaces.Discrete(4)


@pytest.mark.parametrize("env_id", ["GymV21Environment-v0", "x/GymV26Environment"])
def test_an_id_whose_argument_names_a_module_is_foreign(env_id) -> None:
    assert is_foreign(env_id)
    assert not any(is_foreign(own) for own in lander_envs.REGISTERED_IDS)
