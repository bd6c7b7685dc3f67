"""Mutual exclusion: threads that share a batch get whole results of their own."""

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import lander_envs
from lander_envs.vector.exclusive import Exclusive, exclusive

THREADS = 4
STEPS = 12  # together; a multiple of THREADS


@pytest.fixture
def eager_threads():
    """Let Python switch between threads as often as it can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def make(env_id: str, mode: str) -> gym.vector.VectorEnv:
    limits = {} if mode == "Disabled" else {"max_episode_steps": 5}
    envs = gym.make_vec(env_id, num_envs=40, num_threads=2, autoreset_mode=mode, **limits)
    envs.reset(seed=0)
    return envs


def flat(value: Any) -> bytes:
    """Bytes of all arrays in nested containers."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, np.ndarray) and value.dtype != object:
        return value.tobytes()
    return b"" if value is None else b"".join(map(flat, value))


def step(envs: gym.vector.VectorEnv) -> bytes:
    """All that a step returns; the same action every time, so that the order does not matter."""
    return flat(envs.step(np.zeros(envs.action_space.shape, envs.action_space.dtype)))


@pytest.mark.usefixtures("eager_threads")
@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
def test_threads_that_step_one_batch_get_whole_steps_each_its_own(env_id, mode) -> None:
    reference, envs = make(env_id, mode), make(env_id, mode)
    expected = [step(reference) for _ in range(STEPS)]
    with ThreadPoolExecutor(THREADS) as threads:
        got = list(threads.map(lambda _: step(envs), range(STEPS)))
    assert sorted(got) == sorted(expected)


@pytest.mark.usefixtures("eager_threads")
@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
def test_a_state_that_is_cloned_while_another_thread_steps_is_that_of_one_moment(env_id) -> None:
    reference, envs = make(env_id, "NextStep").unwrapped, make(env_id, "NextStep").unwrapped
    moments = {reference.clone_state(0)}
    for _ in range(STEPS):
        step(reference)
        moments.add(reference.clone_state(0))
    cloned: list[bytes] = []

    def clone_until(stop: threading.Event) -> None:
        while not stop.is_set():
            cloned.append(envs.clone_state(0))

    stop = threading.Event()
    cloner = threading.Thread(target=clone_until, args=(stop,))
    cloner.start()
    for _ in range(STEPS):
        step(envs)
    stop.set()
    cloner.join()
    assert cloned
    assert set(cloned) <= moments


class Counter(Exclusive):
    def __init__(self) -> None:
        self._make_lock()
        self.count = 0

    @exclusive
    def increase(self, times: int = 1) -> int:
        if times > 1:
            self.increase(times - 1)  # the same thread may enter again
        count = self.count
        [() for _ in range(20)]
        self.count = count + 1
        return self.count


@pytest.mark.usefixtures("eager_threads")
def test_a_call_excludes_those_of_other_threads_and_not_its_own() -> None:
    counter = Counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda _: counter.increase(times=3), range(300)))
    assert counter.count == 900


def in_a_fork(work: Any) -> int:
    """Exit status of a child process that calls ``work``; 14 if it hangs."""
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        work()
        os._exit(0)
    return os.waitpid(child, 0)[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_can_call_a_batch_that_a_thread_was_calling() -> None:
    counter = Counter()
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with counter._lock:
            held.set()
            release.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    status = in_a_fork(counter.increase)
    release.set()
    holder.join()
    assert status == 0
    assert counter.increase() == 1  # the parent's is its own
