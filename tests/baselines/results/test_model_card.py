"""Model cards: what they say, by hand."""

import json
import shutil

import pytest

from baselines.results import pretrained
from baselines.results.model_card import card
from baselines.results.store import COMMITTED, read_result
from tests.baselines import made_up
from tests.baselines.made_up import cells


def test_a_card_names_environment_parameters_floor_score_and_worst_episode(tmp_path) -> None:
    result = made_up.result(tmp_path, box2d=made_up.PLAYED)
    text = card(pretrained.COMMITTED / "lander_ppo", result)
    assert cells(text, "environment") == ["`lander_envs/Lander-v0`"]
    # Twice 8 * 64 + 64, 64 * 64 + 64; then 64 * 4 + 4 of the actor and 64 + 1 of the critic.
    assert cells(text, "parameters") == ["9,797"]
    assert cells(text, "floor") == ["260"]
    assert cells(text, "mean return") == ["50.0"]
    assert "Under 200: 2 of the 4 episodes; the worst is seed 2000003 with -400.0 (crashed)" in text


def test_a_card_of_solved_episodes_says_so(tmp_path) -> None:
    text = card(
        pretrained.COMMITTED / "lander_ppo", made_up.result(tmp_path, played=[(200.0, "landed")])
    )
    assert "No episode of the score is under 200." in text


def test_a_card_needs_the_result_of_its_seed(tmp_path) -> None:
    with pytest.raises(ValueError, match="lander_ppo has no result of seed 1"):
        card(pretrained.COMMITTED / "lander_ppo", made_up.result(tmp_path, seed=2))


def test_a_card_links_to_committed_results() -> None:
    folder = pretrained.COMMITTED / "lander_ppo"
    text = card(folder, read_result(COMMITTED, "lander_ppo"))
    for name in ("lander_ppo.json", "lander_ppo.csv.gz"):
        link = f"../../../docs/results/runs/{name}"
        assert f"({link})" in text
        assert (folder / link).exists()


def test_the_seed_of_an_agent_is_that_of_its_checkpoint(tmp_path) -> None:
    copy = shutil.copytree(pretrained.COMMITTED / "lander_ppo", tmp_path / "lander_ppo")
    config = json.loads((copy / "final.json").read_text())["config"]
    made_up.change(copy / "final.json", config={**config, "seed": 7})
    assert pretrained.seed_of("lander_ppo", tmp_path) == 7
