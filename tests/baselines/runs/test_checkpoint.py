"""Checkpoints survive kills and full disks, and a broken one says what is wrong."""

import json

import pytest
import safetensors.torch
import torch

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
    assert len(list(tmp_path.iterdir())) == 2
    assert checkpoints.load(tmp_path / "latest.json")[1]["n"] == 2


@pytest.mark.parametrize("survivor", [0, 1, 2])
def test_a_save_that_dies_leaves_the_last_good_checkpoint(tmp_path, monkeypatch, survivor) -> None:
    """The disk fills, or the process dies, at the first, second or third write to a file."""
    path = saved(tmp_path, 1)
    calls = iter(range(10))
    real = files.os.fsync

    def fsync(descriptor):
        if next(calls) >= survivor:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(files.os, "fsync", fsync)
    if survivor < 2:
        with pytest.raises(OSError, match="No space left"):
            saved(tmp_path, 2)
    else:
        saved(tmp_path, 2)
    assert checkpoints.load(path)[1]["n"] == (2 if survivor == 2 else 1)
    assert not [file for file in tmp_path.iterdir() if file.name.startswith(".")]


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
        ('{"format": "lander_envs checkpoint 1", "weights": "gone.safetensors"}', "cannot be read"),
    ],
)
def test_a_broken_description_is_refused_with_its_reason(tmp_path, content, reason) -> None:
    path = tmp_path / "latest.json"
    path.write_text(content)
    with pytest.raises(CheckpointError, match=reason):
        checkpoints.load(path)


def test_a_number_that_is_not_finite_is_not_written_and_nothing_else_is(tmp_path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        checkpoints.save(tmp_path, "latest", TENSORS, {"best": -float("inf")})
    assert list(tmp_path.iterdir()) == []


def test_infinities_of_older_checkpoints_are_read_as_none(tmp_path) -> None:
    path = saved(tmp_path)
    path.write_text(path.read_text().replace('"n": 1', '"n": -Infinity'))
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
    path.write_text(json.dumps(facts))
    with pytest.raises(CheckpointError, match="not a safetensors file"):
        checkpoints.load(path)
