"""The shortest run: what is timed, scored and compared."""

import re

import yaml

from baselines.studies import shortest_run as learn_fast

TINY = {
    "algorithm": "ppo",
    "name": "tiny",
    "num_envs": 4,
    "num_steps": 16,
    "total_steps": 128,
    "hidden": [4],
}


def test_every_seed_is_trained_to_the_end_scored_and_held_against_the_peer(
    tmp_path, monkeypatch, capsys
) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(TINY))
    monkeypatch.setattr(learn_fast, "_CONFIG", path)
    monkeypatch.setattr(learn_fast, "_SCORED_EPISODES", 2)
    monkeypatch.setattr(learn_fast.compare_learning, "sb3", lambda *_: (1000.0, 5, 201.0))
    learn_fast.main(seeds=(1, 2), peer_seeds=(1,))
    printed = capsys.readouterr().out
    seconds = [float(found) for found in re.findall(r"ours, seed \d: ([\d.]+) s", printed)]
    assert len(seconds) == 2
    assert "ours: 0 of 2 seeds score 200" in printed
    assert "SB3, seed 1: 1000.0 s, 5 steps, 201.0" in printed
    ratio = float(printed.split()[-1])
    assert ratio > 0
