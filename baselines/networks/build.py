"""Networks from configs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal

import gymnasium as gym
from pydantic import Field
from torch import nn

from baselines.networks.actor_critic import ActorCritic
from baselines.networks.attention_cnn import MAPS, SMALLEST, AttentionCNN, ResidualAttentionCNN
from baselines.networks.cnn import MixedPrecision, MotionCropCNN, MotionCropResidualCNN
from baselines.networks.frame_memory import MapMemory, RecurrentEncoder
from baselines.networks.frame_stem import PATCH
from baselines.networks.mlp import ACTIVATIONS, mlp
from baselines.networks.nature_cnn import SIZE as NATURE_SIZE
from baselines.networks.nature_cnn import NatureCNN
from baselines.networks.observations import flat_size, in_float32, is_pictures
from baselines.networks.policy_heads import GaussianSettings, PolicyHead, build_policy_head
from baselines.networks.recurrent import (
    FLAT_GAIN,
    GATE_GAIN,
    Memory,
    MemoryStart,
    RecurrentActorCritic,
)
from baselines.networks.transformer import HEADS, Window
from baselines.runs.config import (
    ConfigError,
    GreyEnvKwargs,
    Layers,
    NonNegative,
    TrainConfig,
    Units,
)

WHOLE_FRAME_ENCODERS: dict[str, type[AttentionCNN | ResidualAttentionCNN | NatureCNN]] = {
    "attention": AttentionCNN,
    "attention_residual": ResidualAttentionCNN,
    "nature": NatureCNN,
}
MOTION_CROP_ENCODERS = {
    "motion_crop": MotionCropCNN,
    "motion_crop_residual": MotionCropResidualCNN,
}
Encoder = Literal[
    "attention", "attention_residual", "nature", "motion_crop", "motion_crop_residual"
]


class NetworkConfig(TrainConfig):
    """Settings of an actor-critic network."""

    env_kwargs: GreyEnvKwargs = Field(default_factory=dict)
    """Keyword arguments of the environment."""
    hidden: Layers = (64, 64)
    """Units of the hidden layers, of actor and critic each."""
    critic_hidden: Layers | None = None
    """Units of the critic's hidden layers, if they are others."""
    activation: Literal["tanh", "relu", "elu"] = "tanh"
    """Activation between the hidden layers."""
    encoder: Encoder = "motion_crop"
    """Encoder of pictures: a CNN over whole frames (the first three), or over motion crops."""
    frame_change_gain: NonNegative = 4.0
    """Whole frames: gain of frame differences in the first layer's parametrisation; 0: none."""
    encoder_file: Path | None = None
    """Initial weights of a residual encoder: a safetensors file."""
    share_encoder: bool = False
    """Let actor and critic share encoder and hidden layers, with a linear layer each."""
    mixed_precision: bool = False
    """Compute a shared encoder in bfloat16: faster where the processor has instructions for it."""
    squash: Literal["sample", "mean"] = "sample"
    """Continuous actions: tanh over the Gaussian's sample, or over its mean only."""
    initial_log_std: float = Field(0.0, ge=-5, le=2)
    """Continuous actions: logarithm of the standard deviation at the start."""
    learn_std: bool = True
    """Continuous actions: whether the standard deviation is learned; others leave it unread."""

    def without_effect(self) -> dict[str, str]:
        """Settings that do nothing beside the others, with the reason."""
        if self.hidden or self.critic_hidden:
            return super().without_effect()
        return super().without_effect() | {"activation": "only with hidden layers"}

    @property
    def gaussian(self) -> GaussianSettings:
        """Settings of the policy head for continuous actions."""
        return GaussianSettings(self.initial_log_std, self.learn_std, self.squash == "sample")


class RecurrentNetworkConfig(NetworkConfig):
    """Settings of a recurrent actor-critic; ``hidden`` are the layers between memory and head."""

    cell: Literal["lstm", "gru", "transformer"] = "lstm"
    """Kind of memory."""
    memory_size: Units = 128
    """Units of a layer of the memory."""
    memory_layers: int = Field(1, gt=0, le=4)
    """Recurrent layers, or blocks of the Transformer."""
    window: int = Field(8, gt=1, le=128)
    """Steps that a block of the Transformer sees, the newest among them."""
    change_gain: NonNegative = 0.0
    """The memory also sees tanh of the observation's change in a step times this, unless 0."""
    previous_action: bool = False
    """The memory also sees the action before, one-hot; only for discrete actions."""
    frame_memory: bool = False
    """Single frames: the encoder remembers its first layer's maps, by traces that decay."""
    chrono: bool | None = None
    """Chrono initialisation of LSTM and GRU; None: for flat observations without change_gain."""
    gate_gain: float | None = Field(None, gt=0, le=10)
    """Factor of the gates' input weights at the start; None: 0.1 with chrono, else 1."""
    candidate_gain: float | None = Field(None, gt=0, le=10)
    """Factor of the first layer's input weights at the start; None: 4 for flat observations."""
    hidden: Layers = (64,)
    """Units of the hidden layers between memory and output, of actor and critic each."""
    activation: Literal["tanh", "relu", "elu"] = "elu"
    """Activation of those layers."""
    share_encoder: bool = False
    """Let actor and critic share encoder and memory; pictures need it."""

    def without_effect(self) -> dict[str, str]:
        """Settings that do nothing beside the others, with the reason."""
        if self.cell != "transformer":
            return super().without_effect() | {"window": "only with cell: transformer"}
        of_cells = ("chrono", "gate_gain", "candidate_gain")
        return super().without_effect() | dict.fromkeys(of_cells, "only with cells lstm and gru")


