"""The replay buffer and the stacks of observations, against numbers worked by hand."""

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces
from gymnasium.wrappers import FrameStackObservation

from baselines.algorithms.replay_buffer import ObservationHistory, ReplayBuffer
from baselines.runs.config import ConfigError


def filled(steps, *, capacity=100, history=1, n_step=1, gamma=0.5) -> ReplayBuffer:
    """A buffer of one environment; steps are (obs, reward, terminated, truncated, is_reset)."""
    buffer = ReplayBuffer(
        capacity, 1, (1,), np.float32, history=history, n_step=n_step, gamma=gamma
    )
    for obs, reward, *flags in steps:
        arrays = [np.array([flag], dtype=bool) for flag in flags]
        buffer.add(np.full((1, 1), obs), np.array([obs % 4]), np.array([reward]), *arrays)
    return buffer


def by_obs(buffer: ReplayBuffer) -> dict[float, tuple]:
    """Every transition that 500 draws find, by its newest observation."""
    batch = buffer.sample(500)
    assert batch.actions.dtype == torch.int64
    return {
        float(obs[-1]): (obs.tolist(), int(a), float(r), float(d), next_obs.tolist())
        for obs, a, r, d, next_obs in zip(*batch, strict=True)
    }


GOING_ON = (False, False, False)
# Three steps with rewards 1, 2, 4 from 10 to the last observation 13; then 20, 21, 22.
TERMINATED = [(10, 1, *GOING_ON), (11, 2, *GOING_ON), (12, 4, True, False, False)]
TRUNCATED = [(10, 1, *GOING_ON), (11, 2, *GOING_ON), (12, 4, False, True, False)]
NEXT = [(13, 0, False, False, True), (20, 8, *GOING_ON), (21, 16, *GOING_ON), (22, 0, *GOING_ON)]


def test_a_one_step_transition_leads_to_the_next_observation() -> None:
    found = by_obs(filled([*TERMINATED[:2], (12, 0, *GOING_ON)]))
    assert found == {10.0: ([10.0], 2, 1.0, 0.5, [11.0]), 11.0: ([11.0], 3, 2.0, 0.5, [12.0])}


def test_a_return_of_two_steps_discounts_the_second_reward() -> None:
    found = by_obs(filled(TERMINATED + NEXT, n_step=2))
    # 1 + 0.5 * 2 = 2, and the value after two steps is worth 0.25.
    assert found[10.0] == ([10.0], 2, 2.0, 0.25, [12.0])


def test_a_return_that_reaches_a_terminal_state_bootstraps_from_nothing() -> None:
    found = by_obs(filled(TERMINATED + NEXT, n_step=3))
    assert found[10.0][2:4] == (1 + 0.5 * 2 + 0.25 * 4, 0.0)
    # From 12 on one reward is left: those of the next episode do not enter.
    assert found[12.0][2:4] == (4.0, 0.0)


def test_a_return_cut_off_by_the_time_limit_bootstraps_from_the_last_observation() -> None:
    found = by_obs(filled(TRUNCATED + NEXT, n_step=3))
    assert found[10.0] == ([10.0], 2, 3.0, 0.125, [13.0])
    assert found[11.0] == ([11.0], 3, 2 + 0.5 * 4, 0.25, [13.0])  # two steps were left
    assert found[12.0] == ([12.0], 0, 4.0, 0.5, [13.0])


def test_the_step_that_only_resets_starts_no_transition() -> None:
    found = by_obs(filled(TERMINATED + NEXT))
    assert set(found) == {10.0, 11.0, 12.0, 20.0, 21.0}


def test_a_stack_starts_with_copies_of_the_episodes_first_observation() -> None:
    found = by_obs(filled(TRUNCATED + NEXT, history=3))
    assert found[10.0][0] == [10.0, 10.0, 10.0]
    assert found[11.0][0] == [10.0, 10.0, 11.0]
    assert found[12.0][0] == [10.0, 11.0, 12.0]
    assert found[12.0][4] == [11.0, 12.0, 13.0]
    # Nothing of the episode before enters.
    assert found[20.0][0] == [20.0, 20.0, 20.0]
    assert found[21.0][0] == [20.0, 20.0, 21.0]


