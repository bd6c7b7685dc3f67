"""The native engine: one lander, bit for bit LunarLander-v3, without the Python around it."""

from typing import Any, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

__version__: str

STATE_VERSION: int
"""Of the layout that ``Lander.clone_state`` writes."""

HULL_CORNERS: NDArray[np.float64]
"""The hull's corners (6, 2) in the order of its Box2D shape, from the body's origin."""

LEG_CORNERS: NDArray[np.float64]
"""A leg's corners (4, 2)."""

HELIPAD: tuple[float, float, float]
"""Left end, right end and height of the helipad (the env's helipad_x1, helipad_x2, helipad_y)."""

INSTRUCTION_SETS: list[str]
"""What a batch can step with on this machine, from "scalar" to the widest, which is the default.

The environment variable LANDER_ENVS_INSTRUCTION_SET names another, for the batches made after it.
"""

class _Pcg64Words(TypedDict):
    state: int
    inc: int

class Pcg64State(TypedDict):
    """``numpy.random.PCG64().state``."""

    bit_generator: Literal["PCG64"]
    state: _Pcg64Words
    has_uint32: int
    uinteger: int

class Lander:
    """One lander.

    Random numbers come from the ``bit_generator`` that a call brings along, through NumPy's C
    interface: any of NumPy's kind will do, and it advances exactly as Gymnasium's env would
    advance it. Without one they come from the lander's own PCG64 (``seed``, ``random_state``).
    The caller sees to it that nobody else draws from the generator meanwhile.
    """

    def __init__(
        self,
        continuous: bool = False,
        gravity: float = -10.0,
        enable_wind: bool = False,
        wind_power: float = 15.0,
        turbulence_power: float = 1.5,
        draws: bool = False,
    ) -> None:
        """``draws``: whether flames are simulated, which pictures need."""

    def seed(self, seed: int) -> None:
        """Start the lander's own stream as ``numpy.random.PCG64(seed)``."""

    def reset(self, bit_generator: np.random.BitGenerator | None = None) -> NDArray[np.float32]:
        """Start an episode and return its first observation, shape (8,)."""

    def step(
        self, action: int, bit_generator: np.random.BitGenerator | None = None
    ) -> tuple[NDArray[np.float32], float, bool]:
        """Advance by 1/50 s and return observation, reward and terminated; action is 0 to 3."""

    def step_continuous(
        self, main: float, lateral: float, bit_generator: np.random.BitGenerator | None = None
    ) -> tuple[NDArray[np.float32], float, bool]:
        """Advance by 1/50 s under two throttles, which are clipped to [-1, 1]."""

    def trace_step(
        self, action: int, bit_generator: np.random.BitGenerator | None = None
    ) -> tuple[tuple[NDArray[np.float32], float, bool], list[dict[str, Any]]]:
        """Step, and tell what a Box2D contact listener would have heard, in order."""

    def trace_step_continuous(
        self, main: float, lateral: float, bit_generator: np.random.BitGenerator | None = None
    ) -> tuple[tuple[NDArray[np.float32], float, bool], list[dict[str, Any]]]:
        """Step, and tell what a Box2D contact listener would have heard, in order."""

    def clone_state(self) -> bytes:
        """Everything the lander is but its arguments: the own stream, and flames if it draws."""

    def restore_state(self, state: bytes) -> None:
        """Take up a cloned state; bytes that are not one raise ValueError and change nothing."""

    random_state: Pcg64State
    """The own stream, as NumPy writes it down."""

    @property
    def observation(self) -> NDArray[np.float32]:
        """The present observation, shape (8,)."""

    @property
    def landed(self) -> bool:
        """The hull is asleep; overrules the two below."""

    @property
    def crashed(self) -> bool:
        """The hull has touched the moon in this episode."""

    @property
    def out_of_bounds(self) -> bool:
        """The hull is beyond the left or right end of the picture."""

    def draw(self, out: NDArray[np.uint8]) -> None:
        """Draw the present picture into ``out``, shape (400, 600, 3), uint8, C-contiguous."""

    def small_picture(self, camera: Camera) -> NDArray[np.uint8]:
        """The present picture as the camera reduces it, a new array (channels, rows, columns)."""

    @property
    def particles(self) -> NDArray[np.float64]:
        """The flames, oldest first: x, y and what is left of the time to live, (n, 3)."""

    @property
    def poses(self) -> NDArray[np.float64]:
        """Origin x, y and sine, cosine of the angle of hull and both legs, (3, 4)."""

    @property
    def terrain(self) -> NDArray[np.float64]:
        """The points of the ground from left to right, (11, 2)."""

    def events(self) -> dict[str, int]:
        """How often rare and less rare things have happened, over all episodes."""

    def bodies(self) -> list[dict[str, Any]]:
        """Hull and legs in full, for tests."""

    def joints(self) -> list[dict[str, Any]]:
        """The leg joints in full, for tests."""

    def contacts(self) -> list[dict[str, Any]]:
        """The contacts in full, newest first, for tests."""

    def __getstate__(self) -> tuple[Any, ...]: ...
    def __setstate__(self, state: tuple[Any, ...]) -> None: ...

