"""The committed agents: that they are what their files say, and still reach their floor."""

import json
import shutil

import pytest
import torch

import lander_envs
from baselines import evaluate, publish, record
from baselines.evaluation.episodes import SCORING_SEED
from baselines.results import pretrained as agents
from baselines.runs import checkpoint as checkpoints
from baselines.runs.checkpoint import CheckpointError

LIMIT = 10_000_000  # bytes that all weights may take in the repository


@pytest.fixture
def copy(tmp_path):
    """A committed agent's folder, to break."""
    return shutil.copytree(agents.COMMITTED / "lander_dqn", tmp_path / "lander_dqn")


def changed(folder, **facts) -> None:
    path = folder / "final.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **facts}))


def config_of(folder):
    return json.loads((folder / "final.json").read_text())["config"]


def test_every_committed_agent_reaches_its_floor(capsys) -> None:
    assert evaluate.main(["--all", "--episodes", "10", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["agent"] for row in rows} == set(agents.committed())
    for row in rows:
        assert row["floor"] == (475 if row["agent"] == "cartpole_dqn" else 200)
        assert row["mean_return"] >= row["floor"]
        assert row["episodes"] == 10


def test_an_agent_under_its_floor_fails_by_name(monkeypatch, capsys) -> None:
    monkeypatch.setattr(agents, "committed", lambda: ["cartpole_dqn"])
    monkeypatch.setattr(agents, "floor", lambda env_id: 501)  # more than CartPole-v1 can give
    assert evaluate.main(["--all", "--episodes", "2"]) == 1
    printed = capsys.readouterr()
    assert "500.0" in printed.out
    assert "under the floor: cartpole_dqn" in printed.err


def test_no_agents_at_all_is_no_success(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(agents, "COMMITTED", tmp_path)
    assert evaluate.main(["--all"]) == 2
    assert "there is no committed agent" in capsys.readouterr().err


@pytest.mark.parametrize("other", [["lander_dqn"], ["--random"], ["--backend", "box2d"]])
def test_all_takes_no_other_choice_of_agent_or_physics(other, capsys) -> None:
    assert evaluate.main(["--all", *other]) == 2
    assert "--all takes --episodes and --json" in capsys.readouterr().err


@pytest.mark.parametrize("name", agents.committed())
def test_a_committed_agent_is_small_and_has_a_card_and_its_evidence(name) -> None:
    folder = agents.COMMITTED / name
    tensors, facts = checkpoints.load(folder / "final.json")
    assert {key.split(".")[0] for key in tensors} == {"agent"}  # nothing of an optimiser's
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float32}
    card = (folder / "README.md").read_text()
    assert facts["config"]["name"] == name
    assert f"`{facts['config']['env_id']}`" in card
    link = f"../../../docs/results/runs/{name}-seed{facts['config']['seed']}/episodes.csv"
    assert f"({link})" in card
    assert (folder / link).exists()


def test_committed_json_is_strict() -> None:
    def refuse(constant):
        raise ValueError(f"{constant} is not JSON")

    results = agents.COMMITTED.parents[1] / "docs" / "results"
    files = [*agents.COMMITTED.rglob("*.json"), *results.rglob("*.json")]
    assert len(files) > len(agents.committed())
    for path in files:
        json.loads(path.read_text(), parse_constant=refuse)


@pytest.mark.parametrize("name", agents.committed())
def test_a_committed_lander_is_shown_on_its_variants_page(name) -> None:
    env_id = config_of(agents.COMMITTED / name)["env_id"]
    if env_id not in lander_envs.ENV_IDS:
        return
    films = agents.COMMITTED.parents[1] / "docs" / "results" / "films"
    assert f"({name}.gif)" in (films / f"{record.env_slug(env_id)}.md").read_text()
    assert (films / f"{name}.gif").stat().st_size < 400_000
    shown = [page.read_text() for page in (films.parents[1] / "variants").glob("*.md")]
    assert any(f"films/{record.env_slug(env_id)}.md" in text for text in shown)


def test_all_weights_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in agents.COMMITTED.rglob("*.*")) < LIMIT


def test_an_agent_is_loaded_by_name_by_folder_and_by_file(copy) -> None:
    for where in ("lander_dqn", copy, str(copy / "final.json")):
        assert agents.load(where).config.name == "lander_dqn"


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(CheckpointError, match=r"no checkpoint at lander_dqm.*lander_dqn"):
        agents.load("lander_dqm")