def test_a_full_ring_forgets_the_oldest_and_never_mixes_it_with_the_newest() -> None:
    steps = [(obs, obs, *GOING_ON) for obs in range(30)]
    found = by_obs(filled(steps, capacity=8, history=3, n_step=2))
    # Rows 22 to 29 are held; a stack needs two before it, a return two after it.
    assert set(found) == {24.0, 25.0, 26.0, 27.0}
    for obs, (stack, _, reward, discount, next_stack) in found.items():
        assert stack == [obs - 2, obs - 1, obs]
        assert (reward, discount) == (obs + 0.5 * (obs + 1), 0.25)
        assert next_stack == [obs, obs + 1, obs + 2]


def test_environments_do_not_mix() -> None:
    buffer = ReplayBuffer(40, 2, (1,), np.float32, history=2, n_step=1, gamma=1.0)
    nothing = np.zeros(2, bool)
    for t in range(5):
        obs = np.array([[t], [100 + t]], np.float32)
        buffer.add(obs, np.array([0, 1]), np.array([t, 100.0 + t]), nothing, nothing, nothing)
    assert len(buffer) == 10
    batch = buffer.sample(200)
    assert set(batch.obs[:, 1].tolist()) == {0, 1, 2, 3, 100, 101, 102, 103}
    assert torch.equal(batch.returns, batch.obs[:, 1])
    assert torch.equal(batch.next_obs[:, 1], batch.obs[:, 1] + 1)
    assert torch.equal(batch.actions, (batch.obs[:, 0] >= 100).long())


def test_pictures_are_stored_once_and_stay_bytes() -> None:
    buffer = ReplayBuffer(1000, 1, (1, 84, 84), np.uint8, history=4, n_step=1, gamma=1.0)
    assert buffer._obs.nbytes == 1000 * 84 * 84
    nothing = np.zeros(1, bool)
    for t in range(6):
        frame = np.full((1, 1, 84, 84), t, np.uint8)
        buffer.add(frame, np.zeros(1, int), np.zeros(1), nothing, nothing, nothing)
    batch = buffer.sample(50)
    assert batch.obs.shape == (50, 4, 84, 84)
    assert batch.obs.dtype == torch.uint8
    newest = batch.obs[:, 3, 0, 0].int()
    assert torch.equal(batch.obs[:, 0, 0, 0].int(), (newest - 3).clamp(min=0))


def test_a_buffer_too_small_for_one_transition_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"buffer_size: must be at least .* = 56, got 48"):
        ReplayBuffer(48, 8, (1,), np.float32, history=3, n_step=3, gamma=0.9)


def test_the_smallest_buffer_can_always_be_drawn_from() -> None:
    """Two rows where transitions may start: one or the other is always no reset."""
    buffer, one = ReplayBuffer(3, 1, (1,), np.float32, history=1, n_step=1, gamma=0.5), np.ones(1)
    for t in range(12):
        is_reset = np.array([t % 2 == 1])  # episodes of a single step
        buffer.add(one[None] * t, one.astype(int), one, ~is_reset, is_reset & False, is_reset)
        if buffer.ready:
            drawn = buffer.sample(200).obs[:, 0]
            assert set(drawn.tolist()) == {(t - 1) // 2 * 2}


class Counting(gym.Env):
    """Episodes of three steps; the observation counts on across them."""

    observation_space = spaces.Box(0, 1000, (2,), np.float32)
    action_space = spaces.Discrete(2)
    number = 0

    def reset(self, *, seed=None, options=None):
        self.left = 3
        return self._look(), {}

    def step(self, action):
        self.left -= 1
        return self._look(), 0.0, self.left == 0, False, {}

    def _look(self):
        self.number += 1
        return np.array([self.number, -self.number], np.float32)


def test_the_history_is_that_of_gymnasiums_frame_stack() -> None:
    history, reference = ObservationHistory(3), FrameStackObservation(Counting(), 3)
    env = Counting()
    for _ in range(3):
        obs, expected = env.reset()[0], reference.reset()[0]
        got = history.push(obs[None], np.array([True]))
        assert got.tolist() == [expected.reshape(-1).tolist()]
        for _ in range(3):
            obs, expected = env.step(0)[0], reference.step(0)[0]
            got = history.push(obs[None], np.array([False]))
            assert got.tolist() == [expected.reshape(-1).tolist()]
