"""Checks before publication, each by itself."""

import pytest

from baselines.algorithms.registry import build_config
from baselines.results import pretrained
from baselines.results.publication import (
    check_floor,
    check_plays_as_scored,
    check_repeatable,
    read_scored,
)
from baselines.results.run_data import ConfigResult
from baselines.results.store import COMMITTED, read_result
from baselines.runs.config import CONFIGS, ConfigError, read_yaml
from tests.baselines import made_up

CONFIG = build_config(read_yaml(CONFIGS / "lander_ppo.yaml"), "test")


def test_a_config_is_repeatable_if_its_file_gives_it_whatever_the_seed() -> None:
    check_repeatable(CONFIG.model_copy(update={"seed": 3}))
    with pytest.raises(ConfigError, match=r"not trained as lander_ppo.yaml says.* in num_envs"):
        check_repeatable(CONFIG.model_copy(update={"num_envs": 3}))


@pytest.mark.parametrize("name", pretrained.committed())
def test_a_committed_agent_was_trained_as_its_file_says(name) -> None:
    check_repeatable(pretrained.load(name).config)


def test_the_episodes_of_evaluations_matter_to_a_stop_rule_alone() -> None:
    check_repeatable(CONFIG.model_copy(update={"eval_episodes": 3}))
    stops = build_config(read_yaml(CONFIGS / "continuous_deep_actor.yaml"), "test")
    with pytest.raises(ConfigError, match="but differs in eval_episodes"):
        check_repeatable(stops.model_copy(update={"eval_episodes": 3}))


def test_a_lander_has_to_be_scored_on_box2d_too(tmp_path) -> None:
    run = made_up.write_run(tmp_path, played=[(250.0, "landed")] * 1000)
    with pytest.raises(ValueError, match=r"no score in episodes_box2d.csv; first: .*box2d"):
        read_scored(run, CONFIG)


def test_a_score_has_the_seeds_of_scores(tmp_path) -> None:
    played = [(250.0, "landed")] * 1000
    full = made_up.write_run(tmp_path / "full", played=played, box2d=played[:100])
    assert read_scored(full, CONFIG).mean_return == 250.0
    short = made_up.write_run(tmp_path / "short", played=played, box2d=played[:99])
    with pytest.raises(ValueError, match=r"not of the 99 in .*episodes_box2d.csv"):
        read_scored(short, CONFIG)


def test_the_floor_holds_over_the_whole_score_and_box2d_gives_its_episodes(tmp_path) -> None:
    played = [(190.0, "landed"), (210.0, "landed")]
    run = made_up.result(tmp_path / "same", played=played, box2d=played[:1])
    check_floor(run, 200)
    with pytest.raises(ValueError, match=r"mean return of 200\.0 is under the floor of 201"):
        check_floor(run, 201)
    other = made_up.result(tmp_path / "other", played=played, box2d=[(191.0, "landed")])
    with pytest.raises(ValueError, match="Box2D gives 1 of its episodes otherwise"):
        check_floor(other, 200)


def test_a_score_is_of_the_checkpoint_that_is_committed() -> None:
    run, result = pretrained.COMMITTED / "lander_ppo", read_result(COMMITTED, "lander_ppo")
    seed = pretrained.seed_of("lander_ppo")
    check_plays_as_scored(run, of_seed(result, seed))
    with pytest.raises(ValueError, match=r"final checkpoint, which plays [0-4] of"):
        check_plays_as_scored(run, of_seed(result, seed + 1))


def of_seed(result, seed):
    """One training seed's part of a result."""
    return ConfigResult(result.settings, [result.record(seed)], {seed: result.episodes[seed]})
