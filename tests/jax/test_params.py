"""Params: traced, batched, checked when they are made and when they are used."""

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lander_envs.jax
from lander_envs.jax import EnvParams, seed_key

# A refusal at run time: JAX raises the one or the other, as its dispatch is synchronous or not.
REFUSED = (ValueError, jax.errors.JaxRuntimeError)
GRAVITIES = [-11.0, -10.0, -5.0, -1.5]


@pytest.fixture(scope="module")
def env():
    return lander_envs.jax.make("lander_envs/Lander-v0")[0]


def flown(env: lander_envs.jax.Environment, params: EnvParams, steps: int = 60) -> jax.Array:
    """Observations of a flight under action 2, (steps, 8)."""

    def step(state, _):
        obs, state, *_ = env.step(None, state, 2, params)
        return state, obs

    return jax.lax.scan(step, env.reset(seed_key(3), params)[1], None, steps)[1]


def expected(steps: int = 60, **kwargs: object) -> np.ndarray:
    env = gym.make("lander_envs/Lander-v0", **kwargs)
    env.reset(seed=3)
    return np.stack([env.step(2)[0] for _ in range(steps)])


def test_vmap_over_params_flies_each_gravity(env) -> None:
    batch = jax.vmap(lambda g: EnvParams(gravity=g))(jnp.array(GRAVITIES))
    obs = np.asarray(jax.jit(jax.vmap(lambda params: flown(env, params)))(batch))
    for gravity, own in zip(GRAVITIES, obs, strict=True):
        assert own.tobytes() == expected(gravity=gravity).tobytes()


def test_every_argument_can_be_traced(env) -> None:
    traced = jax.jit(
        lambda g, wind, power, turbulence: flown(env, EnvParams(g, wind, power, turbulence))
    )
    obs = np.asarray(traced(-9.0, True, 12.0, 0.5))
    wind = {"enable_wind": True, "wind_power": 12.0, "turbulence_power": 0.5}
    assert obs.tobytes() == expected(gravity=-9.0, **wind).tobytes()


def test_the_dynamics_can_be_given_and_traced(env) -> None:
    dynamics = {"main_engine_power": 16.0, "dispersion": 0.5, "initial_force": 250.0}
    _, params = lander_envs.jax.make("lander_envs/Lander-v0", terrain="flat", **dynamics)
    assert np.asarray(flown(env, params)).tobytes() == (
        expected(terrain="flat", **dynamics).tobytes()
    )
    traced = jax.jit(lambda power: flown(env, params.replace(main_engine_power=power)))
    changed = expected(terrain="flat", **dynamics | {"main_engine_power": 20.0})
    assert np.asarray(traced(20.0)).tobytes() == changed.tobytes()


def test_the_choices_are_static(env) -> None:
    with pytest.raises(ValueError, match=r"^wind_mode must be one of 'continuing', 'per_episode'"):
        env.reset(seed_key(0), EnvParams(wind_mode="calm"))
    with pytest.raises(TypeError, match=r"'randomize'; jax\.vmap over params"):
        lander_envs.jax.make("lander_envs/Lander-v0", randomize={"gravity": [-5, -4]})


def test_params_of_the_64_bit_mode_keep_all_bits() -> None:
    wind = {"enable_wind": True, "wind_power": 7.3, "turbulence_power": 1.1}
    with jax.enable_x64(True):
        env, params = lander_envs.jax.make("lander_envs/Lander-v0", **wind)
        assert np.asarray(flown(env, params)).tobytes() == expected(**wind).tobytes()


@pytest.mark.parametrize("name", ["wind_power", "turbulence_power"])
def test_a_power_that_float32_would_round_is_refused_without_64_bits(name) -> None:
    with pytest.raises(
        ValueError, match=rf"^{name} must be a float32 number .*, got 1\.3: take 1\."
    ):
        lander_envs.jax.make("lander_envs/Lander-v0", **{name: 1.3})


@pytest.mark.parametrize("kind", [float, np.float64, np.array])
def test_numbers_that_float32_would_round_are_refused_by_params_as_by_make(env, kind) -> None:
    told = r"^main_engine_power must be a float32 number .*, got 13\.3: take 13\.3000001"
    with pytest.raises(ValueError, match=told):
        lander_envs.jax.make("lander_envs/Lander-v0", main_engine_power=kind(13.3))
    with pytest.raises(ValueError, match=told):
        EnvParams().replace(main_engine_power=kind(13.3))
    with pytest.raises(ValueError, match=told):
        env.reset(seed_key(0), EnvParams(main_engine_power=kind(13.3)))
    with jax.enable_x64(True):
        EnvParams().replace(main_engine_power=kind(13.3))


