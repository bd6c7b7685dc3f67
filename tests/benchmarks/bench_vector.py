"""Steps per second of vector envs beside their peers, in turn in one run: ``tox run -e bench``."""

import pytest

from lander_envs import _native
from tests.benchmarks.flights import Flight, run, run_with_policy

pytest.importorskip("envpool", reason="EnvPool is the peer to compare with")

SIZES = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536)


def steps_for(num_envs: int) -> int:
    """Steps of a round: as many as take a tenth of a second or so."""
    return max(5, min(400, 100_000 // num_envs))


PEERS = [
    Flight("EnvPool", 256, 100),
    Flight("lander_envs", 256, 400),
    *(
        Flight("lander_envs", 256, 400, kwargs={"instruction_set": name})
        for name in _native.INSTRUCTION_SETS
    ),
    Flight("EnvPool", 256, 100, kwargs={"threads": 2}),
    Flight("lander_envs", 256, 400, kwargs={"threads": 2}),
    Flight("EnvPool", 1024, 25, kwargs={"threads": 2}),
    Flight("lander_envs", 1024, 100, kwargs={"threads": 2}),
    Flight("Gymnasium Sync", 64, 100),
    Flight("Gymnasium Async", 8, 200),
    Flight("Gymnasium Async", 64, 50),
    Flight("lander_envs", 64, 400),
]


@pytest.mark.benchmark(group="random actions")
@pytest.mark.parametrize("flight", PEERS, ids=lambda flight: flight.name)
def bench_random(benchmark, flight: Flight) -> None:
    run(benchmark, flight)


LANDING = [
    Flight("EnvPool", 256, 100, "heuristic"),
    *(
        Flight("lander_envs", 256, 100, "heuristic", {"instruction_set": name})
        for name in _native.INSTRUCTION_SETS
    ),
    Flight("EnvPool", 256, 100, "heuristic", {"threads": 2}),
    Flight("lander_envs", 256, 100, "heuristic", {"threads": 2}),
    Flight("Gymnasium Sync", 64, 100, "heuristic"),
    Flight("lander_envs", 64, 100, "heuristic"),
    Flight("lander_envs", 1024, 100, "heuristic"),
    Flight("lander_envs", 1024, 100, "heuristic", {"threads": 2}),
]


@pytest.mark.benchmark(group="landing heuristic, actions known")
@pytest.mark.parametrize("flight", LANDING, ids=lambda flight: flight.name)
def bench_landing(benchmark, flight: Flight) -> None:
    run(benchmark, flight)


@pytest.mark.benchmark(group="landing heuristic, computed in NumPy meanwhile")
@pytest.mark.parametrize(
    "flight",
    [
        Flight("EnvPool", 256, 100, "heuristic"),
        Flight("Gymnasium Sync", 64, 100, "heuristic"),
        Flight("lander_envs", 256, 100, "heuristic"),
        Flight("lander_envs", 1024, 100, "heuristic"),
    ],
    ids=lambda flight: flight.name,
)
def bench_with_policy(benchmark, flight: Flight) -> None:
    run_with_policy(benchmark, flight)


@pytest.mark.benchmark(group="sizes")
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("num_envs", SIZES)
def bench_sizes(benchmark, num_envs: int, threads: int) -> None:
    run(
        benchmark, Flight("lander_envs", num_envs, steps_for(num_envs), kwargs={"threads": threads})
    )


@pytest.mark.benchmark(group="sizes")
@pytest.mark.parametrize("num_envs", [1, 16, 256, 4096])
def bench_sizes_of_envpool(benchmark, num_envs: int) -> None:
    run(benchmark, Flight("EnvPool", num_envs, max(5, steps_for(num_envs) // 8)))
