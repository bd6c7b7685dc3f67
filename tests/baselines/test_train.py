"""The training command: configs, runs, kills and resumption."""

import csv
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from baselines import train
from baselines.algorithms.ppo import PPO, PPOConfig
from baselines.optim.flat_adam import NonFiniteError
from baselines.runs import checkpoint as checkpoints
from baselines.runs.config import build
from baselines.runs.files import locked
from tests.baselines import made_up

TINY = """
algorithm: ppo
name: tiny
total_steps: 1024
num_envs: 4
num_steps: 64
minibatch_size: 64
update_epochs: 1
hidden: [8]
eval_interval: 512
eval_episodes: 2
checkpoint_interval: 256
"""


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


@pytest.fixture
def tiny(tmp_path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


def test_the_command_line_overrides_the_file(tiny) -> None:
    config = train.load_config(tiny, ["--learning-rate", "2e-4", "--seed", "9"])
    assert (config.learning_rate, config.seed, config.num_envs) == (2e-4, 9, 4)


def test_a_wrong_option_is_answered_with_the_nearest(tiny, capsys) -> None:
    with pytest.raises(SystemExit):
        train.load_config(tiny, ["--learning-rat", "0.1"])
    shown = capsys.readouterr()
    assert "--learning-rate" in shown.err + shown.out


def test_an_impossible_override_is_refused(tiny, capsys) -> None:
    with pytest.raises(SystemExit):
        train.load_config(tiny, ["--gamma", "2"])
    shown = capsys.readouterr()
    assert "less than or equal to 1" in shown.err + shown.out


def test_a_run_leaves_checkpoints_tables_events_and_its_description(tiny, tmp_path) -> None:
    assert train.main([str(tiny), "--runs", str(tmp_path)]) == 0
    run = tmp_path / "tiny-seed1"
    kept = {
        path.stem: checkpoints.describe(path)["progress"]["steps"]
        for path in (run / "checkpoints").glob("*.json")
    }
    assert kept.pop("best") in (512, 1024)
    on_the_way = {"after-0-percent": 0, "after-10-percent": 256, "after-25-percent": 256}
    assert kept == {**on_the_way, "after-50-percent": 512, "latest": 1024, "final": 1024}
    description = json.loads((run / "run.json").read_text())
    assert description["config"]["num_envs"] == 4
    assert description["versions"]["torch"] == torch.__version__
    assert description["machine"]["cores"] >= 1
    training = rows_of(run / "training.csv")
    assert [int(row["steps"]) for row in training] == [256, 512, 768, 1024]
    assert {
        "approx_kl",
        "clip_fraction",
        "entropy",
        "explained_variance",
        "steps_per_second",
    } <= set(training[0])
    evaluation = rows_of(run / "evaluation.csv")
    assert [int(row["steps"]) for row in evaluation] == [512, 1024]
    assert list((run / "tensorboard").glob("events*"))


def test_the_same_seed_trains_the_same_weights(tiny, tmp_path) -> None:
    weights = []
    for attempt in ("a", "b"):
        assert train.main([str(tiny), "--runs", str(tmp_path / attempt)]) == 0
        weights.append(
            checkpoints.load(tmp_path / attempt / "tiny-seed1/checkpoints/final.json")[0]
        )
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])


def test_a_folder_that_holds_a_run_is_not_overwritten(tiny, tmp_path, capsys) -> None:
    assert train.main([str(tiny), "--runs", str(tmp_path)]) == 0
    assert train.main([str(tiny), "--runs", str(tmp_path)]) == 2
    assert "--resume" in capsys.readouterr().err


def test_a_killed_run_resumes_and_loses_at_most_one_interval(tiny, tmp_path) -> None:
    command = [sys.executable, "-m", "baselines.train"]
    longer = [str(tiny), "--runs", str(tmp_path), "--total-steps", "40960"]
    process = subprocess.Popen([*command, *longer])
    latest = tmp_path / "tiny-seed1" / "checkpoints" / "latest.json"
    while not latest.exists() and process.poll() is None:
        time.sleep(0.05)
    process.kill()
    process.wait()
    steps = checkpoints.load(latest)[1]["progress"]["steps"]
    logged = max(int(row["steps"]) for row in rows_of(tmp_path / "tiny-seed1" / "training.csv"))
    assert logged - steps <= 256 + 256  # an interval, and the update that was under way
    assert train.main(["--resume", str(tmp_path / "tiny-seed1")]) == 0
    final = checkpoints.load(tmp_path / "tiny-seed1" / "checkpoints" / "final.json")[1]
    assert final["progress"]["steps"] == 40960
    rows = [int(row["steps"]) for row in rows_of(tmp_path / "tiny-seed1" / "training.csv")]
    assert rows == list(range(256, 40961, 256))