def build_actor_critic(
    config: NetworkConfig, observation_space: gym.Space[Any], action_space: gym.Space[Any]
) -> ActorCritic:
    """Feed-forward actor-critic, freshly initialised.

    Raises:
        ConfigError: for settings that exclude each other, and spaces that no network here serves.
    """
    if config.share_encoder and config.critic_hidden is not None:
        raise ConfigError(f"critic_hidden: not with share_encoder, got {config.critic_hidden}")
    if config.mixed_precision and not config.share_encoder:
        raise ConfigError("mixed_precision: only with share_encoder, got True")
    if config.share_encoder and not config.hidden:
        raise ConfigError("hidden: at least one layer with share_encoder, got ()")
    if config.encoder == "motion_crop_residual" and not config.share_encoder:
        raise ConfigError("encoder: motion_crop_residual only with share_encoder")
    hidden, activation = config.hidden, config.activation
    encoder, n_features = build_encoder(config, observation_space)
    _require_differences(config, observation_space)
    if config.share_encoder:
        last = ACTIVATIONS[activation]()
        body = nn.Sequential(encoder, mlp([n_features, *hidden], activation, math.sqrt(2.0)), last)
        actor = _build_actor(config, action_space, hidden[-1], ())
        encoder = MixedPrecision(body) if config.mixed_precision else body
        return ActorCritic(encoder, actor, mlp([hidden[-1], 1], activation, out_gain=1.0), None)
    actor = _build_actor(config, action_space, n_features, hidden)
    of_critic = hidden if config.critic_hidden is None else config.critic_hidden
    critic = mlp([n_features, *of_critic, 1], activation, out_gain=1.0)
    return ActorCritic(encoder, actor, critic, build_encoder(config, observation_space)[0])


def build_recurrent_actor_critic(
    config: RecurrentNetworkConfig,
    observation_space: gym.Space[Any],
    action_space: gym.Space[Any],
) -> RecurrentActorCritic:
    """Recurrent actor-critic, freshly initialised.

    Raises:
        ConfigError: for settings that exclude each other, and spaces that no network here serves.
    """
    is_picture = is_pictures(observation_space)
    encoder, n_features = _build_recurrent_encoder(config, observation_space)
    _check_memory(config, is_picture)
    size, activation = config.memory_size, config.activation
    n_actions = _previous_actions(config, action_space)
    n_features += n_actions
    actor_memory = _build_memory(config, n_features, is_picture)
    critic_memory = None
    if not config.share_encoder:
        critic_memory = _build_memory(config, n_features, is_picture)
    actor = _build_actor(config, action_space, size, config.hidden)
    of_critic = config.hidden if config.critic_hidden is None else config.critic_hidden
    critic = mlp([size, *of_critic, 1], activation, out_gain=1.0)
    return RecurrentActorCritic(encoder, actor_memory, actor, critic_memory, critic, n_actions)


def build_encoder(
    config: NetworkConfig, observation_space: gym.Space[Any]
) -> tuple[nn.Module, int]:
    """Encoder of observations: a CNN for pictures, flat ones as they are, in float32.

    Returns:
        The module, and the number of its features.

    Raises:
        ConfigError: for a space that is neither pictures nor a flat Box, and for settings that
            have no effect on it.
    """
    if config.encoder_file is not None and config.encoder != "motion_crop_residual":
        raise ConfigError(
            f"encoder_file: only with encoder: motion_crop_residual, got {config.encoder_file}"
        )
    if is_pictures(observation_space):
        if config.encoder in WHOLE_FRAME_ENCODERS:
            shape = observation_space.shape
            return build_whole_frame_encoder(config.encoder, shape, config.frame_change_gain)
        config.require_default("frame_change_gain", "only with encoders of whole frames")
        return MOTION_CROP_ENCODERS[config.encoder](), MotionCropCNN.n_features
    config.require_default("encoder", "only for pictures")
    config.require_default("frame_change_gain", "only for pictures")
    return in_float32(observation_space, nn.Identity()), flat_size(observation_space)


