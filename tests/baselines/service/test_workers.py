"""Bounded pool: work is counted, stopped and timed."""

import asyncio
import threading

import pytest
import torch

from baselines.service.problems import ProblemError
from baselines.service.workers import Progress, StoppedError, Workers


async def never():
    return False


async def at_once():
    return True


@pytest.fixture
def workers():
    pool = Workers(threads=1, waiting=1, seconds=30.0)
    yield pool
    pool.close()


def until_stopped(ended):
    """Work that ends when it is stopped only."""

    def work(progress):
        try:
            while not ended.wait(0.01):
                progress.advance()
        finally:
            ended.set()

    return work


def test_work_gives_its_result_in_one_thread_of_pytorch(workers) -> None:
    async def run():
        return await workers.start(lambda _: torch.get_num_threads()).result(never)

    assert asyncio.run(run()) == 1


def test_work_raises_what_it_raised(workers) -> None:
    async def run():
        await workers.start(lambda _: [][0]).result(never)

    with pytest.raises(IndexError):
        asyncio.run(run())


def test_work_that_nobody_wants_is_stopped(workers) -> None:
    ended = threading.Event()

    async def run():
        await workers.start(until_stopped(ended)).result(at_once)

    with pytest.raises(StoppedError):
        asyncio.run(run())
    assert ended.wait(10)


def test_work_beyond_threads_and_queue_is_refused_until_some_ends(workers) -> None:
    ended = threading.Event()

    async def run():
        running, waiting = workers.start(until_stopped(ended)), workers.start(lambda _: 5)
        assert workers.pending == 2
        with pytest.raises(ProblemError, match="2 episodes or evaluations run or wait") as raised:
            workers.start(lambda _: 6)
        assert (raised.value.status, raised.value.retry_after) == (503, 1)
        running.stop()
        assert await waiting.result(never) == 5
        return await workers.start(lambda _: 7).result(never)

    assert asyncio.run(run()) == 7


def test_progress_can_be_followed(workers) -> None:
    told = threading.Event()

    def work(progress):
        progress.advance(3)
        progress.advance(4)
        told.wait(10)
        return "end"

    async def run():
        task, seen = workers.start(work), []
        async for done in task.follow():
            seen.append(done)
            if done == 7:
                told.set()
        return seen[-1], task.finished()

    assert asyncio.run(run()) == (7, "end")


def test_work_ends_when_its_time_is_over() -> None:
    progress = Progress(0.0)
    with pytest.raises(ProblemError, match="took more than 0 seconds") as raised:
        progress.advance()
    assert raised.value.status == 503


def test_a_closed_pool_has_stopped_its_work() -> None:
    pool, ended = Workers(1, 1, 30.0), threading.Event()

    async def run():
        pool.start(until_stopped(ended))
        waiting = pool.start(lambda _: 1)
        await asyncio.to_thread(pool.close)
        with pytest.raises(StoppedError):
            waiting.finished()

    asyncio.run(run())
    assert ended.is_set()
    assert pool.pending == 0