def test_resuming_restores_weights_optimiser_and_random_numbers(tiny, tmp_path) -> None:
    assert train.main([str(tiny), "--runs", str(tmp_path)]) == 0
    tensors, facts = checkpoints.load(tmp_path / "tiny-seed1" / "checkpoints" / "latest.json")
    trainer = PPO(build(PPOConfig, facts["config"], "test"))
    trainer.resume(tensors, facts)
    for name, parameter in trainer.agent.named_parameters():
        assert torch.equal(parameter, tensors[f"agent.{name}"])
    (vector,) = trainer.optimizer.param_groups[0]["params"]
    moments = trainer.optimizer.state[vector]
    assert moments["step"] == tensors["optimizer.0.step"] > 0
    assert torch.equal(moments["exp_avg"], tensors["optimizer.0.exp_avg"])
    assert torch.equal(torch.get_rng_state(), tensors["rng.torch"])
    assert trainer.progress.steps == 1024


def test_resume_takes_no_overrides(tmp_path, capsys) -> None:
    assert train.main(["--resume", str(tmp_path), "--seed", "2"]) == 2
    assert "no overrides" in capsys.readouterr().err


def test_resuming_without_a_checkpoint_says_so(tmp_path, capsys) -> None:
    assert train.main(["--resume", str(tmp_path)]) == 2
    assert "holds no run and no checkpoint" in capsys.readouterr().err


def test_a_loss_that_is_not_finite_ends_the_run_and_keeps_its_checkpoint(
    tiny, tmp_path, monkeypatch, capsys
) -> None:
    updates = iter(range(10))
    real = PPO.update

    def update(trainer, rollout):
        if next(updates) == 2:
            raise NonFiniteError("the loss is nan")
        return real(trainer, rollout)

    monkeypatch.setattr(PPO, "update", update)
    assert train.main([str(tiny), "--runs", str(tmp_path)]) == 2
    assert "the loss is nan" in capsys.readouterr().err
    kept = checkpoints.load(tmp_path / "tiny-seed1" / "checkpoints" / "latest.json")[1]
    assert kept["progress"]["steps"] == 512


