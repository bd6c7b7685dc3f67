"""Study of published settings on bare observations: what is trained, and tabulated."""

import pytest

from baselines.results import scoring
from baselines.results.store import add_result
from baselines.runs.config import CONFIGS, read_yaml
from baselines.studies import published_recurrent_ppo as study
from baselines.studies.published_recurrent_ppo import SETTINGS, make_config, table_rows
from tests.baselines import made_up
from tests.baselines.made_up import cells


@pytest.mark.parametrize("name", SETTINGS)
def test_the_settings_differ_from_their_config_in_the_feature_and_the_length_only(name) -> None:
    shipped = read_yaml(CONFIGS / f"{name}.yaml")
    assert shipped["change_gain"] > 0
    bare, longer = (make_config(name, budget, 3) for budget in ("bare", "bare_longer"))
    assert (bare.change_gain, bare.name, bare.seed) == (0.0, f"{name}_bare", 3)
    assert (bare.total_steps, longer.total_steps) == (
        shipped["total_steps"],
        2 * shipped["total_steps"],
    )
    kept = shipped.keys() - {"change_gain", "name", "total_steps"}
    assert {key: bare.model_dump(mode="json")[key] for key in kept} == {
        key: shipped[key] for key in kept
    }


def test_a_setting_is_trained_scored_and_tabulated(tmp_path, monkeypatch) -> None:
    tiny = read_yaml(CONFIGS / "lstm_start.yaml") | made_up.TINY
    tiny |= {"total_steps": 64, "memory_size": 4}
    monkeypatch.setattr(study, "read_yaml", lambda path: dict(tiny))
    monkeypatch.setattr(scoring, "SCORED_EPISODES", 2)
    asked = {"settings": ("lstm_start",), "budgets": ("bare_longer",), "seeds": (4,)}
    study.train(**asked, runs=tmp_path, results=tmp_path / "results")
    (row,) = table_rows(tmp_path / "results")
    assert row[:3] == ["`lstm_start`", "128", "1"]


def test_the_table_has_the_scores_and_the_passages(tmp_path) -> None:
    for seed, value in ((1, 240.0), (2, 200.0)):
        run = made_up.result(tmp_path / str(seed), "lstm_fast_bare", seed, [(value, "landed")] * 2)
        add_result(tmp_path / "results", run)
    landed = "100.0\N{NO-BREAK SPACE}%"
    study.rank(tmp_path / "results", tmp_path / "table.md")
    shown = cells((tmp_path / "table.md").read_text(), "`lstm_fast`")
    assert shown == ["200", "2", "220.0", "200.0", "28.3", landed, "2", "200"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"settings": ("lstm",)}, r"settings must be of lstm_start, .*, got lstm"),
        ({"budgets": ("short",)}, r"budgets must be of bare, bare_longer, got short"),
    ],
)
def test_unknown_settings_and_lengths_are_refused(asked, message, tmp_path) -> None:
    with pytest.raises(ValueError, match=message):
        study.train(**asked, runs=tmp_path, results=tmp_path)
