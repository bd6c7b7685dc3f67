"""A jax that is missing, too old or refuses the custom calls is told of in one sentence."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from lander_envs import _native
from lander_envs.jax import requirements


def import_without(code: str) -> str:
    """Last line that ``import lander_envs.jax`` prints after ``code``."""
    program = f"import sys\n{code}\nimport lander_envs.jax"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    return done.stderr.splitlines()[-1]


def test_a_missing_jax_is_named_with_the_command_that_installs_it() -> None:
    told = import_without("sys.modules['jax'] = None")
    assert told.startswith("ImportError: lander_envs.jax needs jax 0.8.0 or later: pip install")


def test_an_old_jax_is_named_with_its_version() -> None:
    code = "import types; sys.modules['jax'] = types.ModuleType('jax')\n"
    code += "sys.modules['jax'].__version__ = '0.7.2'\n"
    code += "sys.modules['jax'].__version_info__ = (0, 7, 2)"
    assert import_without(code) == (
        "ImportError: lander_envs.jax needs jax 0.8.0 or later, but jax 0.7.2 is installed"
    )


def test_a_build_without_the_custom_calls_says_how_to_get_them() -> None:
    with pytest.raises(ImportError, match=r"build with the environment variable LANDER_ENVS_JAX=1"):
        requirements.register_targets(None, {})


def test_a_jax_that_refuses_the_custom_calls_is_told_of() -> None:
    def refuse(name: str, target: object, platform: str) -> None:
        raise RuntimeError("API version 0.9 is not supported")

    jax = SimpleNamespace(__version__="9.9.9", ffi=SimpleNamespace(register_ffi_target=refuse))
    with pytest.raises(ImportError, match=r"jax 9\.9\.9 refuses .*API version 0\.9"):
        requirements.register_targets(jax, {"lander_envs_step": object()})


def test_the_engine_offers_reset_and_step() -> None:
    assert sorted(_native.jax_targets()) == ["lander_envs_reset", "lander_envs_step"]


def test_lander_envs_itself_does_not_import_jax() -> None:
    code = (
        "import sys, lander_envs, lander_envs.envs, lander_envs.vector; print('jax' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
