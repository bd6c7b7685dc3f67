"""Policies of ONNX models, run by onnxruntime."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from inspect import signature
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.envs.registration import load_env_creator
from gymnasium.error import DependencyNotInstalled
from gymnasium.spaces import Box
from numpy.typing import NDArray

from lander_envs.agents.card import AgentError, Card
from lander_envs.backends import Dynamics
from lander_envs.checks import NOT_CONVERTIBLE, keywords, shown
from lander_envs.registration import REGISTERED_IDS
from lander_envs.scoring.policy import Decision, Policy

OBS, HIDDEN_STATE, NEXT_HIDDEN_STATE = "obs", "hidden_state", "next_hidden_state"
ACTION, Q_VALUES, PROBABILITIES, VALUE = "action", "q_values", "probabilities", "value"
"""Names of inputs and outputs of a model."""

_TIME_LIMIT = "max_episode_steps"  # an argument of both gym.make and gym.make_vec

_DTYPES = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8}  # of inputs
_REAL = "fiu"  # kinds of dtypes
_CONTINUOUS, _DISCRETE = "tensor(float)", ("tensor(int64)", "tensor(int32)")  # of actions


class OnnxPolicy(Policy):
    """Greedy policy of an exported agent, for one observation or a batch.

    >>> policy = load("lander")  # doctest: +SKIP
    >>> action, extras = policy(obs)  # doctest: +SKIP

    The batch size may change whenever :meth:`reset` is called; a policy without memory takes any.

    Args:
        card: of the agent.
        model: content of its ONNX file.

    Raises:
        AgentError: if the model is damaged, or lacks the inputs and outputs of an agent.
        gymnasium.error.DependencyNotInstalled: without onnxruntime.
    """

    _hidden_state: NDArray[Any] | None

    def __init__(self, card: Card, model: bytes) -> None:
        self.card, self._model = card, model
        self._session = _session(card, model)
        self._outputs = [output.name for output in self._session.get_outputs()]
        inputs = {each.name: _shape_and_dtype(each, card) for each in self._session.get_inputs()}
        if OBS not in inputs or not inputs.keys() <= {OBS, HIDDEN_STATE}:
            raise AgentError(f"{card.model} must have the input {OBS}, got {', '.join(inputs)}")
        needed = (ACTION, NEXT_HIDDEN_STATE) if HIDDEN_STATE in inputs else (ACTION,)
        for name in needed:
            if name not in self._outputs:
                told = ", ".join(self._outputs)
                raise AgentError(f"{card.model} must have the output {name}, got {told}")
        self._obs_shape, self._obs_dtype = inputs[OBS]
        self._memory = inputs.get(HIDDEN_STATE)
        types = {output.name: output.type for output in self._session.get_outputs()}
        self._is_continuous = types[ACTION] == _CONTINUOUS
        if types[ACTION] not in (_CONTINUOUS, *_DISCRETE):
            raise AgentError(
                f"{card.model}: output {ACTION} must be float32, int32 or int64, got "
                f"{types[ACTION]}"
            )
        self.reset()

    def __getstate__(self) -> tuple[Card, bytes, NDArray[Any] | None]:
        """Card, model and memory: a session of onnxruntime can be neither copied nor pickled."""
        return self.card, self._model, self._hidden_state

    def __setstate__(self, state: tuple[Card, bytes, NDArray[Any] | None]) -> None:
        """Make the session anew, and go on with the memory."""
        card, model, hidden_state = state
        OnnxPolicy.__init__(self, card, model)
        self._hidden_state = hidden_state

    def __copy__(self) -> OnnxPolicy:
        """Copy with a memory of its own; both run the same session, which holds none."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._hidden_state = copy.copy(self._hidden_state)
        return other

    @property
    def has_memory(self) -> bool:
        """Whether an action depends on earlier observations."""
        return self._memory is not None

    def require_environment(self) -> gym.Env[Any, Any]:
        """Environment of the card, which the model can fly; it is closed.

        Raises:
            AgentError: if there is none, if it needs arguments that are not its own, or if the
                model has other observations or actions.
        """
        card = self.card
        told = f"{card.env_id} with {shown(dict(card.env_kwargs))}"
        try:
            _require_own_arguments(card)
            env = gym.make(card.env_id, **card.env_kwargs)
        except Exception as refused:  # other libraries' environments may raise anything
            if isinstance(refused, ValueError) and _speaks_for_itself(refused, card):
                raise
            raise AgentError(
                f"{card.name}: env_id and env_kwargs of its card must make an environment, "
                f"got {told}"
            ) from None
        env.close()
        is_continuous = isinstance(env.action_space, Box)
        if not self._reads(env.observation_space) or is_continuous != self._is_continuous:
            kind = "continuous" if self._is_continuous else "discrete"
            raise AgentError(
                f"{card.name}: the environment of its card must have observations "
                f"{self._obs_dtype} {self._obs_shape} and {kind} actions, as its model has, "
                f"got {told}"
            )
        return env

    def _reads(self, space: gym.Space[Any]) -> bool:
        """Whether observations of a space are the model's; flat real ones are cast to float32."""
        if space.shape != self._obs_shape or space.dtype is None:
            return False
        is_cast = self._obs_dtype.kind == "f" and len(self._obs_shape) == 1
        return space.dtype == self._obs_dtype or (is_cast and space.dtype.kind in _REAL)

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        """Clear the memory: new episodes begin.

        Args:
            mask: (n,) bools, the environments of a batch where one begins; None: all of them.

        Raises:
            ValueError: for a mask that is not bool, or of another length than the batch.
        """
        if mask is None:
            self._hidden_state = None
            return
        begins = _array("mask", mask)
        n: int | str = "n" if self._hidden_state is None else len(self._hidden_state)
        if begins.dtype != np.bool_ or begins.ndim != 1 or n not in ("n", len(begins)):
            raise ValueError(f"mask must be a bool array of shape ({n},), got {shown(mask)}")
        if self._hidden_state is not None:
            self._hidden_state[begins] = 0

    def __call__(self, obs: NDArray[Any]) -> tuple[Any, dict[str, NDArray[np.float32]]]:
        """Greedy action of one observation, or actions of a batch.

        Args:
            obs: an observation of the agent's environment, or n of them, (n, ...).

        Returns:
            The action (an ``np.int64``, or throttles (2,) float32), with a leading axis n for a
            batch; and by name the model's "q_values" or "probabilities", (4,) float32, and "value",
            each where the model gives it.

        Raises:
            ValueError: for observations of another shape or kind, for numbers that are not finite
                in float32 or, where the agent sees levels, not 0 to 255, and for another number of
                observations than before.
        """
        given = _array("obs", obs)
        single = given.shape == self._obs_shape
        found = self._run(given[None] if single else given)
        action = found.pop(ACTION)
        if single:
            return action[0], {name: output[0] for name, output in found.items()}
        return action, found

    def act(self, obs: NDArray[Any]) -> NDArray[Any]:
        """Actions (n, ...) for observations (n, ...)."""
        return self._run(_array("obs", obs))[ACTION]

    def decide(self, obs: NDArray[Any]) -> Decision:
        """Actions with the model's other outputs, for observations (n, ...)."""
        found = self._run(_array("obs", obs))
        others = (found.get(name) for name in (Q_VALUES, PROBABILITIES, VALUE))
        return Decision(found[ACTION], *others)

    def start(self) -> None:
        """Clear the memory: new episodes begin in all environments."""
        self.reset()

    def _run(self, obs: NDArray[Any]) -> dict[str, NDArray[Any]]:
        if obs.ndim == 0 or obs.shape[1:] != self._obs_shape or len(obs) == 0:
            batch = ", ".join(map(str, ("n", *self._obs_shape)))
            raise ValueError(
                f"obs must have shape {self._obs_shape} or ({batch}), n being at least 1, "
                f"got {obs.shape}"
            )
        feed = {OBS: _exact(obs, self._obs_dtype)}
        if self._memory is not None:
            feed[HIDDEN_STATE] = self._state_before(len(obs))
        found = dict(zip(self._outputs, self._session.run(None, feed), strict=True))
        self._hidden_state = found.pop(NEXT_HIDDEN_STATE, None)
        if not self._is_continuous:  # onnxruntime's int64 is NumPy's longlong
            found[ACTION] = found[ACTION].astype(np.int64)
        return found

    def _state_before(self, n: int) -> NDArray[Any]:
        assert self._memory is not None
        if self._hidden_state is None:
            shape, dtype = self._memory
            return np.zeros((n, *shape), dtype)
        if len(self._hidden_state) != n:
            raise ValueError(
                f"obs must be of {len(self._hidden_state)} environments, as before, got {n}; "
                "call reset() to begin with another number"
            )
        return self._hidden_state


