from tests.wheel import flight


def test_the_flight_of_every_id_is_that_of_the_reference_machine() -> None:
    assert flight.flight_hash() == flight.REFERENCE
