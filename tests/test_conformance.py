"""Every id, discrete and continuous, with and without wind, passes every conformance check."""

import inspect

import pytest

from lander_envs import ENV_IDS
from tests import conformance

CHECKS = [
    conformance.satisfies_gymnasium,
    conformance.is_deterministic,
    conformance.survives_pickle,
    conformance.renders_in_every_mode,
    conformance.rendering_changes_nothing,
    conformance.spec_survives_json,
    conformance.vector_is_built_from_a_spec,
]
ARGUMENTS = [{}, {"continuous": True}, {"enable_wind": True, "gravity": -3.0}]


def test_every_check_is_run() -> None:
    takes_an_id = {
        name
        for name, function in inspect.getmembers(conformance, inspect.isfunction)
        if "env_id" in inspect.signature(function).parameters
    }
    run_here = {check.__name__ for check in CHECKS} | {"vector_equals_single"}
    assert takes_an_id == run_here


@pytest.mark.parametrize("env_id", ENV_IDS)
@pytest.mark.parametrize("kwargs", ARGUMENTS, ids=str)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_env_conforms(check, kwargs, env_id) -> None:
    check(env_id, **kwargs)


@pytest.mark.parametrize("env_id", ENV_IDS)
@pytest.mark.parametrize("kwargs", ARGUMENTS, ids=str)
@pytest.mark.parametrize("mode", [None, "sync", "async"])
def test_vector_envs_equal_single_envs(mode, kwargs, env_id) -> None:
    conformance.vector_equals_single(env_id, mode, **kwargs)
