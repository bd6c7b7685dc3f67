"""Results of configs: sums over seeds, by hand."""

import json
import math

import pytest

from baselines.results.run_data import ConfigResult, provenance
from baselines.results.run_folder import read_run
from tests.baselines import made_up

PIXELS = {"env_id": "lander_envs/PixelLander-v0"}


@pytest.fixture
def two_seeds(tmp_path):
    runs = [
        made_up.result(tmp_path, seed=seed, played=[(value, "landed")] * 4)
        for seed, value in ((2, 240.0), (1, 180.0))
    ]
    episodes = {**runs[0].episodes, **runs[1].episodes}
    return ConfigResult(runs[0].settings, [run.seeds[0] for run in runs], episodes)


def test_a_config_is_summed_up_over_its_seeds(two_seeds) -> None:
    assert [record.seed for record in two_seeds.seeds] == [1, 2]
    assert two_seeds.mean_return == 210.0
    assert two_seeds.spread == pytest.approx(math.sqrt(2 * 30**2))
    low, high = two_seeds.interval
    assert low < 180.0 < 240.0 < high
    assert two_seeds.over_seeds("mean_length") == 250.0
    assert not two_seeds.is_solved  # one seed is under 200


def test_one_seed_can_be_taken_alone(two_seeds) -> None:
    assert two_seeds.only(2).mean_return == 240.0
    assert two_seeds.only(2).interval is None
    with pytest.raises(ValueError, match="lander_ppo has no result of seed 3"):
        two_seeds.only(3)


def test_the_command_of_a_shipped_config_trains_the_same_again(tmp_path) -> None:
    shipped, mine = made_up.result(tmp_path), made_up.result(tmp_path, name="mine")
    assert shipped.command(2) == (
        "python -m baselines.train baselines/configs/lander_ppo.yaml --seed 2"
    )
    assert mine.command(2) is None


def test_peers_and_landers_are_told_apart(tmp_path) -> None:
    peer = made_up.result(tmp_path, name="peer", algorithm="sb3", env_id="CartPole-v1")
    assert peer.is_peer
    assert not peer.is_lander
    assert (peer.variant, peer.threshold) == ("other", 475.0)
    ours = made_up.result(tmp_path)
    assert (ours.is_peer, ours.is_lander, ours.variant) == (False, True, "lander")


def test_the_origin_is_named_once(tmp_path) -> None:
    runs = [made_up.result(tmp_path, seed=seed) for seed in (1, 2)]
    assert provenance(runs) == "Machine: abacus, 2 cores, Linux. Versions: python 3.11."


def test_a_run_that_was_resumed_elsewhere_has_both_origins(tmp_path) -> None:
    run = made_up.write_run(tmp_path)
    description = json.loads((run / "run.json").read_text())
    other = {"machine": {**made_up.MACHINE, "processor": "slide rule"}, "versions": {"numpy": "2"}}
    (run / "run.json").write_text(json.dumps({**description, "resumed_on": [other]}))
    assert provenance([read_run(run)]) == (
        "Machine: abacus, 2 cores, Linux. Versions: python 3.11. "
        "Machine: slide rule, 2 cores, Linux. Versions: numpy 2."
    )


@pytest.mark.parametrize(
    ("settings", "feature"),
    [
        ({}, None),
        ({"change_gain": 0.0}, None),
        ({"change_gain": 50.0}, "differences"),
        ({**PIXELS, "encoder": "attention"}, None),
        ({**PIXELS, "encoder": "motion_crop"}, "motion crop"),
        ({**PIXELS, "algorithm": "dqn"}, "motion crop"),
        ({"algorithm": "pqn", "change_gain": 30.0}, None),
        ({**PIXELS, "algorithm": "sb3"}, None),
    ],
)
def test_a_hand_made_feature_is_named(tmp_path, settings, feature) -> None:
    assert made_up.result(tmp_path, **settings).hand_made_feature == feature


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({}, None),
        ({"encoder": "attention", "frame_change_gain": 4.0}, None),  # a flat observation has none
        ({**PIXELS, "encoder": "attention", "frame_change_gain": 4.0}, "towards differences"),
        ({**PIXELS, "encoder": "attention", "frame_change_gain": 0.0}, None),
        ({**PIXELS, "encoder": "motion_crop", "frame_change_gain": 4.0}, None),
        ({"algorithm": "pqn", "change_gain": 30.0, "history": 4}, "towards differences"),
        ({"algorithm": "pqn", "change_gain": 30.0, "history": 1}, None),
        ({"algorithm": "pqn", "change_gain": 0.0, "history": 4}, None),
        ({**PIXELS, "algorithm": "pqn", "change_gain": 4.0, "history": 1}, "towards differences"),
    ],
)
def test_a_parametrisation_of_the_first_layer_is_named(tmp_path, settings, found) -> None:
    assert made_up.result(tmp_path, **settings).parametrisation == found


@pytest.mark.parametrize(
    ("settings", "is_continuous"),
    [
        ({}, False),
        ({"env_kwargs": {"continuous": True}}, True),
        ({"env_kwargs": {"continuous": False}}, False),
        ({"env_id": "lander_envs/LanderContinuous-v0"}, True),
    ],
)
def test_continuous_actions_are_an_argument_or_an_id(tmp_path, settings, is_continuous) -> None:
    assert made_up.result(tmp_path, **settings).is_continuous == is_continuous


def test_the_lowest_evaluation_counts_from_the_passage_on(tmp_path) -> None:
    evaluations = [(100, -50.0), (200, 210.0), (300, 150.0), (400, 260.0)]
    (record,) = made_up.result(tmp_path, evaluations=evaluations).seeds
    assert record.lowest_after_passage == 150.0
    older = record.model_copy(update={"lowest_evaluation": None})
    assert older.lowest_after_passage == 150.0
    (never,) = made_up.result(tmp_path, seed=2, evaluations=[(100, 150.0)]).seeds
    assert never.lowest_after_passage == math.inf


def test_the_lowest_evaluation_is_one_of_many_and_no_mean_of_a_curves_point(tmp_path) -> None:
    """Curve of 120 evaluations: 60 points, each the mean of two."""
    evaluations = [(100 * (i + 1), 250.0) for i in range(120)]
    evaluations[51] = (5200, 50.0)
    (record,) = made_up.result(tmp_path, evaluations=evaluations).seeds
    assert min(record.evaluation.returns) == 150.0
    assert record.lowest_after_passage == 50.0
