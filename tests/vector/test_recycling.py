"""Recycled arrays: what a caller keeps is never overwritten, and nothing grows without bound."""

import copy
import pickle
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import gymnasium as gym
import numpy as np
import pytest

import lander_envs
from lander_envs.vector import recycling
from lander_envs.vector.recycling import RecycledArrays, free_view

resource = pytest.importorskip("resource")  # Windows has none

N = 2048  # envs of which every array is recycled: 64 KB of observations


def addresses(pool: RecycledArrays) -> set[int]:
    return {array.ctypes.data for array in pool._arrays}


@pytest.mark.parametrize(
    "keep",
    [
        lambda array: array,
        lambda array: array[0],
        lambda array: array.T[::2][1:],
        lambda array: array.reshape(-1),
        memoryview,
        lambda array: [{"deep": (array,)}],
        lambda array: np.frombuffer(array, np.uint8),
    ],
)
def test_an_array_is_kept_while_it_or_a_view_of_it_is_held(keep) -> None:
    pool = RecycledArrays((4, 4), np.float64)
    array = pool.take()
    array[:] = 7.0
    address = array.ctypes.data
    kept = keep(array)
    del array
    for _ in range(10):
        other = pool.take()
        assert other.ctypes.data != address
        other[:] = 0.0
    del kept, other
    taken = [pool.take() for _ in range(3)]
    assert address in {array.ctypes.data for array in taken} or address not in addresses(pool)


def test_a_torch_tensor_over_an_array_holds_it() -> None:
    torch = pytest.importorskip("torch")
    pool = RecycledArrays((4,), np.float32)
    tensor = torch.from_numpy(pool.take())
    tensor[:] = 5.0
    for _ in range(10):
        pool.take()[:] = 0.0
    assert tensor.tolist() == [5.0] * 4


def test_a_free_array_is_taken_again_and_its_shape_and_flags_are_its_own() -> None:
    pool = RecycledArrays((2, 8), np.float32)
    array = pool.take()
    address = array.ctypes.data
    array.flags.writeable = False
    array = None
    again = pool.take()
    assert again.ctypes.data == address
    assert again.shape == (2, 8)
    assert again.flags.writeable


def test_a_pool_keeps_at_most_four_arrays() -> None:
    pool = RecycledArrays((8,), np.float64)
    held = [pool.take() for _ in range(50)]
    for number, array in enumerate(held):
        array[:] = number
    assert [array[0] for array in held] == list(range(50))
    assert len(pool._arrays) == recycling._MAX_ARRAYS == 4


def test_without_exact_reference_counts_every_array_is_fresh(monkeypatch) -> None:
    monkeypatch.setattr(recycling, "_COUNTS_ARE_EXACT", False)
    pool = RecycledArrays((8,), np.float64)
    pool.take()
    assert len(pool._arrays) == 0
    assert free_view(pool._arrays) is None


def test_threads_never_get_the_same_array() -> None:
    pool, wrong = RecycledArrays((64,), np.int64), []
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def work(number: int) -> None:
        for _ in range(3000):
            array = pool.take()
            array[:] = number
            if (array != number).any():
                wrong.append(number)

    try:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(work, range(4)))
    finally:
        sys.setswitchinterval(interval)
    assert wrong == []


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
def test_what_a_caller_keeps_is_never_overwritten(env_id, mode) -> None:
    n = 8 if "Pixel" in env_id else N
    envs = gym.make_vec(env_id, num_envs=n, autoreset_mode=mode, max_episode_steps=7)
    kept = [envs.reset(seed=0)[0]]
    bytes_then = [kept[0].tobytes()]
    for step in range(20):
        for array in envs.step(envs.action_space.sample())[:4]:
            kept.append(array[: n // 2] if step % 2 else array)
            bytes_then.append(kept[-1].tobytes())
    assert [array.tobytes() for array in kept] == bytes_then


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
def test_a_caller_that_writes_into_what_it_got_changes_no_later_step(env_id) -> None:
    n = 8 if "Pixel" in env_id else N
    envs, reference = (gym.make_vec(env_id, num_envs=n, max_episode_steps=7) for _ in range(2))
    envs.reset(seed=0)[0][:] = 9
    reference.reset(seed=0)
    for _ in range(20):
        action = envs.action_space.sample()
        got, expected = (batch.step(action) for batch in (envs, reference))
        for mine, theirs in zip(got[:4], expected[:4], strict=True):
            assert mine.tobytes() == theirs.tobytes()
            mine[:] = 1


def test_pools_are_not_shared_by_copies_and_not_pickled() -> None:
    envs = gym.make_vec("lander_envs/Lander-v0", num_envs=N)
    envs.reset(seed=0)
    obs = envs.step(np.zeros(N, int))[0]
    size = len(pickle.dumps(envs))
    again = copy.copy(envs)
    assert not np.shares_memory(again.step(np.zeros(N, int))[0], obs)
    for _ in range(5):
        envs.step(np.zeros(N, int))
    assert len(pickle.dumps(envs)) <= 1.05 * size


def test_copies_of_pictures_take_no_fresh_pages() -> None:
    envs = gym.make_vec("lander_envs/PixelLander-v0", num_envs=64, num_threads=1)
    obs, _ = envs.reset(seed=0)
    actions = np.zeros(64, int)
    for _ in range(4):
        obs = envs.step(actions)[0]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        obs = envs.step(actions)[0]
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    pages = obs.nbytes // resource.getpagesize()  # 441 of 4 KB
    assert faults < pages


def test_threads_that_step_one_batch_get_whole_pictures_of_their_own() -> None:
    envs = gym.make_vec("lander_envs/PixelLander-v0", num_envs=4)
    envs.reset(seed=0)
    kept: list[tuple[np.ndarray, bytes]] = []

    def work() -> None:
        for _ in range(20):
            obs = envs.step(np.zeros(4, int))[0]
            kept.append((obs, obs.tobytes()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(obs.tobytes() == then for obs, then in kept)
    assert len({obs.ctypes.data for obs, _ in kept}) == len(kept) == 80
