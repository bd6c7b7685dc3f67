"""Memory over pictures: one encoder and one memory for actor and critic."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import safetensors.torch
import torch
from gymnasium import spaces

from baselines import evaluate, record, train
from baselines.networks.cnn import MotionCropResidualCNN
from baselines.results import pretrained as agents
from baselines.runs.config import ConfigError
from tests.baselines.algorithms.test_recurrent_ppo import (
    SECONDS,
    Recall,
    collected,
    evaluated,
    learned,
    trainer_of,
)
from tests.baselines.networks.test_cnn import weights_of

PIXELS: dict[str, Any] = {
    "encoder": "motion_crop_residual",
    "share_encoder": True,
    "memory_size": 16,
}
TINY = (
    "{algorithm: recurrent_ppo, name: tiny, encoder: motion_crop_residual, share_encoder: true, "
    "num_envs: 2, num_steps: 16, memory_size: 8, total_steps: 64, checkpoint_interval: 32, "
    "eval_interval: 64, eval_episodes: 1, env_id: lander_envs/PixelLander-v0"
)


class RecallShades(Recall):
    """The same with pictures: was the first one's left half the bright one?"""

    observation_space = spaces.Box(0, 255, (1, 36, 36), np.uint8)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        picture = np.zeros((1, 36, 36), np.uint8)
        picture[:, :, slice(0, 18) if self.sign > 0 else slice(18, 36)] = 200
        return picture, {}

    def step(self, action):
        _, *rest = super().step(action)
        return np.full((1, 36, 36), 100, np.uint8), *rest


@pytest.fixture
def shades():
    gym.register("test/RecallShades-v0", RecallShades)
    yield "test/RecallShades-v0"
    del gym.registry["test/RecallShades-v0"]


@pytest.mark.parametrize("frame_stack", [1, 4])
@pytest.mark.parametrize("cell", ["gru", "transformer"])
def test_the_update_sees_the_rollouts_numbers_and_moves_the_encoder(cell, frame_stack) -> None:
    trainer = collected(
        "lander_envs/PixelLander-v0",
        env_kwargs={"frame_stack": frame_stack},
        cell=cell,
        burn_in=2,
        scrambled_by=0.01,
        **PIXELS,
    )
    assert trainer.rollout.obs.dtype == torch.uint8
    batch = trainer.make_batch(trainer.rollout)
    old, new = evaluated(trainer, batch, torch.arange(len(batch)))
    assert torch.allclose(new.log_prob, old.log_probs, atol=1e-5)
    assert torch.allclose(new.value, old.values, atol=1e-5)
    new.value.sum().backward()
    for parameter in trainer.agent.encoder.parameters():
        assert parameter.grad.abs().sum() > 0


@pytest.mark.parametrize("cell", ["gru", "transformer"])
def test_memories_over_single_whole_frames_see_the_rollouts_numbers_in_the_update(cell) -> None:
    trainer = collected(
        "lander_envs/PixelLander-v0",
        env_kwargs={"frame_stack": 1},
        cell=cell,
        burn_in=2,
        scrambled_by=0.01,
        **{**PIXELS, "encoder": "attention_residual"},
    )
    assert trainer.rollout.obs.shape[2] == 1  # a frame a step
    batch = trainer.make_batch(trainer.rollout)
    old, new = evaluated(trainer, batch, torch.arange(len(batch)))
    assert torch.allclose(new.log_prob, old.log_probs, atol=1e-4)
    assert torch.allclose(new.value, old.values, atol=1e-4)
    new.value.sum().backward()
    for parameter in trainer.agent.encoder.parameters():
        assert parameter.grad.abs().sum() > 0


def test_a_rollouts_pictures_are_kept_once() -> None:
    trainer = collected("lander_envs/PixelLander-v0", **PIXELS)
    batch = trainer.make_batch(trainer.rollout)
    assert batch.transitions.obs.data_ptr() == trainer.rollout.obs.data_ptr()


@pytest.mark.parametrize("cell", ["gru", "transformer"])
def test_memory_learns_in_seconds_to_recall_a_picture(shades, tmp_path, cell) -> None:
    settings = SECONDS | PIXELS | {"learning_rate": 5e-4, "ent_coef": 0.01}
    trainer = trainer_of(shades, cell=cell, sequence_length=4, minibatch_size=32, **settings)
    assert learned(trainer, tmp_path) == 1.0


@pytest.mark.parametrize("cell", ["gru", "transformer"])
def test_a_run_from_pixels_is_trained_resumed_scored_and_filmed(cell, tmp_path, capsys) -> None:
    config = tmp_path / "tiny.yaml"
    config.write_text(f"{TINY}, cell: {cell}, mixed_precision: true}}")
    assert train.main([str(config), "--runs", str(tmp_path)]) == 0
    run = tmp_path / "tiny-seed1"
    assert train.main(["--resume", str(run)]) == 0
    assert agents.load(run).config.cell == cell
    assert evaluate.main([str(run), "--episodes", "2", "--backend", "box2d"]) == 0
    assert record.main([str(run), "--out", str(tmp_path / "films")]) == 0


def test_only_a_runs_start_needs_the_encoders_file(tmp_path, capsys) -> None:
    torch.manual_seed(7)
    weights, path = weights_of(MotionCropResidualCNN()), tmp_path / "encoder.safetensors"
    config = tmp_path / "tiny.yaml"
    config.write_text(f"{TINY}, learning_rate: 1.0e-9, encoder_file: {path}}}")
    assert train.main([str(config), "--runs", str(tmp_path)]) == 2
    assert f"error: encoder_file: {path} cannot be read" in capsys.readouterr().err
    safetensors.torch.save_file(weights, path)
    assert train.main([str(config), "--runs", str(tmp_path)]) == 0
    path.unlink()
    run = tmp_path / "tiny-seed1"
    assert train.main(["--resume", str(run)]) == 0
    assert evaluate.main([str(run), "--episodes", "1"]) == 0
    final = safetensors.torch.load_file(next((run / "checkpoints").glob("final-*.safetensors")))
    for name, started in weights.items():
        assert torch.allclose(final[f"agent.encoder.{name}"], started, atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"share_encoder": False, "encoder": "motion_crop"}, "share_encoder: must be true"),
        ({"change_gain": 1.0}, "change_gain: only for flat observations .*, got 1.0"),
    ],
)
def test_settings_that_pictures_exclude_are_refused(settings, message) -> None:
    with pytest.raises(ConfigError, match=message):
        trainer_of("lander_envs/PixelLander-v0", **{**PIXELS, **settings})
