"""What an on-policy agent did for a while, and how much better than expected it was.

Source of the advantages: Schulman et al., "High-dimensional continuous control using generalized
advantage estimation", 2016.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from torch import Tensor
from typing_extensions import Self

from baselines.networks.actor_critic import Choice
from baselines.runs.trainer import EpisodeReturns

_VALUED_AT_ONCE = 4096  # observations: enough to hide the cost of a call, a few MB of activations


@dataclass
class Rollout:
    """``num_steps`` transitions of ``num_envs`` environments, preallocated.

    ``obs``, ``states`` and ``values`` have one row more: what follows the last step. With
    NEXT_STEP autoreset the row after an episode's end is its true last observation, and the step
    from there, which only resets, is marked in ``is_reset`` and never enters the loss.
    """

    obs: Tensor  # (num_steps + 1, num_envs, ...)
    states: Tensor  # (num_steps + 1, num_envs, 8), or 0 numbers where obs is all there is
    values: Tensor  # (num_steps + 1, num_envs)
    raw_actions: Tensor  # (num_steps, num_envs, ...), and so all below
    logprobs: Tensor
    rewards: Tensor
    terminated: Tensor
    truncated: Tensor
    is_reset: Tensor

    @property
    def entering(self) -> Tensor:
        """The steps that enter the loss, all but those that only reset, as flat indices."""
        return (~self.is_reset).flatten().nonzero().squeeze(-1)

    @classmethod
    def empty(cls, num_steps: int, envs: VectorEnv[Any, Any, Any], device: str) -> Rollout:
        """Room for a rollout of these environments."""
        steps, more = (num_steps, envs.num_envs), (num_steps + 1, envs.num_envs)
        sampled = split(envs.observation_space.sample())
        obs, states = (torch.as_tensor(part[0]) for part in sampled)
        discrete = isinstance(envs.single_action_space, gym.spaces.Discrete)
        return cls(
            obs=torch.zeros((*more, *obs.shape), dtype=obs.dtype, device=device),
            states=torch.zeros((*more, *states.shape), device=device),
            values=torch.zeros(more, device=device),
            raw_actions=torch.zeros(
                (*steps, *(envs.single_action_space.shape or ())),
                dtype=torch.int64 if discrete else torch.float32,
                device=device,
            ),
            logprobs=torch.zeros(steps, device=device),
            rewards=torch.zeros(steps, device=device),
            terminated=torch.zeros(steps, dtype=torch.bool, device=device),
            truncated=torch.zeros(steps, dtype=torch.bool, device=device),
            is_reset=torch.zeros(steps, dtype=torch.bool, device=device),
        )


def split(obs: Any) -> tuple[NDArray[Any], NDArray[np.float32]]:
    """What the policy sees (num_envs, ...), and the states that only a critic may see.

    These are (num_envs, 8) beside pictures (``obs="both"``), and (num_envs, 0) elsewhere.
    """
    if isinstance(obs, dict):
        return obs["pixels"], obs["state"]
    return obs, np.zeros((len(obs), 0), np.float32)


@dataclass
class Collector:
    """Steps the environments and keeps what must survive from one rollout to the next."""

    envs: VectorEnv[Any, Any, Any]
    obs: Any  # an array, or a dict of arrays
    resetting: NDArray[np.bool_]
    episode_start: NDArray[np.bool_]  # which of ``obs`` are an episode's first
    returns: EpisodeReturns

    @classmethod
    def start(cls, envs: VectorEnv[Any, Any, Any], seed: int) -> Self:
        """Reset all environments."""
        obs, _ = envs.reset(seed=seed)
        none = np.zeros(envs.num_envs, dtype=bool)
        return cls(envs, obs, none, ~none, EpisodeReturns(envs.num_envs))

    @torch.no_grad()
    def collect(
        self,
        agent: Any,
        rollout: Any,
        reward_scale: float = 1.0,
        reward_floor: float | None = None,
    ) -> None:
        """Fill ``rollout`` with what ``agent`` does.

        Args:
            agent: chooses and values.
            rollout: what is filled.
            reward_scale: rewards are multiplied by this,
            reward_floor: after lower ones were raised to this, if at all. Returns are counted raw.
        """
        # What the environments say is kept in arrays, and goes to the device at once.
        rewards = np.empty(rollout.rewards.shape)
        terminated, truncated, is_reset = np.empty((3, *rewards.shape), np.bool_)
        for t in range(len(rewards)):
            self._keep_observation(rollout, t)
            choice = self.choose(agent, rollout, t)
            rollout.raw_actions[t] = choice.raw
            rollout.logprobs[t] = choice.logprob
            is_reset[t] = self.resetting
            action = choice.action.cpu().numpy()
            self.obs, rewards[t], terminated[t], truncated[t], infos = self.envs.step(action)
            self.episode_start, self.resetting = self.resetting, terminated[t] | truncated[t]
            self.returns.add(infos.get("raw_reward", rewards[t]), self.resetting)
        self._keep_observation(rollout, -1)
        rewards = rewards if reward_floor is None else np.maximum(rewards, reward_floor)
        rollout.rewards.copy_(torch.from_numpy(rewards * reward_scale))
        rollout.terminated.copy_(torch.from_numpy(terminated))
        rollout.truncated.copy_(torch.from_numpy(truncated))
        rollout.is_reset.copy_(torch.from_numpy(is_reset))
        if agent.state_critic is not None:
            rollout.values[:] = agent.state_critic(rollout.states)
        else:
            self.value_rest(agent, rollout)

    def _keep_observation(self, rollout: Any, t: int) -> None:
        obs, states = split(self.obs)
        rollout.obs[t], rollout.states[t] = torch.as_tensor(obs), torch.as_tensor(states)

    def choose(self, agent: Any, rollout: Any, t: int) -> Choice:
        """Act on the observations of row ``t``, and value them if that is a by-product."""
        choice: Choice
        if agent.critic_encoder is None:
            choice, rollout.values[t] = agent.step(rollout.obs[t])
        else:
            choice = agent.actor.sample(agent.encoder(rollout.obs[t]))
        return choice

    def value_rest(self, agent: Any, rollout: Any) -> None:
        """Value the observations after the last step, or all if choosing has valued none."""
        if agent.critic_encoder is None:
            rollout.values[-1] = agent.value(rollout.obs[-1])
            return
        steps = max(1, _VALUED_AT_ONCE // rollout.values.shape[1])
        pairs = zip(rollout.obs.split(steps), rollout.values.split(steps), strict=True)
        for obs, values in pairs:
            values[:] = agent.value(obs.flatten(0, 1)).view_as(values)


def advantages(rollout: Rollout, gamma: float, gae_lambda: float) -> Tensor:
    """Generalized advantage estimates, (num_steps, num_envs).

    Args:
        rollout: the transitions.
        gamma: discount.
        gae_lambda: trace decay.

    A terminated step bootstraps from 0, a truncated one from the value of its last observation;
    no trace crosses the end of an episode.
    """
    going_on = (~rollout.terminated).float()
    same_episode = (~(rollout.terminated | rollout.truncated)).float()
    values, estimates = rollout.values, torch.zeros_like(rollout.rewards)
    following = torch.zeros_like(rollout.rewards[0])
    for t in reversed(range(len(rollout.rewards))):
        delta = rollout.rewards[t] + gamma * values[t + 1] * going_on[t] - values[t]
        following = delta + gamma * gae_lambda * same_episode[t] * following
        estimates[t] = following
    return estimates
