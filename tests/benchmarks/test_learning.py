"""The committed costs of learning are of the benchmark's agents."""

import json
from pathlib import Path

import pytest

from tests.benchmarks.bench_learning import OFF_POLICY, ON_POLICY

PHASES = {
    "acting by rollouts": ON_POLICY,
    "updates from rollouts": ON_POLICY,
    "acting into a replay buffer": OFF_POLICY,
    "updates from a replay buffer": OFF_POLICY,
}
COMMITTED = json.loads(Path("docs/results/learning_speed.json").read_text())["groups"]


@pytest.mark.parametrize("phase", PHASES)
def test_the_rows_of_a_phase_are_the_agents_that_the_benchmark_times(phase) -> None:
    rows = [row.rpartition(", ")[0] for row in COMMITTED[f"{phase}, on the CPU"]]
    assert rows == list(PHASES[phase])
