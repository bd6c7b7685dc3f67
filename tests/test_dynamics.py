"""Dynamics that LunarLander-v3 has as constants, beside it and in every form."""

import copy
import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.box2d import lunar_lander
from gymnasium.vector import AutoresetMode

import lander_envs
from lander_envs import Outcome, spaces

LANDER = "lander_envs/Lander-v0"
IDS = lander_envs.REGISTERED_IDS
RANGES = {"gravity": [-11.5, -2.0], "main_engine_power": [5.0, 40.0]}


def flown(env, steps: int, seed: int) -> list[tuple[bytes, float, bool]]:
    obs, _ = env.reset(seed=seed)
    results = [(obs.tobytes(), 0.0, False)]
    for t in range(steps):
        obs, reward, terminated, *_ = env.step(t * 7 % 5 % 4)
        results.append((obs.tobytes(), float(reward), terminated))
        if terminated:
            obs, _ = env.reset()
            results.append((obs.tobytes(), 0.0, False))
    return results


class ScaledGenerator:
    """Generator that scales the engines' draws, uniform(-1, 1), and flattens the terrain."""

    def __init__(self, generator: np.random.Generator, dispersion: float, flat: bool) -> None:
        self._generator, self._dispersion, self._flat = generator, dispersion, flat

    def __getattr__(self, name: str):
        return getattr(self._generator, name)

    def uniform(self, low: float, high: float, size=None):
        drawn = self._generator.uniform(low, high, size)
        if size is not None:
            return np.full(size, 400 / 30 / 4) if self._flat else drawn
        return drawn * self._dispersion if high == 1.0 else drawn


class Reference(lunar_lander.LunarLander):
    """Gymnasium's class with a generator of that kind."""

    dispersion, flat = 1.0, False

    @property
    def np_random(self):
        return ScaledGenerator(super().np_random, self.dispersion, self.flat)

    @np_random.setter
    def np_random(self, value) -> None:
        self._np_random = value


@pytest.mark.parametrize("backend", ["native", "box2d"])
@pytest.mark.parametrize(
    ("constant", "name", "value"),
    [
        ("MAIN_ENGINE_POWER", "main_engine_power", 20.25),
        ("SIDE_ENGINE_POWER", "side_engine_power", 1.3),
        ("INITIAL_RANDOM", "initial_force", 0.0),
        ("INITIAL_RANDOM", "initial_force", 2345.6),
    ],
)
def test_flights_are_those_of_gymnasium_with_its_constants_patched(
    constant, name, value, backend, monkeypatch
) -> None:
    env = gym.make(LANDER, backend=backend, enable_wind=True, **{name: value}).unwrapped
    given = flown(env, 400, seed=4)
    monkeypatch.setattr(lunar_lander, constant, value)
    assert given == flown(lunar_lander.LunarLander(enable_wind=True), 400, seed=4)


@pytest.mark.parametrize("dispersion", [0.0, 2.5])
def test_dispersion_scales_the_draws_of_gymnasiums_engines(dispersion, monkeypatch) -> None:
    monkeypatch.setattr(Reference, "dispersion", dispersion)
    given = flown(gym.make(LANDER, dispersion=dispersion).unwrapped, 400, seed=5)
    assert given == flown(Reference(), 400, seed=5)


def test_a_flat_terrain_is_gymnasiums_with_equal_heights(monkeypatch) -> None:
    monkeypatch.setattr(Reference, "flat", True)
    given = flown(gym.make(LANDER, terrain="flat").unwrapped, 600, seed=6)
    assert given == flown(Reference(), 600, seed=6)


def test_without_dispersion_and_push_every_episode_is_the_same() -> None:
    env = gym.make(LANDER, dispersion=0.0, initial_force=0.0, terrain="flat").unwrapped
    assert flown(env, 100, seed=1) == flown(env, 100, seed=2)


def test_the_fuel_costs_its_multiple() -> None:
    costs = {}
    for factor in (0.0, 1.0, 3.0):
        env = gym.make(LANDER, fuel_cost=factor)
        env.reset(seed=0)
        costs[factor] = env.step(2)[1]
    assert costs[0.0] - costs[1.0] == pytest.approx(0.30)
    assert costs[0.0] - costs[3.0] == pytest.approx(0.90)


