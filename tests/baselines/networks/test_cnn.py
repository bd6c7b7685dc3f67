"""Convolutional encoders, against convolutions written out."""

import pytest
import safetensors.torch
import torch
from gymnasium import spaces
from torch import nn

from baselines.networks.build import NetworkConfig, build_actor_critic
from baselines.networks.cnn import (
    MixedPrecision,
    MotionCropCNN,
    MotionCropResidualCNN,
    ResidualBlock,
    load_encoder,
)
from baselines.networks.motion_crop import motion_crops
from baselines.runs import checkpoint as checkpoints
from baselines.runs.checkpoint import CheckpointError
from tests.baselines.algorithms.test_recurrent_ppo import scramble

PIXELS = torch.randint(0, 256, (3, 4, 84, 84), generator=torch.Generator().manual_seed(0)).byte()
PAIRS = torch.randint(0, 256, (3, 2, 36, 36), generator=torch.Generator().manual_seed(0)).byte()


@pytest.mark.parametrize("frames", [1, 2, 4])
def test_features_are_those_of_the_layers_written_out_over_two_crops(frames) -> None:
    torch.manual_seed(0)
    layers = MotionCropCNN()
    crops, places = motion_crops(PIXELS[:, :frames])
    x = crops.double()
    for layer, padding in ((layers.first, 2), (layers.second, 1)):
        x = torch.relu(nn.functional.conv2d(x, layer.weight.double(), None, 2, padding))
    assert x.shape == (2 * 3, 32, 4, 4)
    x = (x.flatten(1) @ layers.last.weight.double().T).float()
    x = torch.cat((x[:3], x[3:], places), dim=1)
    x = (x - x.mean(1, keepdim=True)) / (x.var(1, unbiased=False, keepdim=True) + 1e-5).sqrt()
    features = layers(PIXELS[:, :frames])
    assert features.shape == (3, MotionCropCNN.n_features) == (3, 2 * 128 + 4)
    assert torch.allclose(features, x, atol=1e-4)


def test_mixed_precision_keeps_features_within_a_hundredth_and_weights_in_float32() -> None:
    torch.manual_seed(0)
    layers = MotionCropCNN()
    exact, mixed = layers(PIXELS), MixedPrecision(layers)(PIXELS)
    assert mixed.dtype == torch.float32
    assert (mixed - exact).norm() < 0.01 * exact.norm()
    mixed.sum().backward()
    assert layers.first.weight.grad.dtype == torch.float32


def test_a_block_adds_to_what_passes_through() -> None:
    block = ResidualBlock()
    maps = torch.zeros(1, 32, 2, 2)
    maps[0, 0] = torch.tensor([[-1.0, 2.0], [3.0, 4.0]])
    assert torch.equal(block(maps), maps)  # a fresh block is the identity
    with torch.no_grad():
        for layer in (block.first, block.second, block.third):
            layer.weight.zero_()
        block.first.weight[1, 0] = 1.0  # passes on; the activation before it drops the -1
        block.second.weight[2, 1] = 0.5  # half of the sum of the neighbours, all four in reach
        block.third.weight[3, 2] = 2.0
    expected = maps.clone()
    expected[0, 3] = 2 * 0.5 * (0 + 2 + 3 + 4)
    assert torch.equal(block(maps), expected)


def test_blocks_come_after_the_convolutions() -> None:
    torch.manual_seed(0)
    encoder = MotionCropResidualCNN()
    scramble(encoder.blocks, by=0.1)
    crops, places = motion_crops(PAIRS)
    x = encoder.second(torch.relu(encoder.first(crops)))
    for block in encoder.blocks:
        x = x + block.third(torch.relu(block.second(torch.relu(block.first(torch.relu(x))))))
    now, then = encoder.last(torch.relu(x).flatten(1)).chunk(2)
    expected = encoder.norm(torch.cat((now, then, places), dim=1))
    assert torch.allclose(encoder(PAIRS), expected, atol=1e-5)
    plain = MotionCropCNN()
    plain.load_state_dict(encoder.state_dict(), strict=False)
    assert not torch.allclose(plain(PAIRS), expected, atol=0.1)


def weights_of(encoder: MotionCropResidualCNN) -> dict[str, torch.Tensor]:
    """Contiguous weights, for safetensors: the network holds its filters channels last."""
    return {name: tensor.contiguous() for name, tensor in encoder.state_dict().items()}


@pytest.fixture
def encoder() -> MotionCropResidualCNN:
    encoder = MotionCropResidualCNN()
    scramble(encoder)
    return encoder


def agent_of(**settings) -> nn.Module:
    config = NetworkConfig(
        algorithm="ppo", encoder="motion_crop_residual", share_encoder=True, hidden=(8,), **settings
    )
    pictures = spaces.Box(0, 255, (2, 36, 36), "uint8")
    return build_actor_critic(config, pictures, spaces.Discrete(2))


@pytest.mark.parametrize("mixed_precision", [False, True])
@pytest.mark.parametrize("prefix", ["", "net.encoder."])
def test_an_encoder_starts_from_a_file(encoder, tmp_path, prefix, mixed_precision) -> None:
    weights = {prefix + name: tensor for name, tensor in weights_of(encoder).items()}
    head = {"head.weight": torch.zeros(2)}  # of no interest
    safetensors.torch.save_file(weights | head, tmp_path / "encoder.safetensors")
    agent = agent_of(mixed_precision=mixed_precision)
    load_encoder(agent, tmp_path / "encoder.safetensors")
    loaded = next(part for part in agent.modules() if isinstance(part, MotionCropResidualCNN))
    assert torch.equal(loaded(PAIRS), encoder(PAIRS))


def test_a_checkpoint_serves_as_an_encoders_file(tmp_path) -> None:
    trained, fresh = agent_of(), agent_of(mixed_precision=True)
    scramble(trained)
    optimizer = {"optimizer.encoder.0.last.weight.exp_avg": torch.zeros(1)}
    tensors = {f"agent.{name}": tensor for name, tensor in trained.state_dict().items()}
    checkpoints.save(tmp_path, "latest", tensors | optimizer, {})
    load_encoder(fresh, next(tmp_path.glob("*.safetensors")))
    encoders = [
        next(part for part in agent.modules() if isinstance(part, MotionCropResidualCNN))
        for agent in (trained, fresh)
    ]
    assert torch.equal(encoders[0](PAIRS), encoders[1](PAIRS))


def test_a_file_that_holds_no_such_encoder_is_refused_with_its_reason(encoder, tmp_path) -> None:
    path, agent = tmp_path / "encoder.safetensors", agent_of()
    with pytest.raises(CheckpointError, match=r"encoder_file: .*cannot be read: No such file"):
        load_encoder(agent, path)
    weights = weights_of(encoder)
    path.write_bytes(safetensors.torch.save(weights)[:-5])
    with pytest.raises(CheckpointError, match="is not a safetensors file"):
        load_encoder(agent, path)
    safetensors.torch.save_file({k: v for k, v in weights.items() if k != "last.bias"}, path)
    with pytest.raises(CheckpointError, match=r"must hold one residual encoder, got 0"):
        load_encoder(agent, path)
    twice = {f"{who}.{k}": v.clone() for k, v in weights.items() for who in ("a", "b")}
    safetensors.torch.save_file(twice, path)
    with pytest.raises(CheckpointError, match=r"must hold one residual encoder, got 2"):
        load_encoder(agent, path)
    safetensors.torch.save_file(weights | {"last.bias": torch.zeros(64)}, path)
    with pytest.raises(CheckpointError, match=r"fit another network: .*\(64,\), not .*\(128,\)"):
        load_encoder(agent, path)
