"""Serialized states."""

import struct
import zlib

import numpy as np
import pytest

from lander_envs import snapshot

PARTS = {"physics": b"abc", "steps": b"\x01\x00"}


def signed(body: bytes) -> bytes:
    """A body with its checksum."""
    return body + struct.pack("<I", zlib.crc32(body))


def test_the_layout_is_magic_count_parts_and_checksum() -> None:
    body = (
        b"LNDRENV1" + b"\x02\x00"
        b"physics\0" + b"\x03\x00\x00\x00" + b"abc"
        b"steps\0\0\0" + b"\x02\x00\x00\x00" + b"\x01\x00"
    )
    assert snapshot.pack(PARTS) == signed(body)


def test_unpack_inverts_pack() -> None:
    assert snapshot.unpack(snapshot.pack(PARTS), ["physics", "steps"]) == PARTS


def test_the_clock_of_a_vector_env_may_come_along() -> None:
    state = snapshot.pack({"physics": b"abc", snapshot.CLOCK: bytes(8)})
    assert snapshot.unpack(state, ["physics"])[snapshot.CLOCK] == bytes(8)


@pytest.mark.parametrize("names", [["physics"], ["steps", "physics"], ["physics", "frames"], []])
def test_a_state_with_other_parts_is_refused(names) -> None:
    with pytest.raises(ValueError, match=r"^state must come from the same kind of env"):
        snapshot.unpack(snapshot.pack(PARTS), names)


@pytest.mark.parametrize("state", [None, "LNDRENV1", bytearray(b"LNDRENV1"), 3])
def test_a_state_that_is_not_bytes_is_refused(state) -> None:
    with pytest.raises(ValueError, match=r"^state must be bytes from clone_state\(\), got"):
        snapshot.unpack(state, [])


@pytest.mark.parametrize("state", [b"", b"LNDRENV1", b"LNDRENV2" + bytes(20)])
def test_a_state_must_begin_with_the_magic_number(state) -> None:
    with pytest.raises(ValueError, match=r"^state must begin with b'LNDRENV1'"):
        snapshot.unpack(state, [])


def test_a_flipped_bit_anywhere_after_the_magic_number_is_noticed() -> None:
    state = snapshot.pack(PARTS)
    for bit in range(8 * 8, 8 * len(state)):
        flipped = bytearray(state)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError, match=r"^state must be whole and unchanged"):
            snapshot.unpack(bytes(flipped), ["physics", "steps"])


@pytest.mark.parametrize(
    "body",
    [
        b"LNDRENV1" + b"\x01\x00",  # a part that is missing
        b"LNDRENV1" + b"\x00\x00" + b"x",  # bytes that belong to no part
        b"LNDRENV1" + b"\x01\x00" + b"physics\0" + b"\xff\xff\xff\xff" + b"abc",  # a size too large
        b"LNDRENV1" + b"\x02\x00" + 2 * (b"physics\0" + bytes(4)),  # the same name twice
    ],
)
def test_a_signed_body_with_wrong_parts_is_refused(body) -> None:
    with pytest.raises(ValueError, match="whole parts with different names"):
        snapshot.unpack(signed(body), ["physics"])


def test_numbers_are_read_into_an_array_of_their_own() -> None:
    content = np.arange(6, dtype=np.uint32).tobytes()
    array = snapshot.numbers("steps", content, np.uint32, (2, 3))
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert array.flags.writeable
    with pytest.raises(ValueError, match=r"^state must hold 16 bytes of steps, got 24"):
        snapshot.numbers("steps", content, np.uint32, (4,))


def test_drawn_arguments_are_read_by_an_env_that_draws_the_same() -> None:
    part = snapshot.drawn_part({"gravity": -2.5, "wind_power": 1.0})
    content = b"gravity, wind_power\0" + struct.pack("<2d", -2.5, 1.0)
    assert part == {snapshot.DRAWN: content}
    ranges = {"gravity": (-3.0, -2.0), "wind_power": (0.0, 1.0)}
    assert snapshot.drawn_from(part, ranges) == {"gravity": -2.5, "wind_power": 1.0}
    others = {"gravity": (-3.0, -2.0), "dispersion": (0.0, 1.0)}
    told = "draws gravity, dispersion, got one that draws gravity, wind_power$"
    with pytest.raises(ValueError, match=told):
        snapshot.drawn_from(part, others)
    with pytest.raises(ValueError, match=r"^state must hold 16 bytes of drawn, got 8"):
        snapshot.drawn_from({snapshot.DRAWN: content[:-8]}, ranges)
