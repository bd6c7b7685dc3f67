"""Results of runs: what is read from a folder, thinned and counted."""

import math

import pytest

from baselines.results.run_data import ConfigResult, Curve, Passage, provenance, read_run, thin
from tests.baselines import made_up


def test_a_run_is_read_with_its_score_its_passage_and_its_curves(tmp_path) -> None:
    result = made_up.result(tmp_path, seed=3)
    (record,) = result.seeds
    assert (result.name, record.seed, record.steps, record.seconds) == ("lander_ppo", 3, 200, 20.0)
    assert list(record.scores) == ["native"]
    assert record.mean_return == 50.0
    assert record.first_solved == Passage(steps=200, seconds=20.0)
    assert record.evaluation == Curve(steps=[100, 200], returns=[150.0, 250.0])
    assert record.differ_on_box2d is None
    assert "seed" not in result.settings


def test_episodes_that_box2d_plays_otherwise_are_counted(tmp_path) -> None:
    box2d = (*made_up.PLAYED[:3], (-300.0, "crashed"))
    (record,) = made_up.result(tmp_path, box2d=box2d).seeds
    assert record.differ_on_box2d == 1
    assert record.scores["box2d"]["mean_return"] == 75.0
    assert record.worst_mean == 50.0


def test_scores_of_other_lengths_cannot_be_compared(tmp_path) -> None:
    with pytest.raises(ValueError, match="the scores are of 4 episodes, but 1 on Box2D"):
        made_up.result(tmp_path, box2d=made_up.PLAYED[:1])


def test_a_run_that_never_reaches_the_threshold_has_no_passage(tmp_path) -> None:
    result = made_up.result(tmp_path, evaluations=[(100, 199.9)])
    assert result.seeds[0].first_solved is None


def test_a_long_curve_is_thinned_to_means_at_the_last_of_their_steps() -> None:
    nan = math.nan
    rows = [{"steps": 10 * i, "r": r} for i, r in enumerate([1, 3, nan, 5, nan, nan])]
    assert thin(rows, "r", points=3) == Curve(steps=[10, 30, 50], returns=[2.0, 5.0, None])


def test_a_short_curve_is_kept_as_it_is() -> None:
    rows = [{"steps": 1, "r": 0.123}, {"steps": 2, "r": 4.0}]
    assert thin(rows, "r") == Curve(steps=[1, 2], returns=[0.12, 4.0])


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
    assert two_seeds.interval == (180.0, 240.0)
    assert two_seeds.over_seeds("mean_length") == 250.0
    assert not two_seeds.is_solved  # one seed is under 200


def test_one_seed_can_be_taken_alone(two_seeds) -> None:
    assert two_seeds.only(2).mean_return == 240.0
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


def test_a_folder_that_is_no_run_is_refused(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        read_run(tmp_path)
    run = made_up.write_run(tmp_path)
    (run / "run.json").write_text('{"config": {"seed": 1}}')
    with pytest.raises(ValueError, match="is no run: it lacks 'env_id'"):
        read_run(run)
    (run / "run.json").unlink()


def test_a_table_without_a_row_is_refused(tmp_path) -> None:
    run = made_up.write_run(tmp_path)
    (run / "training.csv").write_text("steps,seconds,episodic_return\n")
    with pytest.raises(ValueError, match=r"training.csv has no row"):
        read_run(run)