def _array(name: str, value: Any) -> NDArray[Any]:
    try:
        return np.asarray(value)
    except NOT_CONVERTIBLE:  # lists of different lengths, a tensor on a GPU
        raise ValueError(f"{name} must be an array, got {shown(value)}") from None


def _exact(obs: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Observations in a model's dtype; ValueError for those that would be other numbers there."""
    if dtype.kind == "f":
        return _finite(obs, dtype)
    if obs.dtype != dtype:  # as a rule it is the same, and levels need no look
        if obs.dtype.kind not in "ui":
            raise ValueError(f"obs must be of dtype {dtype}, got {obs.dtype}")
        if obs.min() < 0 or obs.max() > 255:
            raise ValueError(f"obs must be levels from 0 to 255, got {obs.min()} to {obs.max()}")
    return np.ascontiguousarray(obs, dtype)


def _finite(obs: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    if obs.dtype.kind not in _REAL:
        raise ValueError(f"obs must be of real numbers, got {obs.dtype}")
    with np.errstate(over="ignore"):  # refused in the next line
        cast = np.ascontiguousarray(obs, dtype)
    finite = np.isfinite(cast)
    if not finite.all():
        raise ValueError(f"obs must be finite numbers in {dtype}, got {obs[~finite][0]}")
    return cast


def _speaks_for_itself(refused: ValueError, card: Card) -> bool:
    return isinstance(refused, AgentError) or card.env_id in REGISTERED_IDS


def _require_own_arguments(card: Card) -> None:
    """Refuse arguments that only ``gym.make`` takes: films and scores make the environment anew."""
    entry_point = gym.spec(card.env_id).entry_point
    creator = load_env_creator(entry_point) if isinstance(entry_point, str) else entry_point
    taken: Iterable[str] = ()
    if isinstance(creator, type):
        taken = keywords(creator)
    elif creator is not None:  # of an id that has batches alone
        taken = signature(creator).parameters
    own = [name for name in taken if name != "render_mode"]
    own += [*(Dynamics.__annotations__ if card.env_id in REGISTERED_IDS else ()), _TIME_LIMIT]
    for key in card.env_kwargs:
        if key not in own:
            raise AgentError(
                f"{card.name}: env_kwargs of its card may hold {', '.join(own)}, got {shown(key)}"
            )


def _shape_and_dtype(tensor: Any, card: Card) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape without the batch axis, and dtype, of a model's input; AgentError for others."""
    kind = _DTYPES.get(tensor.type)
    shape = tuple(tensor.shape[1:])
    fixed = [isinstance(size, int) for size in tensor.shape]
    if kind is None or fixed != [False, *[True] * len(shape)]:
        raise AgentError(
            f"{card.model}: input {tensor.name} must be float32 or uint8 of a fixed size "
            f"after an open batch size, got {tensor.type} {tensor.shape}"
        )
    return shape, np.dtype(kind)


def _session(card: Card, model: bytes) -> Any:
    try:
        import onnxruntime
    except ImportError as missing:
        raise DependencyNotInstalled(
            'agents need onnxruntime: pip install "lander-envs[agents]"'
        ) from missing
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # threads cost more than they save in networks of this size
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as refused:  # onnxruntime's exceptions have no common class
        told = str(refused).partition("\n")[0]
        raise AgentError(f"{card.model} is not an ONNX model that runs here: {told}") from None
