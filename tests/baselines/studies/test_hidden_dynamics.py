"""Study of hidden dynamics: the runs, their scores, the probe and the tables."""

import json

import imageio.v3 as iio
import numpy as np
import pytest

from baselines.algorithms.registry import build_config
from baselines.networks.actor_critic import ActorCriticPolicy
from baselines.results.pretrained import load
from baselines.results.store import ROOT
from baselines.runs.config import CONFIGS, read_yaml
from baselines.studies import hidden_dynamics as study
from baselines.studies.hidden_dynamics import AGENTS, Probe, main, page, verdict
from lander_envs.scoring.contender import Contender
from lander_envs.scoring.episodes import Step
from tests.baselines.made_up import MACHINE, cells

PERCENT = "\N{NO-BREAK SPACE}%"


def measured(seed, fixed, random, probe=None):
    """A run whose episodes have these returns."""
    return {
        "seed": seed,
        "origin": {"machine": MACHINE, "versions": {"python": "3.11"}},
        "steps": [100, 200],
        "evaluations": [-100.0, 150.0],
        "scores": {
            "fixed": {"returns": fixed, "landing_rate": 1.0},
            "random": {"returns": random, "landing_rate": 0.5},
        },
        "probe": probe or {},
    }


KNOWN = {"gravity": [0.5, 0.1], "main_engine_power": [0.3, 0.0], "side_engine_power": [0.0, 0.0]}
DATA = {
    "random_dynamics_ppo": [measured(1, [240, 260], [100, 100]), measured(2, [200, 220], [80, 80])],
    "random_dynamics_lstm_ppo": [
        measured(1, [240, 240], [150, 150], KNOWN),
        measured(2, [220, 220], [130, 130], {**KNOWN, "gravity": [0.7, 0.3]}),
        measured(3, [300, 300], [300, 300], KNOWN),
    ],
}


def test_the_configs_of_a_memory_differ_in_the_dynamics_alone() -> None:
    for memory in ("ppo", "lstm_ppo"):
        fixed, random = (
            read_yaml(CONFIGS / f"{dynamics}_dynamics_{memory}.yaml")
            for dynamics in ("fixed", "random")
        )
        differing = {key for key in fixed | random if fixed.get(key) != random.get(key)}
        assert differing == {"name", "env_kwargs"}
    steps = {read_yaml(CONFIGS / f"{name}.yaml")["total_steps"] for name in AGENTS}
    assert len(steps) == 1
    arguments = [
        read_yaml(CONFIGS / f"random_dynamics_{m}.yaml")["env_kwargs"] for m in ("ppo", "lstm_ppo")
    ]
    assert arguments[0] == arguments[1]


def test_scores_are_means_over_seeds_on_either_dynamics() -> None:
    row = cells(page(DATA), "`random_dynamics_ppo`")
    # (240 + 260 + 200 + 220) / 4; the seeds' means are 210 and 250
    assert row[:5] == ["none", "random", "2", "2", "230.0"]
    low, high = map(float, row[5].split(" to "))
    assert low < 210 < 250 < high
    assert row[6:8] == [f"100.0{PERCENT}", "90.0"]
    assert row[9] == f"50.0{PERCENT}"


def test_the_gain_of_a_memory_is_over_the_seeds_that_both_have() -> None:
    rows = [line.split(" | ") for line in page(DATA).splitlines() if line.startswith("| random |")]
    gains = {row[1]: row[2:] for row in rows}
    # 240 - 250 and 220 - 210, and 150 - 100 and 130 - 80, without the third seed
    assert gains["fixed"][0] == "+0.0"
    assert gains["fixed"][2] == "no clear difference |"
    assert gains["random"] == ["+50.0", "50.0 to 50.0", "higher |"]


@pytest.mark.parametrize(
    ("gain", "expected"), [(1.0, "higher"), (-1.0, "lower"), (0.0, "no clear difference")]
)
def test_a_difference_counts_if_its_interval_excludes_zero(gain, expected) -> None:
    assert verdict(np.full((2, 3), gain)) == expected


