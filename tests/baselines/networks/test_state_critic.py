"""A critic that sees the state while a policy from pixels is trained."""

import numpy as np
import pytest
import torch

from baselines import train
from baselines.algorithms.ppo import value_loss
from baselines.algorithms.registry import build_config, trainer_of
from baselines.results import pretrained as agents
from baselines.runs.config import ConfigError

PIXELS = {
    "env_id": "lander_envs/PixelLander-v0",
    "share_encoder": True,
    "state_critic": True,
    "num_envs": 2,
    "num_steps": 4,
}
KINDS = {
    "ppo": {"algorithm": "ppo", "hidden": [8], "minibatch_size": 8},
    "recurrent_ppo": {"algorithm": "recurrent_ppo", "memory_size": 8, "minibatch_size": 2},
}


@pytest.fixture(params=KINDS)
def trainer(request):
    config = build_config({**PIXELS, **KINDS[request.param]}, "here")
    trainer = trainer_of(config)(config)
    trainer._begin(0)
    return trainer


def test_values_are_the_state_critics_of_the_states_that_the_pictures_show(trainer) -> None:
    rollout = trainer._rollout
    trainer._collector.collect(trainer.agent, rollout)
    assert rollout.obs.shape == (5, 2, 4, 84, 84)
    assert rollout.states.shape == (5, 2, 8)
    assert np.array_equal(rollout.states[-1], trainer._collector.obs["state"])
    with torch.no_grad():
        assert torch.equal(rollout.values, trainer.agent.state_critic(rollout.states))


def test_an_update_moves_the_state_critic_the_policy_and_the_critic_of_pixels(trainer) -> None:
    agent = trainer.agent
    parts = agent.state_critic, agent.actor, agent.encoder, agent.critic
    before = [[p.clone() for p in part.parameters()] for part in parts]
    trainer._iterate()
    for part, old in zip(parts, before, strict=True):
        assert any(not torch.equal(p, q) for p, q in zip(part.parameters(), old, strict=True))


def test_the_state_critic_learns_returns_and_nothing_else(trainer) -> None:
    trainer._collector.collect(trainer.agent, trainer._rollout)
    batch = trainer._make_batch()
    old, new = batch.evaluate(trainer.agent, torch.arange(len(batch)))
    critic = trainer.agent.state_critic
    value_loss(old, critic(old.states), None).backward()
    own = set(critic.parameters())
    assert all(bool(p.grad.any()) == (p in own) for p in trainer.agent.parameters())
    assert new.value.shape == old.returns.shape  # the critic of pixels still has its say


def test_a_trained_policy_acts_on_pixels_alone(trainer, tmp_path) -> None:
    config = trainer.config
    path = tmp_path / "tiny.yaml"
    path.write_text(
        str({**PIXELS, **KINDS[config.algorithm], "name": "tiny", "total_steps": 8})
        .replace("'", "")
        .replace("True", "true")
    )
    status = train.main([str(path), "--runs", str(tmp_path), "--eval-episodes", "1"])
    assert status == 0
    agent = agents.load(tmp_path / "tiny-seed1")
    actions = agent.policy.act(np.zeros((3, 4, 84, 84), np.uint8))
    assert actions.shape == (3,)


def test_a_state_critic_is_for_pixel_lander_and_clips_no_values() -> None:
    for settings, message in [
        ({"env_id": "lander_envs/Lander-v0"}, "only with env_id lander_envs/PixelLander-v0"),
        ({"value_clip": 0.2}, "value_clip: not with state_critic, got 0.2"),
    ]:
        with pytest.raises(ConfigError, match=message):
            build_config({**PIXELS, **KINDS["ppo"], **settings}, "here")
