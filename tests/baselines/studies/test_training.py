"""Training runs of a study."""

from baselines.algorithms.registry import build_config
from baselines.results.run_folder import read_rows
from baselines.studies.training import train


def test_a_run_leaves_its_log_and_its_final_checkpoint(tmp_path) -> None:
    content = {"total_steps": 64, "num_envs": 4, "num_steps": 16, "hidden": [4]}
    train(build_config({**content, "eval_episodes": 2}, "test"), tmp_path)
    assert [row["steps"] for row in read_rows(tmp_path / "training.csv")] == [64]
    assert (tmp_path / "checkpoints" / "final.json").exists()
