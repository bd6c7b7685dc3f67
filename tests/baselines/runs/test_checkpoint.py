"""Checkpoints survive kills and full disks, and a broken one says what is wrong."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import safetensors.torch
import torch
from torch import nn

from baselines.runs import checkpoint as checkpoints
from baselines.runs import files
from baselines.runs.checkpoint import CheckpointError

TENSORS = {"weight": torch.arange(6.0).reshape(2, 3), "steps": torch.tensor(7)}


def saved(directory, number=1):
    checkpoints.save(
        directory, "latest", {**TENSORS, "number": torch.tensor(number)}, {"n": number}
    )
    return directory / "latest.json"


def test_what_was_saved_is_loaded(tmp_path) -> None:
    tensors, facts = checkpoints.load(saved(tmp_path))
    assert torch.equal(tensors["weight"], TENSORS["weight"])
    assert tensors["steps"].item() == 7
    assert facts["n"] == 1


def test_the_files_are_plain_json_and_safetensors(tmp_path) -> None:
    facts = json.loads(saved(tmp_path).read_text())
    assert set(safetensors.torch.load_file(tmp_path / facts["weights"])) == {*TENSORS, "number"}


def test_an_older_checkpoint_of_the_same_name_is_removed(tmp_path) -> None:
    saved(tmp_path, 1)
    saved(tmp_path, 2)
    assert len(list(tmp_path.glob("latest*"))) == 2
    assert checkpoints.load(tmp_path / "latest.json")[1]["n"] == 2


@pytest.mark.parametrize(("survivors", "kept"), [(0, 1), (1, 1), (2, 1), (3, 2), (4, 2)])
def test_a_save_that_dies_leaves_a_whole_checkpoint(tmp_path, monkeypatch, survivors, kept) -> None:
    """The disk fills at the first to fourth flush: tensors, folder, JSON, folder."""
    path = saved(tmp_path, 1)
    calls = iter(range(10))
    real = files.os.fsync

    def fsync(descriptor):
        if next(calls) >= survivors:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(files.os, "fsync", fsync)
    if survivors < 4:
        with pytest.raises(OSError, match="No space left"):
            saved(tmp_path, 2)
    else:
        saved(tmp_path, 2)
    assert checkpoints.load(path)[1]["n"] == kept
    assert not list(tmp_path.glob("*.tmp"))


def test_a_save_removes_what_a_killed_save_of_the_same_name_left(tmp_path) -> None:
    left = [".latest.json.x1y2z3ab.tmp", ".latest-0123456789ab.safetensors.x1y2z3ab.tmp"]
    others = [".best.json.x1y2z3ab.tmp", ".latest.txt.x1y2z3ab.tmp", "latest.tmp"]
    for name in (*left, *others, "latest-0123456789ab.safetensors"):
        (tmp_path / name).write_text("half")
    path = saved(tmp_path)
    weights = json.loads(path.read_text())["weights"]
    assert {file.name for file in tmp_path.iterdir()} == {
        *others,
        "latest.json",
        weights,
        ".lock",
    }


def test_a_save_keeps_what_another_json_names(tmp_path) -> None:
    path = saved(tmp_path, 1)
    copy = tmp_path / "kept.json"  # as someone copies it who wants to keep it
    copy.write_bytes(path.read_bytes())
    checkpoints.save(tmp_path, "latest-2", TENSORS, {"n": 7})
    (tmp_path / "broken.json").write_text("{")
    saved(tmp_path, 2)
    saved(tmp_path, 3)
    numbers = [checkpoints.load(tmp_path / f"{name}.json")[1]["n"] for name in ("kept", "latest-2")]
    assert numbers == [1, 7]
    assert len(list(tmp_path.glob("*.safetensors"))) == 3


def test_two_writers_of_one_name_leave_a_whole_checkpoint(tmp_path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: saved(tmp_path, number), range(40)))
    facts = checkpoints.load(tmp_path / "latest.json")[1]
    assert facts["n"] in range(40)
    assert len(list(tmp_path.glob("*.safetensors"))) == 1


def test_a_checkpoint_that_is_replaced_while_it_is_read_is_read_as_the_new_one(
    tmp_path, monkeypatch
) -> None:
    path = saved(tmp_path, 1)
    real = checkpoints.describe
    described = []

    def describe(asked):
        described.append(real(asked))
        if len(described) == 1:
            saved(tmp_path, 2)  # removes the tensors that the first JSON names
        return described[-1]

    monkeypatch.setattr(checkpoints, "describe", describe)
    tensors, facts = checkpoints.load(path)
    assert (facts["n"], tensors["number"].item()) == (2, 2)


def test_any_changed_byte_of_the_json_is_refused(tmp_path) -> None:
    path = saved(tmp_path, 12)
    whole = path.read_bytes()
    for place in range(len(whole)):
        for flipped in (1, 8):  # another digit, another letter
            damaged = bytearray(whole)
            damaged[place] ^= flipped
            path.write_bytes(damaged)
            try:
                facts = checkpoints.describe(path)
            except CheckpointError:
                continue
            assert facts == json.loads(whole), damaged  # white space


def test_a_checkpoint_without_a_checksum_of_older_versions_is_read(tmp_path) -> None:
    path = saved(tmp_path)
    facts = json.loads(path.read_text())
    del facts["checksum"]
    path.write_text(json.dumps({**facts, "format": "lander_envs checkpoint 1"}))
    assert checkpoints.load(path)[1]["n"] == 1


def test_a_truncated_weights_file_is_refused(tmp_path) -> None:
    path = saved(tmp_path)
    weights = next(tmp_path.glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-5])
    with pytest.raises(CheckpointError, match="truncated or changed"):
        checkpoints.load(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "JSON"),
        ("[]", "format"),
        ('{"format": "lander_envs checkpoint 0"}', "format"),
        ('{"format": "lander_envs checkpoint 1"}', "weights"),
        ('{"format": "lander_envs checkpoint 1", "weights": "../x.safetensors"}', "weights"),
        ('{"format": "lander_envs checkpoint 1", "weights": "a\\u0000"}', "weights"),
        ('{"format": "lander_envs checkpoint 1", "weights": "gone.safetensors"}', "not there"),
        ('{"format": "lander_envs checkpoint 2"}', "checksum"),
        ('{"a": ' * 100_000, "nested too deeply"),
        ('{"format": "lander_envs checkpoint 1", "n": ' + "9" * 5000 + "}", "integer string"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_broken_description_is_refused_with_its_reason(tmp_path, content, reason) -> None:
    path = tmp_path / "latest.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CheckpointError, match=reason):
        checkpoints.load(path)


def test_a_number_that_is_not_finite_is_not_written_and_nothing_else_is(tmp_path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        checkpoints.save(tmp_path, "latest", TENSORS, {"best": -float("inf")})
    assert list(tmp_path.iterdir()) == []


def test_infinities_of_older_checkpoints_are_read_as_none(tmp_path) -> None:
    path = saved(tmp_path)
    older = path.read_text().replace('"n": 1', '"n": -Infinity').replace("int 2", "int 1")
    path.write_text(older)
    assert checkpoints.load(path)[1]["n"] is None


def test_a_missing_checkpoint_is_named(tmp_path) -> None:
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        checkpoints.load(tmp_path / "final.json")


def test_a_pickle_in_place_of_the_weights_is_refused_and_not_run(tmp_path) -> None:
    path = saved(tmp_path)
    facts = json.loads(path.read_text())
    torch.save(TENSORS, tmp_path / facts["weights"])
    blob = (tmp_path / facts["weights"]).read_bytes()
    facts["sha256"] = checkpoints.hashlib.sha256(blob).hexdigest()
    path.write_text(json.dumps(checkpoints.sealed(facts)))
    with pytest.raises(CheckpointError, match="not a safetensors file"):
        checkpoints.load(path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda w: w.pop("agent.bias"), "they lack agent.bias"),
        (lambda w: w.update({"agent.more": torch.zeros(1)}), "they have agent.more"),
        (lambda w: w.update({"agent.bias": torch.zeros(3)}), r"agent.bias is torch.float32 \(3,\)"),
        (lambda w: w.update({"agent.bias": torch.zeros(2, dtype=torch.int32)}), "is torch.int32"),
        (lambda w: w.update({"agent.bias": torch.zeros(2).double()}), "is torch.float64"),
        (lambda w: w["agent.weight"].fill_(torch.nan), "agent.weight holds numbers that are not"),
        (lambda w: w["agent.bias"].fill_(torch.inf), "agent.bias holds numbers that are not"),
    ],
)
def test_weights_of_another_name_shape_or_type_are_refused_and_change_nothing(
    change, reason
) -> None:
    network = nn.Linear(3, 2)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    weights = {f"agent.{key}": value + 1 for key, value in before.items()}
    change(weights)
    with pytest.raises(CheckpointError, match=reason):
        checkpoints.load_weights(network, weights)
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


@pytest.mark.parametrize("facts", [{}, {"config": None}, {"config": []}, {"config": "ppo"}])
def test_a_part_that_is_missing_or_no_mapping_is_refused(facts, tmp_path) -> None:
    with pytest.raises(CheckpointError, match="config must be a mapping, got"):
        checkpoints.section(facts, "config", tmp_path / "latest.json")
