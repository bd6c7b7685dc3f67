"""PixelLander-v0."""

import gc

import gymnasium as gym
import imageio.v3 as iio
import numpy as np
import pytest
from gymnasium.wrappers import RecordVideo

import lander_envs
from lander_envs import Outcome, snapshot, wrappers
from tests import conformance
from tests.envs.comparing import ACTIONS, same_episode
from tests.envs.eternal import Eternal

ENV_ID = "lander_envs/PixelLander-v0"


def test_the_variant_equals_repeat_action_under_pixel_observation() -> None:
    base = gym.make("lander_envs/Lander-v0", render_mode="rgb_array")
    wrapped = wrappers.PixelObservation(wrappers.RepeatAction(base, times=3))
    same_episode(gym.make(ENV_ID, frame_skip=3), wrapped)


def test_the_wrapper_has_the_variants_layouts() -> None:
    base = gym.make("lander_envs/Lander-v0", render_mode="rgb_array")
    repeated = wrappers.RepeatAction(base, times=3)
    wrapped = wrappers.PixelObservation(repeated, channels_last=True, dtype="float32")
    variant = gym.make(ENV_ID, frame_skip=3, channels_last=True, dtype="float32")
    assert wrapped.observation_space == variant.observation_space
    same_episode(variant, wrapped)


def test_the_pixel_observation_has_the_contracts_space() -> None:
    env = gym.make(ENV_ID)
    assert env.observation_space == gym.spaces.Box(0, 255, (4, 84, 84), np.uint8)
    colour = gym.make(ENV_ID, grayscale=False, obs_size=[60, 90])
    assert colour.observation_space.shape == (12, 60, 90)


LAYOUTS = [
    {"channels_last": True},
    {"dtype": "float32"},
    {"channels_last": True, "dtype": "float32"},
]


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_a_layout_shows_the_default_pixels(layout, backend) -> None:
    other = gym.make(ENV_ID, grayscale=False, backend=backend, **layout)
    default = gym.make(ENV_ID, grayscale=False, backend=backend)
    again = gym.make(gym.envs.registration.EnvSpec.from_json(other.spec.to_json()))
    assert again.observation_space == other.observation_space
    obs, pixels = (env.reset(seed=6)[0] for env in (other, default))
    for action in ACTIONS[:5]:
        assert other.observation_space.contains(obs)
        expected = np.moveaxis(pixels, 0, -1) if "channels_last" in layout else pixels
        if "dtype" in layout:
            expected = expected.astype(np.float32) / np.float32(255)
        assert (obs.dtype, obs.shape) == (expected.dtype, expected.shape)
        assert obs.tobytes() == expected.tobytes()
        obs, pixels = (env.step(action)[0] for env in (other, default))


def test_states_do_not_depend_on_the_layout() -> None:
    default, other = (gym.make(ENV_ID, **layout).unwrapped for layout in ({}, LAYOUTS[-1]))
    for env in (default, other):
        env.reset(seed=3)
        env.step(2)
    assert default.clone_state() == other.clone_state()
    other.reset(seed=4)
    other.restore_state(default.clone_state())
    expected = np.moveaxis(default.step(1)[0], 0, -1) / np.float32(255)
    assert other.step(1)[0].tobytes() == expected.tobytes()


def test_a_space_of_float32_ends_at_0_and_1() -> None:
    space = gym.make(ENV_ID, **LAYOUTS[-1]).observation_space
    assert space == gym.spaces.Box(0, 1, (84, 84, 4), np.float32)


@pytest.mark.parametrize("backend", lander_envs.BACKENDS)
def test_both_shows_lunar_landers_state_beside_the_pixels(backend) -> None:
    both = gym.make(ENV_ID, obs="both", frame_skip=2, backend=backend)
    again = gym.make(gym.envs.registration.EnvSpec.from_json(both.spec.to_json()))
    pixels = gym.make(ENV_ID, frame_skip=2, backend=backend)
    assert again.observation_space == both.observation_space
    assert both.observation_space["pixels"] == pixels.observation_space
    reference = gym.make("LunarLander-v3")
    assert both.observation_space["state"] == reference.observation_space
    obs, picture, state = (env.reset(seed=6)[0] for env in (both, pixels, reference))
    for action in ACTIONS[:8]:
        assert both.observation_space.contains(obs)
        assert obs["pixels"].tobytes() == picture.tobytes()
        assert obs["state"].tobytes() == state.tobytes()
        obs, picture = (env.step(action)[0] for env in (both, pixels))
        for _ in range(2):
            state = reference.step(action)[0]


