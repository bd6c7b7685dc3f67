"""The flights of the proof on other machines give recorded hashes, and its table hides nothing."""

import subprocess
from dataclasses import replace

import pytest

from tests.everywhere.fly import Row, fly, table
from tests.everywhere.targets import COMPILES, DIFFERS, HERE, TARGETS, Target
from tests.native.build import UNFUSED, compile_cpp

TARGET = TARGETS[0]
# Hashes of ten steps of each lander, by the reference: x86-64, GCC 12.
RECORDED = """\
random: 66a5bc79cbd74d1d
heuristic: b0d8001e003df4aa
random, continuous, windy: 6657740b086ae998
heuristic, windy: 7286ce8f49144c99
"""


def test_this_machine_flies_the_recorded_flights(tmp_path) -> None:
    program = tmp_path / "flights"
    compile_cpp(
        program, [HERE / "flights.cpp"], ["-O2", "-Wno-psabi", f"-I{HERE}", *UNFUSED.split()]
    )
    for lanes in ("lanes", "single"):
        command = [program, "10", lanes]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout == RECORDED


def test_the_first_target_is_the_reference_and_one_is_the_control() -> None:
    assert "the reference" in TARGETS[0].name
    assert [target.name for target in TARGETS if target.expects == DIFFERS] == [
        "negative control: the same with fused multiply-adds"
    ]
    assert len({target.name for target in TARGETS}) == len(TARGETS)


def test_a_missing_tool_is_named(tmp_path) -> None:
    absent = replace(TARGET, compiler=("no-such-compiler",), runner=("no-such-runner",))
    row = fly(absent, 1, tmp_path)
    assert row.verdict("a") == "not run: needs no-such-compiler, no-such-runner"
    assert not row.is_fault("a")
    assert "not run: needs no-such-compiler" in table([row], 1)


def test_a_missing_feature_of_the_processor_is_named(tmp_path) -> None:
    row = fly(replace(TARGET, compiler=("true",), needs="no_such_feature"), 1, tmp_path)
    assert row.verdict("a") == "not run: needs no_such_feature"


def test_a_compiler_that_fails_is_a_fault(tmp_path) -> None:
    row = fly(replace(TARGET, compiler=("false",)), 1, tmp_path)
    assert row.verdict("a") == "failed: no message"
    assert row.is_fault("a")


@pytest.mark.parametrize(
    ("target", "value", "verdict", "fault"),
    [
        (TARGET, "a", "equal", False),
        (TARGET, "b", "differs", True),
        (replace(TARGET, expects=DIFFERS), "b", "differs, as it must", False),
        (replace(TARGET, expects=DIFFERS), "a", "equal, which a control must not be", True),
        (replace(TARGET, expects=COMPILES), "", "compiled, not run", False),
    ],
)
def test_verdicts(target: Target, value: str, verdict: str, fault: bool) -> None:
    row = Row(target, value)
    assert row.verdict("a") == verdict
    assert row.is_fault("a") == fault
