"""Forms of one env, driven alike: single, sync, async, native batch and Stable-Baselines3."""

from typing import Any

import gymnasium as gym
import numpy as np

from lander_envs.sb3 import LanderVecEnv

FORMS = ("single", "sync", "async", "batch", "same_step_batch", "sb3")


class Form:
    """Two environments of one id (one if single), which always take action 0.

    Args:
        form: one of ``FORMS``.
        env_id: id of the environments.
        **kwargs: arguments of the environments.
    """

    def __init__(self, form: str, env_id: str = "lander_envs/Lander-v0", **kwargs: Any) -> None:
        self.form = form
        if form == "single":
            self.env: Any = gym.make(env_id, **kwargs)
        elif form == "sb3":
            self.env = LanderVecEnv(env_id, num_envs=2, **kwargs)
        else:
            if form == "same_step_batch":
                kwargs["autoreset_mode"] = "SameStep"
            mode = form if form in ("sync", "async") else None
            self.env = gym.make_vec(env_id, num_envs=2, vectorization_mode=mode, **kwargs)

    def reset(self, options: dict[str, Any] | None = None, seed: int = 0) -> np.ndarray:
        """Reset with a seed and options; returns env 0's observation."""
        if self.form == "sb3":
            self.env.seed(seed)
            self.env.set_options(options)
            return self.env.reset()[0]
        return np.atleast_2d(self.env.reset(seed=seed, options=options)[0])[0]

    def step(self) -> tuple[np.ndarray, bool]:
        """Step with action 0; returns env 0's observation and whether its episode ended."""
        action = 0 if self.form == "single" else np.zeros(2, int)
        obs, _, *ends, _ = self.env.step(action)
        return np.atleast_2d(obs)[0], bool(np.ravel(ends).reshape(len(ends), -1)[:, 0].any())

    def get(self, name: str) -> Any:
        """Attribute of env 0."""
        if self.form == "single":
            return self.env.get_wrapper_attr(name)
        return (self.env if self.form == "sb3" else self.env.unwrapped).get_attr(name)[0]

    def set(self, name: str, value: Any) -> None:
        """Set an attribute of every env."""
        if self.form == "single":
            setattr(self.env.unwrapped, name, value)
        elif self.form == "sb3":
            self.env.set_attr(name, value)
        else:
            self.env.unwrapped.set_attr(name, value)


def falling_speed(form: Form, steps: int = 20) -> float:
    """Vertical velocity of env 0 after free fall."""
    return [float(form.step()[0][3]) for _ in range(steps)][-1]