@pytest.mark.parametrize(("frame_skip", "decisions"), [(1, 1000), (4, 250), (7, 143)])
def test_a_pixel_episode_is_cut_after_1000_base_steps(frame_skip, decisions) -> None:
    env = gym.make(ENV_ID, frame_skip=frame_skip, obs_size=8)
    env.reset(seed=0)
    env.unwrapped._simulator = Eternal()
    for decision in range(1, decisions + 1):
        _, reward, terminated, truncated, info = env.step(0)
        assert not terminated
        assert truncated == (decision == decisions)
    assert info == {"outcome": Outcome.TIMEOUT, "on_pad": True}
    assert reward == float(1000 - frame_skip * (decisions - 1))


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("obs_size", 0, "0"),
        ("obs_size", [84], "[84]"),
        ("obs_size", 84.0, "84.0"),
        ("obs_size", [84, 5000], "5000"),
        ("grayscale", "no", "'no'"),
        ("frame_stack", 0, "0"),
        ("frame_stack", True, "True"),
        ("frame_skip", -4, "-4"),
        ("obs", "state", "'state'"),
        ("channels_last", None, "None"),
        ("dtype", "float16", "'float16'"),
    ],
)
def test_a_bad_argument_is_named(name, value, shown) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be") as caught:
        gym.make(ENV_ID, **{name: value})
    assert str(caught.value).endswith(f"got {shown}")


def test_a_small_colour_stack_is_cloned_pickled_and_copied_in_mid_episode() -> None:
    conformance.duplicates_in_mid_episode(ENV_ID, frame_stack=2, obs_size=10, grayscale=False)


@pytest.mark.parametrize(
    ("part", "content"),
    [("frames", b"short"), ("shape", b""), ("steps", b""), ("physics", b"nonsense")],
)
def test_every_part_of_a_state_is_checked_before_anything_changes(part, content) -> None:
    env, other = (gym.make(ENV_ID).unwrapped for _ in range(2))
    env.reset(seed=2)
    other.reset(seed=2)
    with pytest.raises(ValueError, match=r"state|must"):
        env.restore_state(snapshot.pack({**env._state_parts(), part: content}))
    assert conformance.episodes(env, 50) == conformance.episodes(other, 50)


@pytest.mark.parametrize(("frame_skip", "fps"), [(1, 50), (2, 25), (4, 12.5), (50, 1)])
@pytest.mark.parametrize("backend", ["native", "box2d"])
def test_render_fps_is_that_of_decisions_in_every_form(backend, frame_skip, fps) -> None:
    kwargs = {"backend": backend, "frame_skip": frame_skip, "render_mode": "rgb_array"}
    single = gym.make(ENV_ID, **kwargs)
    batch = gym.make_vec(ENV_ID, num_envs=2, **kwargs)
    sync = gym.make_vec(ENV_ID, num_envs=2, vectorization_mode="sync", **kwargs)
    assert [env.metadata["render_fps"] for env in (single, batch, sync)] == [fps] * 3
    assert gym.make("lander_envs/Lander-v0").metadata["render_fps"] == 50


# imageio's FFmpeg plugin leaves its pipes to the garbage collector, which is therefore called here.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_film_of_an_episode_lasts_as_long_as_the_flight(tmp_path) -> None:
    env = RecordVideo(
        gym.make(ENV_ID, render_mode="rgb_array"), str(tmp_path / "film"), disable_logger=True
    )
    env.reset(seed=0)
    decisions = 1
    while not env.step(0)[2]:
        decisions += 1
    env.close()
    (path,) = (tmp_path / "film").glob("*.mp4")
    seconds = iio.immeta(path)["duration"]
    assert seconds == pytest.approx((decisions + 1) * 4 / 50, abs=0.1)
    gc.collect()