def test_a_float32_number_of_any_kind_is_taken(env) -> None:
    power = np.float32(13.3)
    for same in (power, float(power), np.asarray(power), jnp.float32(13.3)):
        params = EnvParams().replace(main_engine_power=same)
        assert np.asarray(flown(env, params)).tobytes() == (
            expected(main_engine_power=float(power)).tobytes()
        )


@pytest.mark.parametrize(
    ("name", "value"),
    [("gravity", 1), ("gravity", 10**400), ("fuel_cost", float("nan")), ("wind_power", 1e39)],
    ids=str,
)
def test_a_number_outside_its_range_is_refused_before_a_call(env, name, value) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be (between|a finite number)"):
        EnvParams().replace(**{name: value})
    with pytest.raises(ValueError, match=rf"^{name} must be (between|a finite number)"):
        env.reset(seed_key(0), EnvParams(**{name: value}))


def test_gravity_may_be_any_double_because_the_engine_rounds_it(env) -> None:
    _, params = lander_envs.jax.make("lander_envs/Lander-v0", gravity=-9.81)
    for same in (params, EnvParams().replace(gravity=-9.81)):
        assert np.asarray(flown(env, same)).tobytes() == expected(gravity=-9.81).tobytes()


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("gravity", 0.0, "between -12 and 0"),
        ("gravity", -12.0, "between -12 and 0"),
        ("gravity", float("nan"), "between -12 and 0"),
        ("wind_power", 2e6, "between -1e"),
        ("turbulence_power", float("inf"), "between -1e"),
        ("main_engine_power", 131.0, "between 0 and 130"),
        ("fuel_cost", -1.0, "between 0 and 10"),
    ],
)
def test_a_traced_value_outside_its_range_raises_when_the_call_runs(
    env, name, value, allowed
) -> None:
    reset = jax.jit(lambda x: env.reset(seed_key(0), EnvParams(**{name: x})))
    with pytest.raises(REFUSED, match=f"{name} must be {allowed}"):
        jax.block_until_ready(reset(value))


@pytest.mark.parametrize("value", [np.zeros(3), True, None, "-9", [[1], [2, 3]]], ids=str)
def test_a_value_of_another_kind_is_refused_when_it_is_traced(env, value) -> None:
    with pytest.raises(ValueError, match=r"^gravity must be a real number, got "):
        env.reset(seed_key(0), EnvParams(gravity=value))


def test_what_is_no_params_is_refused(env) -> None:
    state = env.reset(seed_key(0))[1]
    for call in (
        lambda params: env.reset(seed_key(0), params),
        lambda params: env.step(None, state, 0, params),
        lambda params: env.step_env(None, state, 0, params),
    ):
        with pytest.raises(ValueError, match=r"^params must be EnvParams, .* got dict"):
            call({"gravity": -10.0})


def test_the_time_limit_is_static_and_can_be_replaced(env) -> None:
    params = EnvParams().replace(max_steps_in_episode=2)
    assert len(jax.tree.leaves(params)) == 9
    _, state = env.reset(seed_key(0), params)
    for truncated in (False, True):
        _, state, _, done, info = env.step(None, state, 0, params)
        assert bool(info["truncated"]) == truncated == bool(done)
    with pytest.raises(TypeError, match="unexpected keyword"):
        EnvParams().replace(gravty=1.0)


@pytest.mark.parametrize("limit", [-1, 0, 2**31, 1.9, True, "3", None, np.array([5])], ids=str)
def test_a_time_limit_that_no_episode_has_is_refused_before_the_first_step(env, limit) -> None:
    state = env.reset(seed_key(0))[1]
    params = EnvParams().replace(max_steps_in_episode=limit)
    told = r"^max_steps_in_episode must be an integer from 1 to 2147483647, got "
    with pytest.raises(ValueError, match=told):
        env.reset(seed_key(0), params)
    with pytest.raises(ValueError, match=told):
        env.step(None, state, 0, params)


@pytest.mark.parametrize("limit", [1, np.int64(1), jnp.int32(1)], ids=["int", "NumPy", "JAX"])
def test_every_kind_of_integer_is_a_time_limit(env, limit) -> None:
    state = env.reset(seed_key(0))[1]
    info = env.step(None, state, 0, EnvParams(max_steps_in_episode=limit))[4]
    assert bool(info["truncated"])
