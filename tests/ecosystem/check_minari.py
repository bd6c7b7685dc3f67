"""Minari: datasets with infos."""

import gymnasium as gym
import minari
import pytest

import lander_envs
from lander_envs import Outcome
from tests.ecosystem.actions import no_engine

pytestmark = pytest.mark.filterwarnings("ignore")  # Minari asks for an author and more


@pytest.mark.parametrize("env_id", lander_envs.REGISTERED_IDS)
def test_a_collector_records_the_infos_of_every_id(env_id, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    collector = minari.DataCollector(gym.make(env_id, max_episode_steps=10), record_infos=True)
    for seed in range(2):
        collector.reset(seed=seed)
        truncated = False
        while not truncated:
            *_, truncated, _ = collector.step(no_engine(collector.action_space))
    name = env_id.lower().replace("/", "-").removesuffix("-v0")
    dataset = collector.create_dataset(f"{name}-v0", algorithm_name="free fall")
    collector.close()
    for episode in dataset.iterate_episodes():
        outcomes = episode.infos["outcome"].tolist()
        assert outcomes[0] == Outcome.RUNNING
        assert outcomes[-1] == Outcome.TIMEOUT
        assert len(outcomes) == len(episode.infos["on_pad"]) == len(episode.rewards) + 1
        if env_id == "lander_envs/ShapedLander-v0":
            assert episode.infos["raw_reward"][0] == 0.0
    assert dataset.recover_environment().spec.id == env_id
