"""Command ``list``."""

import json

import lander_envs
from lander_envs.cli import main


def test_every_environment_and_agent_is_listed(capsys) -> None:
    assert main(["list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in found["environments"]] == list(lander_envs.REGISTERED_IDS)
    assert found["environments"][4]["observation"] == "uint8 (4, 84, 84)"
    assert found["agents"][0]["name"] == "lander"
    assert found["agents"][0]["parameters"] == 9797
    features = {row["name"]: row["hand_made_feature"] for row in found["agents"]}
    assert features == {
        "lander": "",
        "lander_continuous": "",
        "masked_velocity_lander": "",
        "normalized_lander": "",
        "pixel_lander": "",
        "shaped_lander": "",
    }


def test_tables_of_80_characters_break_no_name(capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    assert "Environments" in out
    assert "Agents" in out
    for name in (*lander_envs.REGISTERED_IDS, "masked_velocity_lander", "recurrent_ppo", "return"):
        assert name in out
    assert max(map(len, out.splitlines())) <= 80