def build_whole_frame_encoder(
    name: str, shape: tuple[int, ...], change_gain: float
) -> tuple[nn.Module, int]:
    """CNN over stacks of whole frames, and the number of its features.

    Args:
        name: in ``WHOLE_FRAME_ENCODERS``.
        shape: of a stack, (frames, height, width).
        change_gain: see :class:`~baselines.networks.frame_stem.FrameStem`.

    Raises:
        ConfigError: for pictures of a size that it does not take.
    """
    frames, *size = shape
    if name == "nature" and size != [NATURE_SIZE, NATURE_SIZE]:
        raise ConfigError(f"encoder: nature only for sides of {NATURE_SIZE} pixels, got {size}")
    if any(side % PATCH or side < SMALLEST for side in size):
        raise ConfigError(
            f"encoder: {name} only for sides of {SMALLEST} pixels or more and a multiple of "
            f"{PATCH}, got {size}"
        )
    kind = WHOLE_FRAME_ENCODERS[name]
    return kind(frames, change_gain), kind.n_features


def _build_actor(
    config: NetworkConfig, action_space: gym.Space[Any], n_features: int, hidden: tuple[int, ...]
) -> PolicyHead:
    """Policy head of a config; ConfigError for settings that no discrete action depends on."""
    if isinstance(action_space, gym.spaces.Discrete):
        # Published settings of discrete tasks have learn_std, too.
        for key in ("squash", "initial_log_std"):
            config.require_default(key, "only for continuous actions")
    return build_policy_head(action_space, n_features, hidden, config.activation, config.gaussian)


def _require_differences(config: NetworkConfig, space: gym.Space[Any]) -> None:
    """ConfigError for a gain of frame differences where a stack is one frame, and has none."""
    if is_pictures(space) and space.shape[0] == 1:
        config.require_default("frame_change_gain", "only with two frames or more")


def _build_recurrent_encoder(
    config: RecurrentNetworkConfig, observation_space: gym.Space[Any]
) -> tuple[nn.Module, int]:
    """Encoder of a recurrent actor-critic, and the number of its features."""
    encoder, n_features = build_encoder(config, observation_space)
    if not config.frame_memory:
        _require_differences(config, observation_space)
        return MixedPrecision(encoder) if config.mixed_precision else encoder, n_features
    if not is_pictures(observation_space) or observation_space.shape[0] != 1:
        raise ConfigError("frame_memory: only for pictures with frame_stack: 1, got True")
    if not isinstance(encoder, AttentionCNN):
        raise ConfigError(
            f"frame_memory: only with encoder: attention or attention_residual, "
            f"got {config.encoder}"
        )
    first, rest = encoder.first, encoder.over_traces()
    _, height, width = observation_space.shape
    memory = MapMemory((height // PATCH - 1, width // PATCH - 1, MAPS), config.frame_change_gain)
    return RecurrentEncoder(first, memory, rest, config.mixed_precision), n_features


def _check_memory(config: RecurrentNetworkConfig, is_picture: bool) -> None:
    """ConfigError for settings that exclude each other."""
    attends = config.cell == "transformer"
    if is_picture and not config.share_encoder:
        raise ConfigError("share_encoder: must be true for pictures, got False")
    if config.mixed_precision and not is_picture:
        raise ConfigError("mixed_precision: with a memory only for pictures, got True")
    if config.change_gain and (is_picture or attends):
        raise ConfigError(
            f"change_gain: only for flat observations and cells lstm and gru, "
            f"got {config.change_gain}"
        )
    if attends and config.memory_size % HEADS:
        raise ConfigError(
            f"memory_size: must be a multiple of {HEADS} for a transformer, "
            f"got {config.memory_size}"
        )


def _previous_actions(config: RecurrentNetworkConfig, space: gym.Space[Any]) -> int:
    """Numbers by which a memory sees the action before; ConfigError if it cannot."""
    if not config.previous_action:
        return 0
    if not isinstance(space, gym.spaces.Discrete):
        raise ConfigError(f"previous_action: only for discrete actions, got {space}")
    if config.change_gain:
        raise ConfigError(f"previous_action: not with change_gain, got {config.change_gain}")
    return int(space.n)


def _build_memory(
    config: RecurrentNetworkConfig, n_features: int, is_picture: bool
) -> Memory | Window:
    size, layers = config.memory_size, config.memory_layers
    if config.cell == "transformer":
        return Window(n_features, size, layers, config.window)
    return Memory(
        n_features, size, layers, config.cell, config.change_gain, _memory_start(config, is_picture)
    )


def _memory_start(config: RecurrentNetworkConfig, is_picture: bool) -> MemoryStart:
    """Initialisation of a memory, where the config leaves it open by what is observed."""
    # Features of pictures are normalised; bare observations need time scales to show velocities.
    chrono, of_gates, of_all = config.chrono, config.gate_gain, config.candidate_gain
    if chrono is None:
        chrono = not (is_picture or config.change_gain)
    if of_all is None:
        of_all = 1.0 if is_picture else FLAT_GAIN
    if of_gates is None:
        of_gates = GATE_GAIN if chrono else 1.0
    return MemoryStart(chrono, of_gates, of_all)
