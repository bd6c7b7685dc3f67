"""Networks from configs: settings and spaces that are refused."""

import pytest
from gymnasium import spaces

from baselines.networks.build import NetworkConfig, build_actor_critic, build_encoder, is_pictures
from baselines.networks.cnn import MotionCropCNN
from baselines.runs.config import ConfigError


def test_pictures_get_a_cnn_and_flat_observations_the_identity() -> None:
    config = NetworkConfig(algorithm="ppo")
    pictures, flat = spaces.Box(0, 255, (4, 84, 84), "uint8"), spaces.Box(-1, 1, (8,))
    assert (is_pictures(pictures), is_pictures(flat)) == (True, False)
    assert isinstance(build_encoder(config, pictures)[0], MotionCropCNN)
    encoder, n_features = build_encoder(config, flat)
    assert n_features == 8
    assert list(encoder.parameters()) == []


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
        ({"share_encoder": True, "critic_hidden": (8,)}, "critic_hidden: not with share_encoder"),
        ({"mixed_precision": True}, "mixed_precision: only with share_encoder"),
        ({"encoder": "motion_crop_residual"}, "encoder: motion_crop_residual only with share_enc"),
        ({"encoder_file": "x"}, "encoder_file: only with encoder: motion_crop_residual, got x"),
    ],
)
def test_settings_that_exclude_each_other_are_refused(settings, message) -> None:
    with pytest.raises(ConfigError, match=message):
        build_actor_critic(
            NetworkConfig(algorithm="ppo", **settings), spaces.Box(-1, 1, (3,)), spaces.Discrete(4)
        )
