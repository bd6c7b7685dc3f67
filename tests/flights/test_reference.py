"""Reference flight: its hash on every machine."""

from lander_envs.flights.reference import REFERENCE, flight_hash


def test_the_flight_of_every_id_is_that_of_the_reference_machine() -> None:
    assert flight_hash() == REFERENCE
