"""The native core gives the bytes of Gymnasium's LunarLander: the quick lane, half a minute."""

from collections import Counter

import numpy as np
import pytest

pytest.importorskip("Box2D", reason="the reference needs Box2D")

from tests.native.landers import Lander
from tests.parity.harness import MismatchError, Pair, compare
from tests.parity.long import ARGUMENTS, REQUIRED, fly_puppets
from tests.parity.policies import POLICIES

STEPS = 4_000


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=str)
@pytest.mark.parametrize("policy", POLICIES)
def test_streams_of_episodes_are_equal_byte_for_byte(policy, arguments) -> None:
    seed = 17 * list(POLICIES).index(policy)
    for beyond in (0.0, 0.9):
        result = compare(policy, STEPS // 2, seed, beyond=beyond, **arguments)
        assert result.steps == STEPS // 2


def test_a_new_pair_undoes_a_landing_in_both() -> None:
    result = fly_puppets()
    assert result.events["wake_by_new_pair"] == 3


def test_landers_thrown_about_faster_than_they_fly() -> None:
    result = fly_puppets(creeping=(), thrown=tuple(range(20)))
    assert result.events["impact_again"] > 100


def test_every_rare_event_occurs_in_the_quick_lane() -> None:
    events: Counter[str] = Counter(fly_puppets().events)
    for policy in ("diving", "tumbling", "bouncing", "nudging", "sliding"):
        for seed in range(4):
            events += compare(policy, 2_000, seed, beyond=0.9).events
    events += compare("full_throttle", 1_500, seed=0, beyond=1.0).events
    assert not [name for name in REQUIRED if not events[name]]


def test_gymnasiums_own_heuristic_lands_in_both() -> None:
    from tests.parity.policies import gymnasium_heuristic

    result = compare(gymnasium_heuristic, 3_000, seed=2)
    assert result.events["fell_asleep"] > 5


def test_many_steps_after_the_end() -> None:
    """Falls below the moon, spins beyond 120 radians, far outside; still the same bytes."""
    pair = Pair()
    pair.reset(8)
    for t in range(6_000):
        obs, _ = pair.step(1 if t % 3 else 2)
    assert abs(obs[4]) > 120
    assert np.abs(obs[:2]).max() > 100


def test_a_difference_is_named() -> None:
    pair = Pair()
    pair.reset(3)
    other = Lander()
    other.seed(4)
    other.reset()
    pair.native.restore_state(other.clone_state())
    with pytest.raises(MismatchError, match=r"differs in step 1 after reset\(seed=3\)"):
        pair.step(0)
