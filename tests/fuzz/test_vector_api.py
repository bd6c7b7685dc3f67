"""Sessions of random calls: a share of the lane, and the seeds that once found a fault."""

import pytest

from tests.fuzz.vector_api import SESSION, Session

FOUND: list[int] = []


@pytest.mark.parametrize("seed", [*range(20), *FOUND])
def test_random_calls_give_what_a_sync_vector_env_gives(seed) -> None:
    Session(seed).run(SESSION)
