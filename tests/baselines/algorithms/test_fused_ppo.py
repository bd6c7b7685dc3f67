"""PPO in C++ beside PyTorch's."""

from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces

from baselines.algorithms.ppo import PPO, PPOConfig
from baselines.algorithms.rollout import TransitionBatch, Transitions
from baselines.optim.flat_adam import NonFiniteError
from baselines.runs.config import ConfigError

N_OBS, N_ACTIONS = 8, 4  # of Lander-v0
ACTIVATIONS = ["tanh", "relu", "elu"]


def trainer_of(**settings: Any) -> PPO:
    torch.manual_seed(0)
    trainer = PPO(PPOConfig(num_envs=2, num_steps=4, **settings))
    trainer.start(0)
    return trainer


def batch_of(n: int) -> TransitionBatch:
    generator = torch.Generator().manual_seed(1)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator)

    actions = torch.randint(N_ACTIONS, (n,), generator=generator)
    log_probs = -1.0 + 0.3 * normal(n)  # some ratios beyond the clip, on both sides
    old = Transitions(normal(n, N_OBS), actions, log_probs, normal(n), 2.0 * normal(n), normal(n))
    return TransitionBatch(old, torch.arange(n).flip(0))


def learn(trainer: PPO, sizes: tuple[int, ...]) -> list[dict[str, float]]:
    """Gradient steps on the first transitions of a batch; returns their metrics."""
    batch = batch_of(200)
    if trainer.config.fused:
        trainer._fused.start_update(batch)
    logged = [trainer._gradient_step(batch, torch.arange(n), 0.02) for n in sizes]
    return [{name: float(value) for name, value in metrics.items()} for metrics in logged]


SETTINGS: dict[str, dict[str, Any]] = {
    "as shipped": {},
    "no hidden layer": {"hidden": ()},
    "sizes that fill no vector, ReLU": {"hidden": (17, 3), "activation": "relu"},
    "another critic, ELU": {"critic_hidden": (70,), "activation": "elu"},
    "value clip": {"value_clip": 0.3},
    "advantages over the rollout": {"normalize_advantages": "rollout"},
    "gradients that are clipped": {"max_grad_norm": 0.01},
    "norms of actor and critic": {"critic_max_grad_norm": 0.02, "critic_learning_rate": 3e-3},
    "one norm for two rates": {"max_grad_norm": 0.01, "critic_learning_rate": 3e-3},
}


def check_steps(settings: dict[str, Any]) -> None:
    plain, fused = trainer_of(**settings), trainer_of(**settings, fused=True)
    sizes = (200, 64, 3, 65)
    for ours, theirs in zip(learn(fused, sizes), learn(plain, sizes), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-4, abs=1e-5)
    for one, other in zip(fused.optimizer.vectors, plain.optimizer.vectors, strict=True):
        assert torch.allclose(one, other, atol=2e-5)
    expected = plain.optimizer.tensors()
    for name, tensor in fused.optimizer.tensors().items():
        largest = expected[name].abs().max().item()
        assert torch.allclose(tensor, expected[name], rtol=1e-3, atol=1e-5 * largest), name


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=list(SETTINGS))
def test_fused_gradient_steps_are_plain_ones_but_for_rounding(settings) -> None:
    check_steps(settings)


