"""Networks from configs: settings and spaces that are refused."""

import pytest
import torch
from gymnasium import spaces

from baselines.networks.build import (
    NetworkConfig,
    RecurrentNetworkConfig,
    build_actor_critic,
    build_encoder,
    build_recurrent_actor_critic,
)
from baselines.networks.cnn import MotionCropCNN
from baselines.networks.q_network import build_plain_encoder
from baselines.runs.config import ConfigError


def test_pictures_get_a_cnn_and_flat_observations_the_identity() -> None:
    config = NetworkConfig(algorithm="ppo")
    pictures, flat = spaces.Box(0, 255, (4, 84, 84), "uint8"), spaces.Box(-1, 1, (8,))
    assert isinstance(build_encoder(config, pictures)[0], MotionCropCNN)
    encoder, n_features = build_encoder(config, flat)
    assert n_features == 8
    assert list(encoder.parameters()) == []


def memory_of(observations, **settings):
    """Cell of the actor's memory, built from settings."""
    config = RecurrentNetworkConfig(algorithm="recurrent_ppo", memory_size=64, **settings)
    agent = build_recurrent_actor_critic(config, observations, spaces.Discrete(4))
    return agent.actor_memory.cell


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_each_part_of_a_memorys_initialisation_can_be_switched_off(cell) -> None:
    flat = spaces.Box(-1, 1, (8,))
    usual = 1 / 8**0.5  # standard deviation of input weights
    for settings, chrono, of_gates, of_candidate in (
        ({}, True, 0.4 * usual, 4 * usual),
        ({"chrono": False}, False, 4 * usual, 4 * usual),
        ({"chrono": False, "gate_gain": 0.1}, False, 0.4 * usual, 4 * usual),
        ({"gate_gain": 1.0}, True, 4 * usual, 4 * usual),
        ({"candidate_gain": 1.0}, True, 0.1 * usual, usual),
        ({"change_gain": 2.0}, False, 4 / 16**0.5, 4 / 16**0.5),  # twice as many inputs
    ):
        memory = memory_of(flat, cell=cell, **settings)
        assert bool(memory.bias_ih_l0.count_nonzero()) == chrono
        gates, *_ = memory.weight_ih_l0.detach().split(64)
        candidate = memory.weight_ih_l0.detach().split(64)[2]
        assert float(gates.std()) == pytest.approx(of_gates, rel=0.15)
        assert float(candidate.std()) == pytest.approx(of_candidate, rel=0.15)


def test_a_memory_over_pictures_has_chrono_initialisation_if_asked() -> None:
    pictures = spaces.Box(0, 255, (1, 84, 84), "uint8")
    asked = {"encoder": "attention_residual", "share_encoder": True, "cell": "gru"}
    assert memory_of(pictures, **asked).bias_ih_l0.count_nonzero() == 0
    assert memory_of(pictures, **asked, chrono=True).bias_ih_l0.count_nonzero() == 64


@pytest.mark.parametrize(
    ("observation", "action"),
    [
        (spaces.Box(0, 255, (84, 84)), spaces.Discrete(4)),
        (spaces.Discrete(3), spaces.Discrete(4)),
        (spaces.Box(-1, 1, (8,)), spaces.MultiBinary(3)),
    ],
)
def test_spaces_that_no_network_here_serves_are_refused(observation, action) -> None:
    with pytest.raises(ConfigError, match="Box"):
        build_actor_critic(NetworkConfig(algorithm="ppo"), observation, action)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"share_encoder": True, "hidden": ()}, "hidden: at least one layer with share_encoder"),
        ({"share_encoder": True, "critic_hidden": (8,)}, "critic_hidden: not with share_encoder"),
        ({"mixed_precision": True}, "mixed_precision: only with share_encoder"),
        ({"encoder": "motion_crop_residual"}, "encoder: motion_crop_residual only with share_enc"),
        ({"encoder": "attention"}, "encoder: only for pictures, got attention"),
        ({"frame_change_gain": 1.0}, "frame_change_gain: only for pictures, got 1.0"),
        ({"encoder_file": "x"}, "encoder_file: only with encoder: motion_crop_residual, got x"),
        ({"squash": "mean"}, "squash: only for continuous actions, got mean"),
        ({"initial_log_std": -1.0}, "initial_log_std: only for continuous actions, got -1.0"),
    ],
)
def test_settings_that_exclude_each_other_are_refused(settings, message) -> None:
    with pytest.raises(ConfigError, match=message):
        build_actor_critic(
            NetworkConfig(algorithm="ppo", **settings), spaces.Box(-1, 1, (3,)), spaces.Discrete(4)
        )


def test_a_memory_refuses_settings_of_continuous_actions_for_discrete_ones() -> None:
    with pytest.raises(ConfigError, match="squash: only for continuous actions, got mean"):
        memory_of(spaces.Box(-1, 1, (8,)), squash="mean")


def test_published_settings_of_discrete_tasks_have_a_fixed_standard_deviation() -> None:
    memory_of(spaces.Box(-1, 1, (8,)), learn_std=False)


def test_a_single_frame_has_no_gain_of_differences_without_a_memory_of_frames() -> None:
    frame, actions = spaces.Box(0, 255, (1, 84, 84), "uint8"), spaces.Discrete(4)
    asked = {"encoder": "attention", "frame_change_gain": 2.0}
    with pytest.raises(ConfigError, match="frame_change_gain: only with two frames or more, got"):
        build_actor_critic(NetworkConfig(algorithm="ppo", **asked), frame, actions)
    with pytest.raises(ConfigError, match="frame_change_gain: only with two frames or more, got"):
        memory_of(frame, **asked, share_encoder=True)
    memory_of(frame, **asked, share_encoder=True, frame_memory=True)


def test_motion_crops_have_no_gain_of_frame_differences() -> None:
    pictures = spaces.Box(0, 255, (4, 84, 84), "uint8")
    config = NetworkConfig(algorithm="ppo", frame_change_gain=1.0)
    with pytest.raises(ConfigError, match="frame_change_gain: only with encoders of whole frames"):
        build_encoder(config, pictures)


@pytest.mark.parametrize(
    ("encoder", "size", "message"),
    [
        ("nature", (64, 64), r"nature only for sides of 84 pixels, got \[64, 64\]"),
        ("attention", (90, 84), r"attention only for sides of 16 .* multiple of 4, got \[90, 84\]"),
        ("attention_residual", (84, 12), r"only for sides of 16 .*, got \[84, 12\]"),
    ],
)
def test_pictures_of_a_size_that_an_encoder_does_not_take_are_refused(
    encoder, size, message
) -> None:
    pictures = spaces.Box(0, 255, (4, *size), "uint8")
    with pytest.raises(ConfigError, match=f"encoder: .*{message}"):
        build_encoder(NetworkConfig(algorithm="ppo", encoder=encoder), pictures)
    if encoder != "attention_residual":  # Q-networks have the other two
        with pytest.raises(ConfigError, match=f"encoder: .*{message}"):
            build_plain_encoder(pictures, 1, encoder, 4.0, mixed_precision=False)


def test_the_smallest_frames_leave_one_place_to_attend_to() -> None:
    pictures = spaces.Box(0, 255, (1, 16, 16), "uint8")
    encoder, n_features = build_encoder(
        NetworkConfig(algorithm="ppo", encoder="attention"), pictures
    )
    assert encoder(torch.zeros((2, 1, 16, 16), dtype=torch.uint8)).shape == (2, n_features)