def test_the_probes_table_has_means_over_seeds_of_agents_with_memory() -> None:
    table = study.probe_table(DATA)
    assert len(table) == 3
    # gravity: (0.5 + 0.7 + 0.5) / 3, control (0.1 + 0.3 + 0.1) / 3
    shown = cells("\n".join(table), "`random_dynamics_lstm_ppo`")
    assert shown == ["0.57", "0.30", "0.00", "0.17", "0.00", "0.00"]


def test_the_probe_finds_dynamics_that_hidden_states_hold_and_observations_lack(monkeypatch):
    policy = load("masked_velocity_lander_lstm_ppo").policy
    probe = Probe(Contender("recurrent_ppo", "lander_envs/Lander-v0", {}, policy), 200)
    assert probe.dynamics.min(axis=0) == pytest.approx([-11, 10, 0.4], abs=0.5)
    assert probe.dynamics.max(axis=0) == pytest.approx([-6, 20, 1.0], abs=0.5)
    rng = np.random.default_rng(0)

    def hidden_state(self):
        """Gravity, twice the main engine's power, and noise."""
        return probe.dynamics * [1, 2, 0] + 0.01 * rng.normal(size=(200, 3))

    monkeypatch.setattr(ActorCriticPolicy, "hidden_state", property(hidden_state))
    everywhere = np.ones(200, np.bool_)
    for _ in range(20 * study.PROBE_INTERVAL):
        probe.add(Step(rng.normal(size=(200, 8)), None, None, None, everywhere, None))
    found = probe.judge()
    # Over the 100 episodes that judge, means of noise are off by some tenth of the spread.
    assert found["gravity"] == pytest.approx((1, 0), abs=0.2)
    assert found["main_engine_power"] == pytest.approx((1, 0), abs=0.2)
    assert found["side_engine_power"] == pytest.approx((0, 0), abs=0.2)


def test_runs_that_the_data_lack_are_trained_and_the_others_kept(tmp_path, monkeypatch) -> None:
    tiny = {"num_envs": 2, "num_steps": 32, "total_steps": 64, "eval_episodes": 2}

    def make_config(name, seed):
        content = read_yaml(CONFIGS / f"{name}.yaml") | tiny | {"seed": seed}
        return build_config(content | {"minibatch_size": 2 if "lstm" in name else 32}, name)

    monkeypatch.setattr(study, "make_config", make_config)
    out = tmp_path / "table.md"
    asked = {"runs": tmp_path / "runs", "episodes": 20, "out": out}
    main(seeds=(1,), **asked)
    first = json.loads(out.with_suffix(".json").read_text())
    assert list(first) == list(AGENTS)
    assert [len(runs) for runs in first.values()] == [1] * 4
    assert set(first["random_dynamics_lstm_ppo"][0]["probe"]) == set(study.PROBED)
    assert first["random_dynamics_ppo"][0]["probe"] == {}
    assert iio.imread(out.with_suffix(".png")).ndim == 3
    monkeypatch.setattr(study, "measure", lambda config, *_: measured(config.seed, [1], [2]))
    main(seeds=(1,), **asked)
    assert json.loads(out.with_suffix(".json").read_text()) == first
    with pytest.raises(ValueError, match="episodes must be 20, as of the runs beside out, got 30"):
        main(seeds=(1,), **(asked | {"episodes": 30}))


def test_the_committed_tables_are_those_of_the_committed_data() -> None:
    data = json.loads((ROOT / "hidden_dynamics.json").read_text())
    assert (ROOT / "hidden_dynamics.md").read_text() == page(data)


def test_the_conclusion_on_the_page_is_that_of_the_committed_data() -> None:
    data = json.loads((ROOT / "hidden_dynamics.json").read_text())
    assert "higher" not in "".join(study.gain_table(data))
    means = {name: study.returns_on(data[name], "random").mean() for name in AGENTS}
    assert means["fixed_dynamics_ppo"] > means["random_dynamics_ppo"]
    assert means["fixed_dynamics_lstm_ppo"] < means["random_dynamics_lstm_ppo"]
    assert min(means, key=means.__getitem__) == "fixed_dynamics_lstm_ppo"
    for name in ("random_dynamics_ppo", "random_dynamics_lstm_ppo"):
        curves = np.array([one["evaluations"] for one in data[name]])
        assert curves[:, -1].mean() > curves[:, -2].mean()  # they still rise
        assert all(abs(a - b) < 0.2 for one in data[name] for a, b in one["probe"].values())
