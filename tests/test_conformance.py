"""Every id, discrete and continuous, with and without wind, passes every conformance check."""

import inspect

import pytest

from lander_envs import REGISTERED_IDS
from tests import conformance

CHECKS = [
    conformance.satisfies_gymnasium,
    conformance.is_deterministic,
    conformance.survives_pickle,
    conformance.names_a_bad_argument,
    conformance.needs_a_reset_first,
    conformance.refuses_bad_actions,
    conformance.duplicates_in_mid_episode,
    conformance.renders_in_every_mode,
    conformance.rendering_changes_nothing,
    conformance.spec_survives_json,
    conformance.vector_is_built_from_a_spec,
    conformance.vector_names_a_bad_argument,
    conformance.disabled_vector_equals_masked_resets,
]
ARGUMENTS = [{}, {"continuous": True}, {"enable_wind": True, "gravity": -3.0}]


def test_every_check_is_run() -> None:
    takes_an_id = {
        name
        for name, function in inspect.getmembers(conformance, inspect.isfunction)
        if next(iter(inspect.signature(function).parameters)) == "env_id"
    }
    run_here = {check.__name__ for check in CHECKS} | {"vector_equals_single"}
    assert takes_an_id == run_here


@pytest.mark.parametrize("env_id", REGISTERED_IDS)
@pytest.mark.parametrize("kwargs", ARGUMENTS, ids=str)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_env_conforms(check, kwargs, env_id) -> None:
    check(env_id, **kwargs)


@pytest.mark.parametrize("env_id", REGISTERED_IDS)
@pytest.mark.parametrize("kwargs", ARGUMENTS, ids=str)
@pytest.mark.parametrize("mode", [None, "sync", "async"])
def test_vector_envs_equal_single_envs(mode, kwargs, env_id) -> None:
    conformance.vector_equals_single(env_id, mode, **kwargs)