def test_the_wind_of_an_episode_is_constant_per_episode() -> None:
    """Wind alone accelerates the hull sideways: its speed grows evenly once the legs are still."""
    means: dict[str, list[float]] = {"per_episode": [], "continuing": []}
    for wind_mode, found in means.items():
        env = gym.make(
            LANDER, enable_wind=True, wind_mode=wind_mode, dispersion=0.0, turbulence_power=0.0
        )
        for seed in range(3):
            env.reset(seed=seed)
            speeds = [env.step(0)[0][spaces.VX] for _ in range(40)][10:]
            mean = np.diff(speeds).mean()
            even = np.ptp(np.diff(speeds)) < 0.05 * abs(mean)
            assert even == (wind_mode == "per_episode")
            found.append(round(float(mean), 6))
    assert len(set(means["per_episode"])) == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [("dispersion", 0.0), ("fuel_cost", 2.0), ("wind_mode", "per_episode"), ("terrain", "flat")],
)
def test_box2d_refuses_what_it_does_not_have(name, value) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be .* with backend=.box2d., .*{value!r}"):
        gym.make(LANDER, backend="box2d", **{name: value})
    env = gym.make(LANDER, backend="box2d").unwrapped
    env.reset(seed=0)
    with pytest.raises(ValueError, match=f"^{name} must be"):
        env.reset(options={name: value})
    with pytest.raises(ValueError, match=f"^{name} must be"):
        setattr(env, name, value)
    assert getattr(env, name) != value


@pytest.mark.parametrize("make", [gym.make, gym.make_vec])
def test_box2d_refuses_to_draw_what_it_does_not_have(make) -> None:
    for ends in ([0.0, 1.0], [1.0, 2.0]):
        with pytest.raises(ValueError, match=r"^fuel_cost must be 1.0 with backend=.box2d."):
            make(LANDER, backend="box2d", randomize={"fuel_cost": ends})


@pytest.mark.parametrize("env_id", IDS)
def test_every_id_takes_the_dynamics_in_single_and_batch_alike(env_id) -> None:
    changes = {"main_engine_power": 20.0, "dispersion": 0.5, "fuel_cost": 0.0, "terrain": "flat"}
    single, batch = gym.make(env_id, **changes), gym.make_vec(env_id, num_envs=2, **changes)
    plain = gym.make_vec(env_id, num_envs=2)
    obs, _ = single.reset(seed=0)
    observations, _ = batch.reset(seed=[0, 0])
    np.testing.assert_array_equal(observations[1], obs)
    action = 2 if single.action_space.shape == () else np.array([0.8, 0.6])
    plain.reset(seed=[0, 0])
    for _ in range(20):
        obs, reward, *_ = single.step(action)
        observations, rewards, *_ = batch.step([action, action])
        other, *_ = plain.step([action, action])
        np.testing.assert_array_equal(observations[1], obs)
        assert rewards[1] == reward
    assert (observations != other).any()


def test_batches_take_arrays_and_a_reset_changes_them() -> None:
    envs = gym.make_vec(LANDER, num_envs=2, terrain=["flat", "random"], fuel_cost=[0.0, 1.0])
    envs.reset(seed=0)
    assert envs.get_attr("terrain") == ("flat", "random")
    envs.reset(options={"terrain": "flat", "dispersion": [0.0, 2.0]})
    batch = envs.unwrapped
    assert batch.terrain.tolist() == ["flat", "flat"]
    assert batch.dispersion.tolist() == [0.0, 2.0]


@pytest.mark.parametrize("backend", ["native", "box2d"])
def test_randomized_arguments_are_drawn_alike_by_single_and_batch(backend) -> None:
    single = gym.make(LANDER, backend=backend, randomize=RANGES)
    batch = gym.make_vec(LANDER, num_envs=2, randomize=RANGES)
    obs, info = single.reset(seed=7)
    observations, infos = batch.reset(seed=7)
    ended = 0
    for t in range(400):
        np.testing.assert_array_equal(observations[0], obs)
        for name, (low, high) in RANGES.items():
            assert infos[name][0] == info[name]
            assert low <= info[name] <= high
            assert infos[f"_{name}"].all()
        if info["outcome"] != Outcome.RUNNING:
            obs, info = single.reset()
            ended += 1
        else:
            obs, *_, info = single.step(t * 7 % 5 % 4)
        observations, *_, infos = batch.step([t * 7 % 5 % 4] * 2)
    assert ended >= 2


def test_a_final_info_tells_what_its_own_episode_drew() -> None:
    envs = gym.make_vec(
        LANDER, num_envs=4, randomize=RANGES, autoreset_mode=AutoresetMode.SAME_STEP
    )
    _, infos = envs.reset(seed=0)
    before, seen = infos["gravity"].copy(), 0
    for _ in range(200):
        infos["gravity"][:] = 0.0  # the caller's
        _, _, terminated, _, infos = envs.step([0] * 4)
        if terminated.any():
            final = infos["final_info"]["gravity"]
            assert (final[terminated] == before[terminated]).all()
            assert (infos["gravity"][terminated] != before[terminated]).all()
            seen += 1
        before = infos["gravity"].copy()
    assert seen >= 2


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
def test_a_final_info_after_a_copy_or_a_restored_state_tells_what_its_episode_drew(copied) -> None:
    mode = AutoresetMode.SAME_STEP
    envs = gym.make_vec(
        LANDER, num_envs=2, randomize=RANGES, autoreset_mode=mode, max_episode_steps=2
    ).unwrapped
    _, infos = envs.reset(seed=0)
    drawn, other = infos["gravity"].tolist()
    again = copied(envs)
    again.step([0, 0])
    final = again.step([0, 0])[-1]["final_info"]
    assert final["gravity"].tolist() == [drawn, other]
    envs.restore_state(envs.clone_state(0), 1)
    envs.step([0, 0])
    final = envs.step([0, 0])[-1]["final_info"]
    assert final["gravity"].tolist() == [drawn, drawn]


