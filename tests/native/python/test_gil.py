"""Threads on one batch: at the exit of the interpreter, and beside the garbage collector."""

import subprocess
import sys
import threading

import numpy as np
import pytest

from lander_envs import _native
from lander_envs.vector import LanderVectorEnv, PixelLanderVectorEnv, arguments

EXIT = """
import sys, threading, time
import numpy as np
from lander_envs.vector import LanderVectorEnv, PixelLanderVectorEnv

envs, call = eval(sys.argv[1]), sys.argv[2]
envs.reset(seed=0)
state, actions = envs.clone_state(0), np.zeros(envs.num_envs, np.int64)
started = threading.Event()
calls = {
    "step": lambda: envs.step(actions),
    "reset": lambda: envs.reset(seed=1),
    "clone_state": lambda: envs.clone_state(0),
    "restore_state": lambda: envs.restore_state(state, 0),
    "np_random": lambda: envs.np_random,
}

def work():
    while True:
        calls[call]()
        started.set()

for _ in range(2):
    threading.Thread(target=work, daemon=True).start()
started.wait()
time.sleep(0.05)
"""
SMALL, LARGE = "LanderVectorEnv(2)", "LanderVectorEnv(512, num_threads=2)"


@pytest.mark.parametrize(
    ("envs", "call"),
    [
        *((SMALL, call) for call in ("step", "reset", "clone_state", "restore_state")),
        *((LARGE, call) for call in ("step", "reset", "np_random")),
        ("PixelLanderVectorEnv(8, num_threads=2)", "step"),
    ],
)
def test_the_interpreter_exits_while_daemon_threads_use_a_batch(envs, call) -> None:
    command = [sys.executable, "-c", EXIT, envs, call]
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("make", [LanderVectorEnv, PixelLanderVectorEnv])
def test_four_threads_may_use_every_call_of_a_batch(make) -> None:
    """They finish, and a finalizer that the collector runs within a call may call the batch."""
    n = 6
    envs = make(n, num_threads=2)
    envs.reset(seed=0)
    batch: _native.Landers = envs._batch
    state, actions = batch.clone_state(0), np.zeros(n, np.int64)
    stack = bytes(4 * 84 * 84) if make is PixelLanderVectorEnv else b""
    rows = arguments.spread(n, enable_wind=True).rows
    finalized = []

    class Finalized:
        def __init__(self) -> None:
            self.cycle = self

        def __del__(self) -> None:
            finalized.append(batch.elapsed(0))

    def work(i: int) -> None:
        for _ in range(60):
            batch.step(actions)
            batch.restore_state(i, state, 0, stack=stack)
            batch.set_params(np.arange(n) == i, rows)
            batch.set_next_params(np.arange(n) == i, rows)
            batch.seed([i] * n)
            for read in (batch.random_state, batch.clone_state, batch.elapsed):
                read(i)
            if isinstance(batch, _native.PixelBatch):
                batch.decisions(i)
            [Finalized() for _ in range(30)]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    assert len(finalized) > 0
