"""Random calls on native batches beside Gymnasium's SyncVectorEnv of the same single envs.

Run the whole lane with ``tox run -e fuzz``, one session with
``python -m tests.fuzz.vector_api --seed N --calls 200``.
"""

import argparse
import copy
import pickle
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import lander_envs
from tests.test_copies import DUPLICATES, random_actions
from tests.test_refused_calls import WRONG_RESETS, wrong_actions

SESSION = 200  # calls on one batch
NUM_ENVS = 3  # what the wrong arguments are made for
MODES = list(gym.vector.AutoresetMode)


class Session:
    """One batch, its reference, and what was done to them.

    Args:
        seed: seed of all choices.
    """

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.env_id = str(self.rng.choice(lander_envs.REGISTERED_IDS))
        self.mode = MODES[self.rng.integers(len(MODES))]
        kwargs: dict[str, Any] = {
            "max_episode_steps": int(self.rng.integers(1, 40)),
            "enable_wind": bool(self.rng.random() < 0.5),
        }
        if "Pixel" in self.env_id:
            kwargs |= {"obs_size": int(self.rng.integers(1, 20)), "frame_stack": 3}
        if "Continuous" not in self.env_id:
            kwargs["continuous"] = bool(self.rng.random() < 0.3)
        self.batch = gym.make_vec(
            self.env_id,
            num_envs=NUM_ENVS,
            autoreset_mode=self.mode,
            num_threads=int(self.rng.integers(1, 3)),
            **kwargs,
        )
        self.reference = gym.make_vec(
            self.env_id,
            num_envs=NUM_ENVS,
            vectorization_mode="sync",
            vector_kwargs={"autoreset_mode": self.mode},
            **kwargs,
        )
        self.kept: list[tuple[np.ndarray, bytes]] = []
        self.over = np.zeros(NUM_ENVS, dtype=bool)
        self.reset({"seed": seed})

    def run(self, calls: int) -> None:
        """Make random calls; an AssertionError tells of the first difference."""
        actions: list[tuple[float, Callable[[], None]]] = [
            (0.80, self.step),
            (0.04, self.random_reset),
            (0.04, self.duplicate),
            (0.03, self.restore_own_state),
            (0.03, self.set_gravity),
            (0.03, self.refused_reset),
            (0.03, self.refused_step),
        ]
        chances = np.array([chance for chance, _ in actions])
        for choice in self.rng.choice(len(actions), calls, p=chances / chances.sum()):
            actions[choice][1]()
        assert all(array.tobytes() == then for array, then in self.kept)

    def step(self) -> None:
        if self.mode == gym.vector.AutoresetMode.DISABLED and self.over.any():
            self.reset({"options": {"reset_mask": self.over.copy()}})
        action = random_actions(self.batch.action_space, self.rng)
        got, expected = self.batch.step(action), self.reference.step(action)
        for mine, theirs in zip(got[:4], expected[:4], strict=True):
            assert mine.tobytes() == theirs.tobytes()
        for name in ("outcome", "on_pad", "_final_obs"):
            assert np.array_equal(got[4].get(name), expected[4].get(name)), name
        self.over = got[2] | got[3]
        self.keep(got[0])

    def reset(self, arguments: dict[str, Any]) -> None:
        got, expected = (copy.deepcopy(arguments) for _ in range(2))
        obs = self.batch.reset(**got)[0]
        assert obs.tobytes() == self.reference.reset(**expected)[0].tobytes()
        mask = (arguments.get("options") or {}).get("reset_mask", np.ones(NUM_ENVS, dtype=bool))
        self.over = self.over & ~mask
        self.keep(obs)

    def random_reset(self) -> None:
        arguments: dict[str, Any] = {}
        if self.rng.random() < 0.5:
            seeds = self.rng.integers(2**40, size=NUM_ENVS).tolist()
            arguments["seed"] = seeds if self.rng.random() < 0.5 else seeds[0]
        options: dict[str, Any] = {}
        if self.rng.random() < 0.3:
            options["gravity"] = float(self.rng.uniform(-11.0, -1.0))
        if self.mode == gym.vector.AutoresetMode.DISABLED and self.rng.random() < 0.5:
            options["reset_mask"] = self.rng.permutation([True, False, True])
        self.reset(arguments | ({"options": options} if options else {}))

    def duplicate(self) -> None:
        how = str(self.rng.choice(list(DUPLICATES)))
        original, self.batch = self.batch, DUPLICATES[how](self.batch)
        original.close()

    def restore_own_state(self) -> None:
        index = int(self.rng.integers(NUM_ENVS))
        state = self.batch.clone_state(index)
        for bad in (state[:-1], state[:40] + b"?" + state[40:], None):
            with pytest.raises(ValueError, match="state"):
                self.batch.restore_state(bad, index)
        self.batch.restore_state(pickle.loads(pickle.dumps(state)), index)

    def set_gravity(self) -> None:
        values = self.rng.uniform(-11.0, -1.0, NUM_ENVS).tolist()
        for envs in (self.batch, self.reference):
            envs.set_attr("gravity", values)

    def refused_reset(self) -> None:
        arguments = WRONG_RESETS[self.rng.integers(len(WRONG_RESETS))]
        with pytest.raises(ValueError, match=r"must|may"):
            self.batch.reset(**arguments)

    def refused_step(self) -> None:
        if self.mode == gym.vector.AutoresetMode.NEXT_STEP and self.over.any():
            return  # the actions of envs that are only reset are not looked at
        if self.mode == gym.vector.AutoresetMode.DISABLED and self.over.any():
            with pytest.raises(gym.error.ResetNeeded):
                self.batch.step(random_actions(self.batch.action_space, self.rng))
            return
        wrong = wrong_actions(self.batch)
        with pytest.raises(ValueError, match="action"):
            self.batch.step(wrong[self.rng.integers(len(wrong))])

    def keep(self, obs: np.ndarray) -> None:
        """Hold some of the observations, which must stay as they are."""
        if self.rng.random() < 0.05:
            self.kept.append((obs, obs.tobytes()))


def main() -> None:
    """Run sessions until the calls are made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0, help="of the first session")
    arguments = parser.parse_args()
    for number in range(-(-arguments.calls // SESSION)):
        seed = arguments.seed + number
        try:
            Session(seed).run(min(SESSION, arguments.calls - number * SESSION))
        except BaseException:
            print(f"session {seed} failed: add it to FOUND of tests/fuzz/test_vector_api.py")
            raise
    print(f"{arguments.calls:,} calls, 0 differences")


if __name__ == "__main__":
    main()
