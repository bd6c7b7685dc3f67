"""The picture, pixel by pixel where a pixel can be worked out by hand."""

import copy
import pickle

import cv2
import numpy as np
import pytest

from lander_envs._native import Camera
from lander_envs.transforms.pixels import grayscale
from tests.native.landers import Lander

WHITE, BLACK, PENNANT = [255, 255, 255], [0, 0, 0], [204, 204, 0]
BODY, OUTLINE = [128, 102, 230], [77, 77, 128]


def started(seed: int = 0, **kwargs) -> Lander:
    lander = Lander(draws=True, **kwargs)
    lander.seed(seed)
    lander.reset()
    return lander


def picture(lander: Lander) -> np.ndarray:
    out = np.full((400, 600, 3), 7, np.uint8)
    lander.draw(out)
    return out


def at(frame: np.ndarray, x: int, y: int) -> list[int]:
    """The pixel x from the left, y from the bottom."""
    return frame[399 - y, x].tolist()


def flown(seed: int, steps: int, action: int = 2) -> Lander:
    lander = started(seed)
    for _ in range(steps):
        lander.step(action)
    return lander


def test_the_pad_is_ground_up_to_a_hundredth_below_the_flags() -> None:
    # The pad is drawn at a quarter of the height, 100 pixels, and lowered to 99 by smoothing.
    frame = picture(started())
    assert at(frame, 300, 98) == WHITE
    assert at(frame, 300, 99) == BLACK
    assert at(frame, 300, 100) == BLACK


def test_flags_stand_at_the_ends_of_the_pad() -> None:
    frame = picture(started())
    for x in (240, 360):
        # The pole is 50 pixels long; its head belongs to the pennant of 25 x 10 pixels.
        assert at(frame, x, 100) == WHITE
        assert at(frame, x, 139) == WHITE
        assert at(frame, x, 145) == PENNANT
        assert at(frame, x + 10, 145) == PENNANT
        assert at(frame, x + 27, 145) == BLACK
        assert at(frame, x, 152) == BLACK


def test_flags_grow_brighter_with_every_particle() -> None:
    """Their edges are blended once more for each, as the env draws them once a fixture."""
    lander = flown(0, 0)
    calm = picture(lander)
    lander.step(2)
    firing = picture(lander)
    flags = np.s_[240:265, 238:270]
    assert firing[flags].sum() > calm[flags].sum()
    assert np.all(firing[flags] >= calm[flags])


def test_the_lander_is_purple_with_a_dark_outline() -> None:
    lander = flown(0, 60, action=0)
    frame = picture(lander)
    x, y = (30 * lander.poses[0, :2]).astype(int)
    assert at(frame, x, y) == BODY
    assert (frame == OUTLINE).all(axis=2).any()
    assert 300 < (frame == BODY).all(axis=2).sum() < 867 + 2 * 64 + 200  # hull, legs, outlines


def test_particles_are_four_by_four_without_the_corners() -> None:
    lander = flown(3, 40, action=0)
    lander.step(2)
    # Born with 1, aged by 0.15: red 0.15 + 0.85, the others half of 0.85, times 255.
    color = [255, 108, 108]
    frame = picture(lander)
    rows, columns = np.nonzero((frame == color).all(axis=2))
    x, y = (30 * lander.particles[0, :2].astype(np.float32)).astype(int)
    expected = {(x + i, y + k) for i in range(-2, 2) for k in range(-2, 2)}
    expected -= {(x - 2, y - 2), (x - 2, y + 1), (x + 1, y - 2), (x + 1, y + 1)}
    drawn = {(int(column), 399 - int(row)) for row, column in zip(rows, columns, strict=True)}
    assert drawn <= expected
    assert len(drawn) > 4  # the lander hides the rest


def test_particles_live_for_seven_steps() -> None:
    lander = started()
    for age in range(1, 9):
        lander.step(2)
        assert len(lander.particles) == min(age, 6)  # the seventh ageing ends a life
    for left in (5, 4, 3, 2, 1, 0, 0):
        lander.step(0)
        assert len(lander.particles) == left


def test_two_engines_never_fill_the_list() -> None:
    lander = started(continuous=True)
    for _ in range(50):
        lander.step_continuous(1.0, 1.0)
        assert len(lander.particles) <= 12


