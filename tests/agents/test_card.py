"""Cards: written and read again, and what is refused."""

import hashlib
import json

import pytest

from lander_envs.agents.card import LARGEST_FILE, AgentError, Card, read_card, read_model

MODEL = b"a model"
CARD = Card(
    "mine",
    "lander_envs/Lander-v0",
    {"continuous": True},
    "ppo",
    12,
    "float32",
    "mine.onnx",
    hashlib.sha256(MODEL).hexdigest(),
    {"native": {"mean_return": 250.5}},
    "differences",
)


@pytest.fixture
def path(tmp_path):
    (tmp_path / "mine.onnx").write_bytes(MODEL)
    path = tmp_path / "mine.json"
    path.write_text(CARD.to_json())
    return path


def test_a_card_survives_its_file(path) -> None:
    assert read_card(path) == read_card(str(path)) == CARD
    assert read_model(CARD, path) == MODEL


def test_what_is_no_path_is_refused() -> None:
    with pytest.raises(AgentError, match=r"^path must be a string or a path, got 3$"):
        read_card(3)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("format", "lander_envs agent 0", "must have format 'lander_envs agent 1'"),
        ("env_id", 3, "env_id must be of type str, got 3"),
        ("env_id", "some_module:Env-v0", "env_id must be the id of a registered environment"),
        ("env_id", "GymV26Environment-v0", "env_id must not be of another library's registry"),
        ("env_id", "x/GymV21Environment", "env_id must not be of another library's registry"),
        ("env_kwargs", None, "env_kwargs must be of type dict, got None"),
        ("parameters", "many", "parameters must be of type int, got 'many'"),
        ("model", "../mine.onnx", "model must be the name of an ONNX file beside it"),
        ("model", "/etc/passwd", "model must be the name of an ONNX file beside it"),
        ("sha256", "f00", "sha256 must be 64 hexadecimal digits, got 'f00'"),
    ],
)
def test_a_card_with_a_wrong_entry_is_refused(key, value, told, path) -> None:
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, key: value}))
    with pytest.raises(AgentError, match=told):
        read_card(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"\xff", "is not a JSON file"), (b"[" * 100_000, "is not a JSON file"), (b"[]", "format")],
)
def test_a_file_that_is_no_card_is_refused(content, told, path) -> None:
    path.write_bytes(content)
    with pytest.raises(AgentError, match=told):
        read_card(path)


def test_missing_changed_and_huge_files_are_refused(path, tmp_path) -> None:
    with pytest.raises(
        AgentError, match=r"none.json, the card of .*, cannot be read: No such file"
    ):
        read_card(tmp_path / "none.json")
    model = tmp_path / "mine.onnx"
    model.write_bytes(MODEL[:-1])
    with pytest.raises(AgentError, match="truncated or changed"):
        read_model(CARD, path)
    with model.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(AgentError, match="must have at most 256,000,000 bytes, got 256,000,001"):
        read_model(CARD, path)
    model.unlink()
    with pytest.raises(AgentError, match="cannot be read"):
        read_model(CARD, path)
