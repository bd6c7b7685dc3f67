"""Every instruction set of this machine steps landers to the same bytes as Gymnasium's."""

import numpy as np
import pytest

pytest.importorskip("Box2D", reason="the reference needs Box2D")

from tests.parity.fleet import Fleet, fly, pull_strings
from tests.parity.harness import MismatchError
from tests.parity.long import WIND, puppet_scripts
from tests.parity.puppet import WEIGHTLESS

SIZE = 84  # each of 12 policies with each of 7 arguments


@pytest.mark.parametrize("continuous", [False, True])
def test_a_fleet_of_every_policy_gives_gymnasiums_bytes_on_every_set(continuous) -> None:
    fleet = Fleet(SIZE, continuous, WIND)
    flown = fly(fleet, 400, seed=5)
    assert flown.total() == 400 * SIZE
    events = fleet.events()
    for name in ("end_contact", "impact", "positions_unsolved", "limit_change"):
        assert events[name] > 0


def test_puppets_in_lanes_meet_the_rarest_events() -> None:
    events = pull_strings(puppet_scripts(), gravity=WEIGHTLESS)
    assert events["wake_by_new_pair"] == 3
    assert events["impact_limit"] > 0


@pytest.mark.parametrize("size", [1, 3, 31, 33, 257])
def test_lanes_to_spare_change_nothing(size) -> None:
    fleet = Fleet(size, False, [{}])
    fly(fleet, 60, seed=size)
    fleet.compare_states()


def test_a_difference_is_named() -> None:
    fleet = Fleet(3, False, [{}])
    fly(fleet, 5, seed=0)
    batch = fleet.batches["scalar"].batch
    batch.restore_state(1, batch.clone_state(2), 5)
    with pytest.raises(MismatchError, match="observation 1 differs on scalar"):
        fleet.step(np.zeros(fleet.size, np.int64))