def test_flames_do_not_move_the_lander_and_cost_a_lander_nothing_that_draws_none() -> None:
    drawing, plain = started(5), Lander()
    plain.seed(5)
    plain.reset()
    for t in range(300):
        action = (t // 7) % 4
        assert drawing.step(action)[0].tobytes() == plain.step(action)[0].tobytes()
    assert plain.particles.shape == (0, 3)


def test_drawing_changes_nothing() -> None:
    lander = flown(2, 30)
    state, frame = lander.clone_state(), picture(lander)
    assert np.array_equal(picture(lander), frame)
    lander.small_picture(Camera(84, 84, True))
    assert lander.clone_state() == state


def test_drawing_needs_a_reset_and_an_array_of_the_right_kind() -> None:
    with pytest.raises(RuntimeError, match="draw was called before reset"):
        picture(Lander())
    for wrong in (np.zeros((400, 600), np.uint8), np.zeros((400, 600, 3), np.int16)):
        with pytest.raises(TypeError):
            started().draw(wrong)


@pytest.mark.parametrize("how", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_keep_the_flames(how) -> None:
    lander = flown(1, 20)
    twin = how(lander)
    for _ in range(10):
        assert twin.particles.tobytes() == lander.particles.tobytes()
        assert np.array_equal(picture(twin), picture(lander))
        lander.step(0)
        twin.step(0)


def test_states_pass_between_landers_that_draw_and_that_do_not() -> None:
    drawing = flown(4, 20)
    plain = Lander()
    plain.restore_state(drawing.clone_state())
    assert len(plain.clone_state()) < len(drawing.clone_state())
    drawing.restore_state(plain.clone_state())
    assert len(drawing.particles) == 0
    assert drawing.observation.tobytes() == plain.observation.tobytes()


def test_mutated_flames_crash_nothing() -> None:
    rng = np.random.default_rng(0)
    states = [flown(seed, 5 * seed + 8).clone_state() for seed in range(20)]
    plain = [len(without_flames(state)) for state in states]
    lander, accepted = started(), 0
    for trial in range(20_000):
        good = states[trial % len(states)]
        state = bytearray(good)
        for _ in range(int(rng.integers(1, 3))):
            at_byte = int(rng.integers(plain[trial % len(states)], len(state)))
            state[at_byte] = int(rng.integers(256))
        try:
            lander.restore_state(bytes(state))
        except ValueError:
            continue
        accepted += 1
        for _ in range(3):
            lander.step(2)
        if trial % 50 == 0:
            picture(lander)
    assert accepted > 1_000


def without_flames(state: bytes) -> bytes:
    plain = Lander()
    plain.restore_state(state)
    return plain.clone_state()


@pytest.mark.parametrize("grey", [True, False])
@pytest.mark.parametrize(
    "size", [(84, 84), (1, 1), (7, 13), (200, 300), (400, 600), (399, 599), (8, 600), (400, 1)]
)
def test_small_pictures_are_opencvs_of_the_whole_one(size, grey) -> None:
    camera = Camera(*size, grey)
    for seed in range(3):
        lander = started(seed)
        for t in range(160):
            lander.step([2, 0, 1, 3][t // 5 % 4])
            if t % 11 == 0:
                frame = picture(lander)
                small = lander.small_picture(camera)
                source = grayscale(frame) if grey else frame
                expected = cv2.resize(source, size[::-1], interpolation=cv2.INTER_AREA)
                expected = np.moveaxis(expected.reshape(*size, -1), -1, 0)
                assert np.array_equal(small, expected)


def test_a_camera_serves_landers_in_turn() -> None:
    camera, landers = Camera(20, 30, True), [flown(seed, 40) for seed in range(3)]
    alone = [lander.small_picture(Camera(20, 30, True)) for lander in landers]
    for _ in range(2):
        for lander, expected in zip(landers, alone, strict=True):
            assert np.array_equal(lander.small_picture(camera), expected)


@pytest.mark.parametrize("size", [(0, 84), (84, 0), (401, 84), (84, 601), (-1, 5)])
def test_sizes_beyond_the_screen_are_refused(size) -> None:
    with pytest.raises(
        ValueError, match=r"small picture is .* must be between 1 x 1 and 400 x 600"
    ):
        Camera(*size, True)


def test_a_lander_far_away_is_not_in_the_picture() -> None:
    """Farther than pixels count in 16 bits, with outlines that come back from the other side."""
    lander = started(8)
    for t in range(3_000):
        lander.step(1 if t % 3 else 2)
    camera = Camera(84, 84, True)
    for _ in range(5):
        lander.step(2)
        frame = picture(lander)
        expected = cv2.resize(grayscale(frame), (84, 84), interpolation=cv2.INTER_AREA)
        assert np.array_equal(lander.small_picture(camera)[0], expected)
