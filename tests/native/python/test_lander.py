"""The module's Lander: streams, shapes of what it gives, and what it refuses."""

import shlex
import subprocess
import weakref

import numpy as np
import pytest

from lander_envs import _native
from tests.native.build import COMPILER, NATIVE, binding_flags, inspection
from tests.native.landers import Lander


def fly(lander: Lander, steps: int, bit_generator=None) -> bytes:
    out = bytearray(lander.reset(bit_generator).tobytes())
    for t in range(steps):
        obs, reward, terminated = lander.step(t * 7 % 4, bit_generator)
        out += obs.tobytes() + np.float64(reward).tobytes() + bytes([terminated])
    return bytes(out)


def test_the_same_seed_flies_the_same() -> None:
    flights = []
    for _ in range(2):
        lander = Lander(enable_wind=True)
        lander.seed(12)
        flights.append(fly(lander, 300))
    assert flights[0] == flights[1]


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_numpys_generators_and_python_draw_from_one_stream(kind) -> None:
    """The core draws through NumPy's interface; what it drew is gone for Python, and no more."""
    stream = getattr(np.random, kind)(3)
    generator = np.random.Generator(stream)
    lander = Lander(enable_wind=True)
    lander.reset(stream)
    lander.step(0, stream)

    other = np.random.Generator(getattr(np.random, kind)(3))
    heights = other.uniform(0, 400 / 30.0 / 2, size=12)
    other.uniform(-1000, 1000, size=2)
    other.integers(-9999, 9999, size=2)
    other.uniform(-1, 1, size=4)
    assert generator.random() == other.random()
    expected = 0.33 * (heights[11] + heights[0] + heights[1])
    assert lander.terrain[0, 1] == expected


def test_views() -> None:
    lander = Lander()
    lander.seed(0)
    obs = lander.reset()
    assert obs.dtype == np.float32
    assert obs.shape == (8,)
    assert lander.observation.tobytes() == obs.tobytes()
    poses = lander.poses
    assert poses.shape == (3, 4)
    np.testing.assert_allclose(np.hypot(poses[:, 2], poses[:, 3]), 1.0, rtol=1e-6)
    assert obs[0] == np.float32((poses[0, 0] - 10.0) / 10.0)
    assert lander.terrain[:, 0].tolist() == [2.0 * i for i in range(11)]
    flat = 0.33 * (400 / 30.0 / 4 + 400 / 30.0 / 4 + 400 / 30.0 / 4)
    assert lander.terrain[4:7, 1].tolist() == [flat] * 3
    assert inspection().HELIPAD == (8.0, 12.0, 400 / 30.0 / 4)


def test_shapes_are_those_of_box2d() -> None:
    box2d = pytest.importorskip("Box2D.b2")
    corners = [(-14, 17), (-17, 0), (-17, -10), (17, -10), (17, 0), (14, 17)]
    hull = box2d.polygonShape(vertices=[(x / 30.0, y / 30.0) for x, y in corners])
    leg = box2d.polygonShape(box=(2 / 30.0, 8 / 30.0))
    assert inspection().HULL_VERTICES.tolist() == [list(v) for v in hull.vertices]
    assert inspection().LEG_VERTICES.tolist() == [list(v) for v in leg.vertices]


def test_a_lander_must_be_reset_first() -> None:
    for use in (
        lambda lander: lander.step(0, np.random.PCG64(0)),
        lambda lander: lander.clone_state(),
        lambda lander: lander.draw(np.zeros((400, 600, 3), np.uint8)),
    ):
        with pytest.raises(RuntimeError, match="was called before reset"):
            use(Lander().shipped)


@pytest.mark.parametrize("gravity", [0.0, -12.0, 3.0, float("nan"), float("-inf")])
def test_gravity_out_of_range(gravity) -> None:
    with pytest.raises(ValueError, match=r"gravity is .*, but must be between -12 and 0"):
        Lander(gravity=gravity)


@pytest.mark.parametrize("name", ["wind_power", "turbulence_power"])
@pytest.mark.parametrize("value", [float("inf"), float("nan"), -1e38, 1000000.1])
def test_wind_beyond_a_million_is_refused(name, value) -> None:
    with pytest.raises(ValueError, match=rf"{name} is .*, but must be between -1e\+06 and 1e\+06"):
        Lander(**{name: value})


@pytest.mark.parametrize("action", [-1, 4, 2**31 - 1])
def test_a_discrete_action_out_of_range(action) -> None:
    lander = Lander()
    lander.seed(0)
    lander.reset()
    before = lander.clone_state()
    with pytest.raises(ValueError, match=f"action is {action}, but must be 0, 1, 2 or 3"):
        lander.step(action)
    assert lander.clone_state() == before


@pytest.mark.parametrize("action", [1.0, "2", None, [1], 2**70])
def test_a_discrete_action_of_the_wrong_type(action) -> None:
    lander = Lander()
    lander.seed(0)
    lander.reset()
    with pytest.raises(TypeError):
        lander.step(action)


def test_continuous_actions() -> None:
    lander = Lander(continuous=True)
    lander.seed(0)
    lander.reset()
    before = lander.clone_state()
    with pytest.raises(ValueError, match=r"action is \(nan, 0.0\), but must be two real numbers"):
        lander.step_continuous(float("nan"), 0.0)
    with pytest.raises(TypeError, match="call step_continuous"):
        lander.step(0)
    assert lander.clone_state() == before
    ends = []
    for main, lateral in ((1.0, -1.0), (7.0, float("-inf"))):  # clipped to the same
        lander.restore_state(before)
        lander.step_continuous(main, lateral)
        ends.append(lander.clone_state())
    assert ends[0] == ends[1]


def test_a_bit_generator_of_the_wrong_type() -> None:
    with pytest.raises(TypeError, match=r"bit_generator must be a numpy.random.BitGenerator"):
        Lander().shipped.reset(np.random.default_rng(0))


def test_a_lander_keeps_no_bit_generator_alive() -> None:
    """So that no reference cycle runs through it, though the garbage collector cannot see it."""

    class Stream(np.random.PCG64):
        """A bit generator that knows who draws from it."""

    lander, stream = _native.Lander(), Stream(0)
    stream.lander = lander
    lander.reset(stream)
    lander.step(0, stream)
    gone = weakref.ref(stream)
    del stream
    assert gone() is None


def test_a_capsule_made_for_the_call_and_no_capsule() -> None:
    class Made:
        """Passes on the interface of a bit generator, as generators outside NumPy do."""

        stream = np.random.PCG64(4)

        @property
        def capsule(self) -> object:
            return self.stream.capsule

    class Wrong:
        capsule = 3

    made, given = _native.Lander(), _native.Lander()
    assert made.reset(Made()).tobytes() == given.reset(np.random.PCG64(4)).tobytes()
    with pytest.raises(ValueError, match="PyCapsule_GetPointer called with invalid PyCapsule"):
        made.reset(Wrong())


@pytest.mark.skipif(COMPILER is None, reason="no C++ compiler")
def test_free_threaded_python_is_refused_by_name() -> None:
    flags = [*binding_flags(), "-std=c++20", f"-I{NATIVE}", "-DPy_GIL_DISABLED=1", "-E"]
    command = [*shlex.split(COMPILER), *flags, str(NATIVE / "python" / "bindings.cpp")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "does not support free-threaded Python" in done.stderr