# --- Names, locks, damage -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def one_run(tmp_path_factory) -> Path:
    """A run of 512 steps that is finished; its checkpoint "latest" is of the same moment."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "tiny.yaml").write_text(TINY)
    short = [str(folder / "tiny.yaml"), "--runs", str(folder), "--total-steps", "512"]
    assert train.main(short) == 0
    return folder / "tiny-seed1"


@pytest.fixture
def trained(one_run, tmp_path) -> Path:
    """A copy of that run, to break."""
    return shutil.copytree(one_run, tmp_path / "tiny-seed1")


def latest_of(run: Path) -> Path:
    return run / "checkpoints" / "latest.json"


def longer(run: Path, total_steps: int) -> None:
    """Let the run go on, by changing the length in its checkpoint."""
    config = checkpoints.describe(latest_of(run))["config"]
    made_up.change(latest_of(run), config={**config, "total_steps": total_steps})


def test_a_config_is_named_by_its_file_or_by_a_run_or_checkpoint_of_it(trained, tmp_path) -> None:
    runs = ["--runs", str(tmp_path)]
    for seed, name in enumerate(("tiny-seed1", str(trained), str(latest_of(trained))), start=2):
        assert train.main([name, *runs, "--seed", str(seed)]) == 0
        config = json.loads((tmp_path / f"tiny-seed{seed}" / "run.json").read_text())["config"]
        assert (config["name"], config["total_steps"], config["hidden"]) == ("tiny", 512, [8])


def test_an_unknown_name_is_answered_with_the_nearest(capsys) -> None:
    assert train.main(["lander_pp0"]) == 2
    assert "the nearest names are lander_ppo, " in capsys.readouterr().err


def test_a_second_training_into_a_folder_is_refused(tiny, tmp_path, trained, capsys) -> None:
    before = {path: path.read_bytes() for path in trained.rglob("*") if path.is_file()}
    with locked(trained):
        assert train.main(["--resume", str(trained)]) == 2
        assert "is being written by another process" in capsys.readouterr().err
        for path in (trained / "checkpoints").glob("*.json"):
            path.rename(path.with_suffix(".moved"))  # as if the other had saved nothing yet
        assert train.main([str(tiny), "--runs", str(tmp_path)]) == 2
        assert "is being written by another process" in capsys.readouterr().err
    for path in (trained / "checkpoints").glob("*.moved"):
        path.rename(path.with_suffix(".json"))
    after = {path: path.read_bytes() for path in trained.rglob("*") if path.is_file()}
    assert after == {**before, trained / ".lock": b""}


def test_a_finished_run_without_its_latest_checkpoint_is_not_overwritten(
    tiny, tmp_path, trained, capsys
) -> None:
    latest_of(trained).unlink()
    assert train.main([str(tiny), "--runs", str(tmp_path)]) == 2
    assert "holds a run already" in capsys.readouterr().err


def test_the_same_checkpoint_resumed_twice_gives_the_same_run(trained, tmp_path) -> None:
    longer(trained, 1024)
    ends = []
    for name in ("a", "b"):
        run = shutil.copytree(trained, tmp_path / name)
        assert train.main(["--resume", str(run)]) == 0
        facts = [checkpoints.describe(run / f"checkpoints/{n}.json") for n in ("final", "best")]
        ends.append([(fact["sha256"], fact["progress"]["evaluations"]) for fact in facts])
    assert ends[0] == ends[1]
    assert len(ends[0][0][1]) == 2


def test_a_run_killed_between_latest_and_best_saves_the_best_again(trained) -> None:
    best = trained / "checkpoints" / "best.json"
    digest = checkpoints.describe(best)["sha256"]
    for damage in (best.unlink, lambda: best.write_text("{")):
        damage()
        assert train.main(["--resume", str(trained)]) == 0
        assert checkpoints.describe(best)["sha256"] == digest


DAMAGES = {
    "no config": (lambda f, t: f.pop("config"), "config must be a mapping, got None"),
    "a config of another type": (lambda f, t: f.update(config=[1]), "config must be a mapping"),
    "an unknown algorithm": (
        lambda f, t: f["config"].update(algorithm={}),
        "algorithm: must be one of ppo",
    ),
    "an unknown environment": (
        lambda f, t: f["config"].update(env_id="lander_envs/Lander-v9"),
        "unknown environment 'lander_envs/Lander-v9'",
    ),
    "a module": (lambda f, t: f["config"].update(env_id="os:X-v0"), "may stand before the colon"),
    "unknown arguments": (
        lambda f, t: f["config"].update(env_kwargs={"nothing": 1}),
        "lander_envs/Lander-v0 cannot be made",
    ),
    "another device": (lambda f, t: f["config"].update(device="cuda:7"), "device: must be cpu"),
    "endless threads": (lambda f, t: f["config"].update(torch_threads=10**9), "torch_threads: "),
    "an endless network": (lambda f, t: f["config"].update(hidden=[10**9]), "hidden.0: "),
    "an endless rollout": (
        lambda f, t: f["config"].update(num_steps=10**11, total_steps=10**12),
        "num_steps, num_envs: they need",
    ),
    "another network": (
        lambda f, t: f["config"].update(hidden=[9]),
        "the weights fit another network",
    ),
    "no progress": (lambda f, t: f.pop("progress"), "progress lacks best_return"),
    "a progress of another type": (lambda f, t: f.update(progress=7), "progress lacks"),
    "a progress without a part": (
        lambda f, t: f["progress"].pop("is_late"),
        "progress lacks is_late",
    ),
    "a progress with another part": (
        lambda f, t: f["progress"].update(x=1),
        "progress has the unknown x",
    ),
    "steps that are text": (lambda f, t: f["progress"].update(steps="512"), "progress steps: "),
    "negative steps": (lambda f, t: f["progress"].update(steps=-1), "progress steps: "),
    "seconds without end": (lambda f, t: f["progress"].update(seconds=1e308), "progress seconds: "),
    "weights that overflow": (
        lambda f, t: [
            f["config"].update(total_steps=1024),
            *(t[key].fill_(3.4e38) for key in t if key.startswith("agent.actor")),
        ],
        "no action can be drawn",
    ),
    "a missing evaluation": (
        lambda f, t: f["progress"].update(evaluations=[]),
        "it has 1 rows, and the checkpoint counts 0 evaluations",
    ),
    "no generator": (lambda f, t: t.pop("rng.torch"), "the checkpoint lacks rng.torch"),
    "a short generator": (lambda f, t: t.update({"rng.torch": t["rng.torch"][:9]}), "rng.torch"),
    "a generator of zeros": (lambda f, t: t["rng.torch"].zero_(), "the checkpoint is damaged"),
    "no moments": (
        lambda f, t: t.pop("optimizer.0.exp_avg_sq"),
        "the checkpoint lacks optimizer.0.exp_avg_sq",
    ),
    "moments that are not finite": (
        lambda f, t: t["optimizer.0.exp_avg"].fill_(torch.nan),
        "optimizer.0.exp_avg holds numbers that are not finite",
    ),
    "moments of another size": (
        lambda f, t: t.update({"optimizer.0.exp_avg": torch.zeros(3)}),
        r"optimizer.0.exp_avg is torch.float32 \(3,\)",
    ),
    "another optimiser": (
        lambda f, t: t.update({"optimizer.1.step": torch.zeros(())}),
        "has other groups than the checkpoint",
    ),
    "integer weights": (
        lambda f, t: t.update({k: v.int() for k, v in t.items() if k.startswith("agent.")}),
        "agent.* is torch.int32",
    ),
    "no weights": (lambda f, t: t.clear(), "they lack agent."),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_checkpoint_is_a_sentence_and_status_2(trained, damage, capsys) -> None:
    change, reason = DAMAGES[damage]
    tensors, facts = checkpoints.load(latest_of(trained))
    change(facts, tensors)
    facts = {key: value for key, value in facts.items() if key not in ("weights", "sha256")}
    checkpoints.save(trained / "checkpoints", "latest", tensors, facts)
    assert train.main(["--resume", str(trained)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert re.search(reason, told), told


def test_a_lost_table_is_a_sentence_and_status_2(trained, capsys) -> None:
    table = trained / "training.csv"
    whole = table.read_bytes()
    for content in (None, whole[: len(whole) // 2], b""):
        table.unlink() if content is None else table.write_bytes(content)
        assert train.main(["--resume", str(trained)]) == 2
        assert "training.csv is damaged: its rows end at" in capsys.readouterr().err


@pytest.mark.parametrize("table", ["training.csv", "evaluation.csv"])
def test_half_a_row_after_the_checkpoint_is_dropped(trained, table) -> None:
    longer(trained, 1024)
    with (trained / table).open("a") as file:
        file.write("76")  # of a row at 768 steps
    assert train.main(["--resume", str(trained)]) == 0
    steps = [int(row["steps"]) for row in rows_of(trained / table)]
    assert steps == ([256, 512, 768, 1024] if table == "training.csv" else [512, 1024])


@pytest.mark.parametrize("arguments", [["--device", "cuda"], ["--runs", "/dev/null"]])
def test_what_the_machine_lacks_is_a_sentence_and_status_2(arguments, tiny, tmp_path, capsys):
    assert train.main([str(tiny), "--runs", str(tmp_path), *arguments]) == 2
    assert re.search("^error: .*(CUDA devices|/dev/null)", capsys.readouterr().err)


def test_a_full_disk_ends_a_run_with_a_sentence_and_its_checkpoint_stays(
    tiny, tmp_path, monkeypatch, capsys
) -> None:
    real, saves = checkpoints.save, iter(range(10))

    def save(*arguments):
        if next(saves) == 6:  # the second "latest" or later: one is there
            raise OSError(28, "No space left on device")
        real(*arguments)

    monkeypatch.setattr(checkpoints, "save", save)
    assert train.main([str(tiny), "--runs", str(tmp_path)]) == 2
    assert "No space left on device" in capsys.readouterr().err
    monkeypatch.undo()
    assert train.main(["--resume", str(tmp_path / "tiny-seed1")]) == 0
