"""Choice of the instruction set of a batch."""

import pytest

from lander_envs import _native
from lander_envs.vector import LanderVectorEnv

VARIABLE = "LANDER_ENVS_INSTRUCTION_SET"


@pytest.mark.parametrize("name", _native.INSTRUCTION_SETS)
def test_the_environment_variable_chooses_the_set(name, monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, name)
    assert LanderVectorEnv(2).instruction_set == name


def test_the_widest_set_is_the_default(monkeypatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert LanderVectorEnv(2).instruction_set == _native.INSTRUCTION_SETS[-1]


def test_an_unknown_set_is_named_with_those_that_there_are(monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, "mmx")
    with pytest.raises(ValueError, match=r"LANDER_ENVS_INSTRUCTION_SET is 'mmx', but .* scalar"):
        LanderVectorEnv(2)