@pytest.mark.parametrize("env_id", IDS)
def test_a_restored_state_keeps_the_arguments_that_were_drawn(env_id) -> None:
    first, second = (gym.make(env_id, randomize=RANGES).unwrapped for _ in range(2))
    _, info = first.reset(seed=0)
    second.reset(seed=1)
    second.restore_state(first.clone_state())
    batch = gym.make_vec(env_id, num_envs=2, randomize=RANGES).unwrapped
    batch.reset(seed=5)
    batch.restore_state(first.clone_state(), 1)
    for _ in range(10):
        action = first.action_space.sample()
        obs, reward, *_, info = first.step(action)
        again, reward_again, *_, info_again = second.step(action)
        observations, rewards, *_, infos = batch.step([action, action])
        np.testing.assert_array_equal(again, obs)
        np.testing.assert_array_equal(observations[1], obs)
        assert reward == reward_again == rewards[1]
        assert info["gravity"] == info_again["gravity"] == infos["gravity"][1]
    second.restore_state(batch.clone_state(1))
    np.testing.assert_array_equal(second.step(action)[0], first.step(action)[0])


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
def test_a_copy_goes_on_with_the_arguments_that_were_drawn(copied) -> None:
    single = gym.make(LANDER, randomize=RANGES).unwrapped
    batch = gym.make_vec(LANDER, num_envs=3, randomize=RANGES).unwrapped
    single.reset(seed=0)
    batch.reset(seed=0)
    again, batch_again = copied(single), copied(batch)
    for _ in range(300):
        assert single.step(0)[-1] == again.step(0)[-1]
        results, copies = batch.step([0] * 3), batch_again.step([0] * 3)
        np.testing.assert_array_equal(results[0], copies[0])
        np.testing.assert_array_equal(results[-1]["gravity"], copies[-1]["gravity"])


def test_a_state_with_drawn_arguments_needs_an_env_that_draws_them() -> None:
    drawing = gym.make(LANDER, randomize=RANGES).unwrapped
    plain = gym.make(LANDER).unwrapped
    drawing.reset(seed=0), plain.reset(seed=0)
    with pytest.raises(ValueError, match="the same kind of env"):
        plain.restore_state(drawing.clone_state())
    with pytest.raises(ValueError, match="the same kind of env"):
        drawing.restore_state(plain.clone_state())
    narrow = gym.make(LANDER, randomize=RANGES | {"gravity": [-1.5, -1.0]}).unwrapped
    narrow.reset(seed=0)
    with pytest.raises(ValueError, match=r"state: gravity must be between -1.5 and -1"):
        narrow.restore_state(drawing.clone_state())


def test_an_argument_that_is_drawn_cannot_be_set() -> None:
    env = gym.make(LANDER, randomize=RANGES).unwrapped
    with pytest.raises(ValueError, match="randomize draws it"):
        env.reset(options={"gravity": -3.0})
    told = r"^gravity cannot be set to -3\.0, because randomize draws it at each reset$"
    with pytest.raises(ValueError, match=told):
        env.gravity = -3.0
    envs = gym.make_vec(LANDER, num_envs=2, randomize=RANGES).unwrapped
    envs.reset(seed=0)
    on_box2d = gym.make_vec(LANDER, num_envs=2, backend="box2d", randomize={"gravity": [-3, -2]})
    for batch in (envs, on_box2d.unwrapped):
        with pytest.raises(ValueError, match=told):
            batch.set_attr("gravity", -3.0)
        with pytest.raises(ValueError, match=told):
            batch.gravity = -3.0
    with pytest.raises(ValueError, match="randomize draws it"):
        envs.reset(options={"gravity": -3.0})


@pytest.mark.parametrize(("power", "climbs"), [(7.4, False), (7.5, True), (130.0, True)])
def test_the_main_engine_holds_the_lander_from_a_power_of_7_44(power, climbs) -> None:
    """Impulse a step 4 / 30 of the power; weight 4.959 times 10 / 50 a step: equal at 7.438."""
    env = gym.make(LANDER, main_engine_power=power, dispersion=0.0, initial_force=0.0).unwrapped
    env.reset(seed=0)
    speeds = [env.step(2)[0][spaces.VY] for _ in range(60)]
    assert (speeds[-1] > speeds[20]) == climbs
    limit = 100 * (400 / 30 / 2) / 50  # the solver's, of 100 world units a second
    assert max(speeds) < limit + 1e-5
    assert (speeds[30] == pytest.approx(limit, abs=1e-5)) == (power == 130.0)