class Landers:
    """What all batches can do: many landers that write into arrays of the caller's, a row each.

    The arrays are C-contiguous and kept alive by the batch. ``autoreset`` is 0 for NEXT_STEP, 1 for
    SAME_STEP and 2 for DISABLED; ``outcomes`` are 0 while an episode goes on, then 1 landed, 2
    crashed, 3 out of bounds, 4 timeout. ``ended`` tells a step which rows were over before it.
    """

    def set_params(
        self,
        index: int,
        gravity: float,
        enable_wind: bool,
        wind_power: float,
        turbulence_power: float,
    ) -> None:
        """Set the arguments of one lander; they hold from its next step on."""

    def seed(self, index: int, seed: int) -> None:
        """Start one lander's stream as ``numpy.random.PCG64(seed)``."""

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Start an episode of each lander that ``mask`` names."""

    def step(self, actions: NDArray[np.int64]) -> None:
        """Step all under checked integers, shape (num_envs,)."""

    def step_continuous(self, actions: NDArray[np.float64]) -> None:
        """Step all under checked throttles, shape (num_envs, 2)."""

    def clone_state(self, index: int) -> bytes:
        """One lander's state, in the layout of ``Lander.clone_state``."""

    def restore_state(self, index: int, state: bytes, elapsed: int) -> None:
        """Take up a state, ``elapsed`` steps into its episode; ValueError changes nothing."""

    def elapsed(self, index: int) -> int:
        """Steps of one lander's episode so far."""

    def random_state(self, index: int) -> Pcg64State:
        """One lander's stream, as NumPy writes it down."""

    def draw(self, index: int, out: NDArray[np.uint8]) -> None:
        """Draw one lander into ``out``, (400, 600, 3), C-contiguous; needs flames."""

    @property
    def instruction_set(self) -> str:
        """Which of INSTRUCTION_SETS it steps with."""

    @property
    def memory(self) -> int:
        """Bytes of all landers, the caller's arrays not counted."""

class Batch(Landers):
    """Steps are base steps. Under SAME_STEP ``final_obs`` holds the last states of episodes."""

    def __init__(
        self,
        num_envs: int,
        continuous: bool,
        draws: bool,
        autoreset: int,
        max_episode_steps: int,
        num_threads: int,
        obs: NDArray[np.float32],
        rewards: NDArray[np.float64],
        terminated: NDArray[np.bool_],
        truncated: NDArray[np.bool_],
        ended: NDArray[np.bool_],
        outcomes: NDArray[np.uint8],
        on_pad: NDArray[np.bool_],
        final_obs: NDArray[np.float32],
    ) -> None: ...

class PixelBatch(Landers):
    """Steps are decisions of up to ``frame_skip`` base steps, seen in stacks of pictures.

    ``stacks`` (num_envs, bytes of a stack) hold the last ``frame_stack`` pictures of ``camera``,
    oldest first; ``obs`` holds the states. An episode lasts for at most ``base_steps`` base steps
    and ``max_episode_steps`` decisions. Under SAME_STEP the caller reads the rows, then restarts.
    """

    def __init__(
        self,
        num_envs: int,
        continuous: bool,
        autoreset: int,
        frame_skip: int,
        base_steps: int,
        max_episode_steps: int,
        num_threads: int,
        camera: Camera,
        frame_stack: int,
        obs: NDArray[np.float32],
        rewards: NDArray[np.float64],
        terminated: NDArray[np.bool_],
        truncated: NDArray[np.bool_],
        ended: NDArray[np.bool_],
        outcomes: NDArray[np.uint8],
        on_pad: NDArray[np.bool_],
        stacks: NDArray[np.uint8],
    ) -> None: ...
    def restart(self, mask: NDArray[np.bool_]) -> None:
        """Start episodes, leaving rewards, flags and outcomes as the last step wrote them."""

    def base_steps(self, index: int) -> int:
        """Base steps of one lander's episode so far."""

    def set_base_steps(self, index: int, base_steps: int) -> None:
        """Set them, after a state has been restored; its stack is the caller's to restore too."""

class Camera:
    """Makes small pictures of landers, grey or in colour, of at most 400 rows and 600 columns.

    It keeps what the pictures of one episode have in common, so each single lander has its own; a
    PixelBatch takes no more from it than size and colour.
    """

    def __init__(self, rows: int, columns: int, grayscale: bool) -> None: ...
    def __getstate__(self) -> tuple[int, int, bool]: ...
    def __setstate__(self, state: tuple[int, int, bool]) -> None: ...

def sine_cosine(angle: float) -> tuple[float, float]:
    """Sine and cosine of a float, as the engine turns bodies: the bits of glibc's sinf and cosf."""
