"""The thread pool divides a range; its C++ test, built with threads."""

from tests.native.build import TESTS, run_driver


def test_ranges_are_divided_among_threads(tmp_path) -> None:
    source = TESTS / "host" / "thread_pool.cpp"
    run_driver([source], tmp_path, ["-O1", "-Wall", "-Wextra", "-pthread"])