def test_truncated_weights_are_refused(copy) -> None:
    weights = next(copy.glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(CheckpointError, match="truncated or changed"):
        agents.load(copy)


def test_weights_of_another_version_are_refused(copy) -> None:
    changed(copy, format="lander_envs checkpoint 2")
    with pytest.raises(CheckpointError, match="must have format 'lander_envs checkpoint 1'"):
        agents.load(copy)


def test_weights_of_another_shape_are_refused(copy) -> None:
    changed(copy, config={**config_of(copy), "hidden": [128, 64]})
    with pytest.raises(CheckpointError, match="fit another network"):
        agents.load(copy)


def test_weights_of_another_environment_are_refused(copy) -> None:
    changed(copy, config={**config_of(copy), "env_id": "CartPole-v1"})
    with pytest.raises(CheckpointError, match="fit another network"):
        agents.load(copy)


def test_an_environment_that_does_not_exist_is_named(copy) -> None:
    changed(copy, config={**config_of(copy), "env_id": "lander_envs/Lander-v9"})
    with pytest.raises(CheckpointError, match=r"unknown environment: .*v9"):
        agents.load(copy)


# --- Publishing ---------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path):
    """A run's folder, put together from what is committed of it."""
    folder = tmp_path / "runs" / "cartpole_dqn-seed1"
    shutil.copytree(publish.Options(folder).results / folder.name, folder)
    shutil.copytree(agents.COMMITTED / "cartpole_dqn", folder / "checkpoints")
    return folder


def published(run, tmp_path, *options) -> int:
    folders = ["--agents", str(tmp_path / "agents"), "--results", str(tmp_path / "results")]
    return publish.main([str(run), *folders, *options])


def test_publishing_gives_the_committed_files_again(run, tmp_path) -> None:
    assert published(run, tmp_path) == 0
    for path in (agents.COMMITTED / "cartpole_dqn").iterdir():
        assert (tmp_path / "agents" / "cartpole_dqn" / path.name).read_bytes() == path.read_bytes()
    assert len(list((tmp_path / "results" / run.name).iterdir())) == 4


def test_a_run_without_a_score_is_not_published(run, tmp_path, capsys) -> None:
    (run / "episodes.csv").unlink()
    assert published(run, tmp_path) == 2
    assert (
        "no score in episodes.csv; first: python -m baselines.evaluate" in capsys.readouterr().err
    )
    assert not (tmp_path / "agents").exists()


def test_a_score_of_few_episodes_is_not_published(run, tmp_path, capsys) -> None:
    lines = (run / "episodes.csv").read_text().splitlines()
    (run / "episodes.csv").write_text("\n".join(lines[:51]) + "\n")
    assert published(run, tmp_path) == 2
    assert "a score is of 100 episodes" in capsys.readouterr().err


def test_a_run_under_its_floor_is_not_published(run, tmp_path, capsys) -> None:
    rows = [f"{SCORING_SEED + i},{474 + i % 2},500,timeout,False" for i in range(100)]
    header = (run / "episodes.csv").read_text().splitlines()[0]
    (run / "episodes.csv").write_text("\n".join([header, *rows]) + "\n")
    assert published(run, tmp_path) == 2
    assert "return of 474.5 in episodes.csv is under the floor of 475" in capsys.readouterr().err
    assert published(run, tmp_path, "--no-weights") == 0
    assert (tmp_path / "results" / run.name / "episodes.csv").exists()
    assert not (tmp_path / "agents").exists()


def test_a_lander_is_published_with_its_score_on_box2d_alone(tmp_path, capsys) -> None:
    run = tmp_path / "runs" / "lander_continuous_ppo-seed1"
    shutil.copytree(publish.Options(run).results / run.name, run)
    shutil.copytree(agents.COMMITTED / "lander_continuous_ppo", run / "checkpoints")
    assert published(run, tmp_path) == 0
    assert (tmp_path / "results" / run.name / "episodes_box2d.csv").exists()
    (run / "episodes_box2d.csv").unlink()
    assert published(run, tmp_path) == 2
    assert "--backend box2d --csv" in capsys.readouterr().err


def test_a_run_of_other_settings_than_its_file_is_not_published(run, tmp_path, capsys) -> None:
    path = run / "checkpoints" / "final.json"
    facts = json.loads(path.read_text())
    facts["config"]["gamma"] = 0.9
    path.write_text(json.dumps(facts))
    assert published(run, tmp_path) == 2
    assert "not trained as cartpole_dqn.yaml says, but differs in gamma" in capsys.readouterr().err