@pytest.mark.usefixtures("instructions")
def test_every_width_of_vectors_gives_the_same_steps() -> None:
    check_steps({"hidden": (40, 33)})


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("n", [1, 64, 130])
def test_fused_acting_draws_the_actions_of_plain_acting(activation, n) -> None:
    trainer = trainer_of(fused=True, activation=activation)
    obs, hidden_state = 3.0 * torch.randn(n, N_OBS), torch.zeros(n, 0)
    obs[n // 2 :] *= 100.0  # units that saturate
    # Far from uniform, as a trained policy is.
    with torch.no_grad():
        trainer.agent.actor.logits[-1].weight.mul_(300.0)
    torch.manual_seed(7)
    expected, _, _ = trainer.agent.step(obs, hidden_state)
    after = torch.rand(1)
    torch.manual_seed(7)
    step = trainer._fused.acting()(obs, hidden_state)
    assert torch.rand(1) == after
    assert torch.equal(step.sample.action, expected.action)
    # Rounding is relative to the logits, some of which are thousands.
    largest = trainer.agent.actor.logits(obs).abs().max().item()
    assert torch.allclose(step.sample.log_prob, expected.log_prob, atol=1e-6 * largest)
    assert n == 1 or len(step.sample.action.unique()) == N_ACTIONS


def not_called(*_: Any) -> None:
    raise AssertionError("PyTorch's own step was taken")


def test_a_fused_training_is_a_plain_one_but_for_rounding() -> None:
    settings: dict[str, Any] = {
        "env_id": "CartPole-v1",
        "num_envs": 4,
        "num_steps": 32,
        "minibatch_size": 32,
        "total_steps": 640,
        "late_return": 15.0,  # passed at once: learning rates and entropy bonus change
        "late_learning_rate_scale": 0.5,
        "critic_learning_rate": 3e-3,
    }
    moved = []
    for fused in (False, True):
        torch.manual_seed(3)
        trainer = PPO(PPOConfig(fused=fused, **settings))
        trainer.start(0)
        if fused:
            trainer.agent.step = trainer.agent.evaluate = not_called
        for _ in range(4):
            trainer.set_learning_rate()
            metrics = trainer.iterate().metrics
        assert trainer.progress.is_late
        weights = [x for vector in trainer.optimizer.vectors for x in vector.tolist()]
        moved.append([*weights, *metrics.values()])
    assert moved[1] == pytest.approx(moved[0], abs=1e-4)


# An infinite gradient, and a loss that overflows while its gradient does not.
@pytest.mark.parametrize("target", [torch.inf, 1e20])
def test_a_fused_step_stops_before_weights_become_nan(target) -> None:
    trainer = trainer_of(fused=True)
    before = [tensor.clone() for tensor in trainer.optimizer.tensors().values()]
    weights = trainer.optimizer.vectors[0].clone()
    batch = batch_of(8)
    batch.transitions.returns[3] = target
    trainer._fused.start_update(batch)
    with pytest.raises(NonFiniteError, match="last checkpoint stays"):
        trainer._gradient_step(batch, torch.arange(8), 0.0)
    assert torch.equal(trainer.optimizer.vectors[0], weights)
    for tensor, old in zip(trainer.optimizer.tensors().values(), before, strict=True):
        assert torch.equal(tensor, old)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_no_action_is_drawn_from_probabilities_that_are_nan(activation) -> None:
    trainer = trainer_of(fused=True, activation=activation)
    obs = torch.full((2, N_OBS), torch.nan)
    with pytest.raises(NonFiniteError, match="no action can be drawn"):
        trainer._fused.acting()(obs, torch.zeros(2, 0))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"env_kwargs": {"continuous": True}}, "fused: only for discrete actions, got True"),
        ({"env_id": "lander_envs/PixelLander-v0"}, "fused: only for flat observations, got True"),
        ({"share_encoder": True}, "fused: not with share_encoder, got True"),
        ({"compile_update": True}, "fused: not with compile_update, got True"),
    ],
)
def test_other_agents_are_refused(settings, sentence) -> None:
    with pytest.raises(ConfigError, match=sentence):
        PPO(PPOConfig(num_envs=2, num_steps=4, fused=True, **settings))


def test_observations_of_doubles_are_refused() -> None:
    config = PPOConfig(env_id="CartPole-v1", num_envs=2, num_steps=4)
    trainer = PPO(config)
    trainer.config = config.model_copy(update={"fused": True})
    trainer.agent = trainer_of().agent  # of discrete actions
    trainer.optimizer = trainer.make_optimizer()
    trainer.envs.single_observation_space = spaces.Box(-1.0, 1.0, (3,), np.float64)
    with pytest.raises(ConfigError, match="fused: observations must be float32, got float64"):
        trainer._make_fused()
