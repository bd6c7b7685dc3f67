"""``make``: every id and argument of Gymnasium's, or a sentence."""

import pytest

import lander_envs
import lander_envs.jax


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
def test_every_id_can_be_made(env_id) -> None:
    env, params = lander_envs.jax.make(env_id)
    assert env.name == env_id
    assert env.default_params is params
    assert params.max_steps_in_episode == 1000


def test_an_unknown_id_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        ValueError, match=r"got 'Lander-v0'; did you mean 'lander_envs/Lander-v0'\?"
    ):
        lander_envs.jax.make("Lander-v0")


@pytest.mark.parametrize("env_id", [["lander_envs/Lander-v0"], {}, None, 3], ids=str)
def test_what_is_no_id_is_refused(env_id) -> None:
    with pytest.raises(ValueError, match=r"^env_id must be one of lander_envs/Lander-v0, .*, got "):
        lander_envs.jax.make(env_id)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("gravty", "did you mean 'gravity'"),
        ("num_envs", "jax.vmap makes several"),
        ("autoreset_mode", "step_env"),
        ("render_mode", "draw no frames"),
        ("num_threads", "XLA has the threads"),
        ("copy", "pure"),
        ("scale", ""),
    ],
)
def test_an_unknown_argument_is_refused_with_a_hint(name, hint) -> None:
    told = f"got an unexpected keyword argument '{name}'.*{hint}"
    with pytest.raises(TypeError, match=told):
        lander_envs.jax.make("lander_envs/Lander-v0", **{name: 1})


@pytest.mark.parametrize(
    ("kwargs", "told"),
    [
        ({"gravity": -20.0}, "gravity must be between -12 and 0"),
        ({"continuous": 1}, "continuous must be True or False"),
        ({"enable_wind": "yes"}, "enable_wind must be True or False"),
        ({"max_episode_steps": 0}, "max_episode_steps must be an integer from 1"),
        ({"backend": "box2d"}, "backend must be one of 'native', got 'box2d'"),
    ],
)
def test_an_argument_outside_its_range_is_refused(kwargs, told) -> None:
    with pytest.raises(ValueError, match=f"^{told}"):
        lander_envs.jax.make("lander_envs/Lander-v0", **kwargs)


def test_the_continuous_id_has_throttles_and_the_argument_overrules_it() -> None:
    assert lander_envs.jax.make("lander_envs/LanderContinuous-v0")[0].num_actions == 2
    env, _ = lander_envs.jax.make("lander_envs/LanderContinuous-v0", continuous=False)
    assert env.num_actions == 4


def test_minus_1_is_no_time_limit() -> None:
    _, params = lander_envs.jax.make("lander_envs/Lander-v0", max_episode_steps=-1)
    assert params.max_steps_in_episode > 10**6
