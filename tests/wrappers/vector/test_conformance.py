"""Properties of every vector wrapper: it equals single wrappers, in every autoreset mode."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from lander_envs import wrappers
from lander_envs.wrappers import vector as vector_wrappers
from tests.comparing import same
from tests.wrappers.test_conformance import BAD_ARGUMENTS

CASES = [
    ("MaskVelocity", {}),
    ("ScaleObservation", {"scale": "unit"}),
    ("ShapeReward", {}),
    ("ShapeReward", {"potential_based": False}),
    ("PixelObservation", {"obs_size": 10, "frame_stack": 3}),
    ("PixelObservation", {"obs_size": [10, 12], "channels_last": True, "dtype": "float32"}),
]
MODES = [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP]
REFUSED = ("PixelObservation", AutoresetMode.SAME_STEP)
SEEDS = (0, 1, 2)
LIMIT = 70  # steps: some episodes crash before it, some are cut by it


def base_id(name: str) -> str:
    """Gymnasium's env; for pixels this package's, because Gymnasium's render() changes the env."""
    return "lander_envs/Lander-v0" if name == "PixelObservation" else "LunarLander-v3"


def vector(
    name: str, kwargs: dict, mode: AutoresetMode, env_id: str | None = None
) -> gym.vector.VectorEnv:
    envs = gym.make_vec(
        env_id or base_id(name),
        num_envs=len(SEEDS),
        vectorization_mode="sync",
        vector_kwargs={"autoreset_mode": mode},
        render_mode="rgb_array",
        max_episode_steps=LIMIT,
    )
    return getattr(vector_wrappers, name)(envs, **kwargs)


def single(name: str, kwargs: dict, env_id: str | None = None) -> gym.Env:
    env = gym.make(env_id or base_id(name), render_mode="rgb_array", max_episode_steps=LIMIT)
    return getattr(wrappers, name)(env, **kwargs)


@pytest.mark.parametrize(
    ("name", "kwargs", "mode"),
    # Vector PixelObservation refuses SAME_STEP, as test_pixels.py shows.
    [(*case, mode) for case in CASES for mode in MODES if (case[0], mode) != REFUSED],
)
def test_a_vector_wrapper_equals_single_wrappers_through_autoreset(name, kwargs, mode) -> None:
    envs = vector(name, kwargs, mode)
    singles = [single(name, kwargs) for _ in SEEDS]
    assert envs.single_observation_space == singles[0].observation_space
    rng = np.random.default_rng(0)
    obs, _ = envs.reset(seed=list(SEEDS))
    expected = [env.reset(seed=seed)[0] for env, seed in zip(singles, SEEDS, strict=True)]
    resetting = [False] * len(SEEDS)
    endings = {"terminated": 0, "truncated": 0}
    for _ in range(160):
        for i in range(len(SEEDS)):
            assert obs[i].tobytes() == expected[i].tobytes()
        actions = rng.integers(4, size=len(SEEDS))
        obs, rewards, terminations, truncations, infos = envs.step(actions)
        for i, env in enumerate(singles):
            if mode == AutoresetMode.NEXT_STEP and resetting[i]:
                expected[i], _ = env.reset()
                resetting[i] = False
                assert rewards[i] == 0.0
                continue
            expected[i], reward, terminated, truncated, _ = env.step(actions[i])
            assert rewards[i] == reward
            assert (terminations[i], truncations[i]) == (terminated, truncated)
            endings["terminated"] += terminated
            endings["truncated"] += truncated
            if terminated or truncated:
                resetting[i] = True
                if mode == AutoresetMode.SAME_STEP:
                    assert infos["final_obs"][i].tobytes() == expected[i].tobytes()
                    expected[i], _ = env.reset()
    assert endings["truncated"] >= 1


@pytest.mark.parametrize(
    ("name", "kwargs", "mode"),
    [(*case, mode) for case in CASES for mode in AutoresetMode if (case[0], mode) != REFUSED],
)
@pytest.mark.parametrize("foreign", [True, False])
def test_infos_are_those_of_a_sync_vector_env_of_single_wrappers(
    foreign, name, kwargs, mode
) -> None:
    env_id = base_id(name) if foreign else "lander_envs/Lander-v0"
    envs = vector(name, kwargs, mode, env_id)
    reference = SyncVectorEnv(
        [lambda: single(name, kwargs, env_id)] * len(SEEDS), autoreset_mode=mode
    )
    same(envs.reset(seed=0)[1], reference.reset(seed=0)[1])
    rng, ends = np.random.default_rng(0), 0
    for _ in range(160):
        actions = rng.integers(4, size=len(SEEDS))
        got, expected = envs.step(actions), reference.step(actions)
        same(got[4], expected[4])
        over = got[2] | got[3]
        ends += int(over.sum())
        if mode == AutoresetMode.DISABLED and over.any():
            masks = [{"reset_mask": over.copy()} for _ in range(2)]
            same(envs.reset(options=masks[0])[1], reference.reset(options=masks[1])[1])
    assert ends >= 3


@pytest.mark.parametrize(("name", "kwargs"), CASES)
def test_reset_mask_resets_only_the_masked_envs(name, kwargs) -> None:
    envs = vector(name, kwargs, AutoresetMode.DISABLED)
    singles = [single(name, kwargs) for _ in SEEDS]
    obs, _ = envs.reset(seed=list(SEEDS))
    expected = [env.reset(seed=seed)[0] for env, seed in zip(singles, SEEDS, strict=True)]
    for step in range(6):
        if step == 3:
            mask = np.array([False, True, False])
            obs, _ = envs.reset(seed=[None, 7, None], options={"reset_mask": mask})
            expected[1], _ = singles[1].reset(seed=7)
            for i in range(len(SEEDS)):
                assert obs[i].tobytes() == expected[i].tobytes()
        obs, rewards, *_ = envs.step(np.full(len(SEEDS), 2))
        for i, env in enumerate(singles):
            expected[i], reward, *_ = env.step(2)
            assert obs[i].tobytes() == expected[i].tobytes()
            assert rewards[i] == reward


@pytest.mark.parametrize(
    ("name", "kwargs"), [case for case in BAD_ARGUMENTS if case[0] != "RepeatAction"]
)
def test_a_wrapper_names_its_bad_argument(name, kwargs) -> None:
    with pytest.raises(ValueError, match=rf"^{next(iter(kwargs))} must be"):
        vector(name, kwargs, AutoresetMode.NEXT_STEP)


@pytest.mark.parametrize("name", ["MaskVelocity", "ScaleObservation", "ShapeReward"])
def test_a_wrapper_of_states_refuses_an_env_of_another_shape(name) -> None:
    with pytest.raises(ValueError, match=rf"^{name} needs an observation space .*shape \(8,\)"):
        getattr(vector_wrappers, name)(gym.make_vec("CartPole-v1", num_envs=2))
