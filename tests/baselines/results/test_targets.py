"""Targets: one file of floors and aims, which every committed agent is named in."""

import pytest

from baselines.results import pretrained
from baselines.results.store import COMMITTED, read_all
from baselines.results.targets import Target, floor_of, target_of
from baselines.runs.config import CONFIGS, ConfigError

UNSOLVED = ("pixel_lander_cnn_transformer_ppo",)
"""Committed agents of which a curve is asked for, and of which a seed has missed the threshold."""


def test_floor_and_aim_are_those_of_the_file() -> None:
    assert target_of("lander_ppo") == Target(floor=260, aim=280)
    assert floor_of("lander_ppo") == 260


def test_a_control_or_peer_has_no_target() -> None:
    assert target_of("masked_velocity_lander_ppo") == Target(None, None)
    with pytest.raises(ConfigError, match=r"sb3_lander_ppo has no floor in targets\.yaml"):
        floor_of("sb3_lander_ppo")


@pytest.mark.parametrize("name", pretrained.committed())
def test_every_seed_of_a_committed_agent_reaches_its_floor_and_flies_alike_on_box2d(name) -> None:
    result = read_all(COMMITTED)[name]
    assert min(record.mean_return for record in result.seeds) >= floor_of(name)
    assert not any(record.differ_on_box2d for record in result.seeds)
    assert result.is_solved == (name not in UNSOLVED)  # on every backend
    assert (CONFIGS / f"{name}.yaml").exists()
