"""Stop rules and learning rates of the training loop."""

import pytest

from baselines.algorithms.ppo import PPO, PPOConfig


def test_the_stop_rule_is_a_moving_average_over_evaluations() -> None:
    trainer = PPO(PPOConfig(stop_return=100.0, stop_window=3, num_envs=1, hidden=(4,)))
    for evaluation, stops in [(300.0, False), (0.0, False), (0.0, True), (0.0, False)]:
        trainer.progress.evaluations.append(evaluation)
        assert trainer.stop_rule_holds() == stops


def test_patience_counts_iterations_without_a_better_return() -> None:
    trainer = PPO(PPOConfig(patience=2, num_envs=1, hidden=(4,)))
    for mean_return, stops in [
        (-100.0, False),
        (float("nan"), False),  # no episode ended
        (-50.0, False),
        (-60.0, False),
        (-50.0, True),
    ]:
        trainer.count_patience(mean_return)
        assert trainer.stop_rule_holds() == stops


@pytest.mark.parametrize(("anneal", "rates"), [(True, [1e-3, 5e-4, 0.0]), (False, [1e-3] * 3)])
def test_the_learning_rate_falls_linearly_to_zero_if_annealed(anneal, rates) -> None:
    config = PPOConfig(total_steps=100, num_envs=1, hidden=(4,), anneal_learning_rate=anneal)
    trainer = PPO(config)
    for steps, rate in zip((0, 50, 100), rates, strict=True):
        trainer.progress.steps = steps
        trainer.set_learning_rate()
        assert trainer.optimizer.param_groups[0]["lr"] == pytest.approx(rate)
