"""Argument checks."""

import numpy as np
import pytest

from lander_envs import checks


def test_a_flag_is_a_bool_and_not_a_number() -> None:
    assert checks.flag("copy", np.True_) is True
    for value in (1, 0.0, "True", None):
        with pytest.raises(ValueError, match=r"^copy must be True or False, got"):
            checks.flag("copy", value)


def test_a_real_is_finite_and_not_text() -> None:
    assert checks.real("gravity", np.float32(-2.5)) == -2.5
    assert checks.real("gravity", 3) == 3.0
    for value in (float("nan"), float("inf"), "1.0", b"1.0", None, [1.0, 2.0]):
        with pytest.raises(ValueError, match=r"^gravity must be a finite number, got"):
            checks.real("gravity", value)


def test_the_ends_of_an_interval_belong_to_it_if_it_is_closed() -> None:
    assert checks.between("gamma", 1, 0.0, 1.0) == 1.0
    with pytest.raises(
        ValueError, match=r"^gamma must be between 0 and 1, including the ends, got 1.5"
    ):
        checks.between("gamma", 1.5, 0.0, 1.0)
    with pytest.raises(
        ValueError, match=r"^gamma must be between 0 and 1, excluding the ends, got 1"
    ):
        checks.between("gamma", 1, 0.0, 1.0, closed=False)


def test_a_whole_number_is_an_integer_in_its_range() -> None:
    assert checks.whole("times", np.int16(3), 1, 3) == 3
    assert checks.whole("times", 10**12, 1) == 10**12
    for value in (0, 4, 2.0, True, "2", None):
        with pytest.raises(ValueError, match=r"^times must be an integer from 1 to 3, got"):
            checks.whole("times", value, 1, 3)
    with pytest.raises(ValueError, match=r"^times must be an integer at least 1, got 0"):
        checks.whole("times", 0, 1)


def test_one_of_names_all_choices() -> None:
    assert checks.one_of("obs", "both", ["pixels", "both"]) == "both"
    for value in ("state", None, 1, ["both"]):
        with pytest.raises(ValueError, match=r"^obs must be one of 'pixels', 'both', got"):
            checks.one_of("obs", value, ["pixels", "both"])


def test_a_picture_size_is_one_side_or_height_and_width() -> None:
    assert checks.picture_size("obs_size", 84) == (84, 84)
    assert checks.picture_size("obs_size", [60, 4096]) == (60, 4096)
    assert checks.picture_size("obs_size", (1, 2)) == (1, 2)
    with pytest.raises(ValueError, match=r"^obs_size must be an integer or a pair .*got \[84\]"):
        checks.picture_size("obs_size", [84])
    for value in (0, 4097, 84.0, [84, 4097]):
        with pytest.raises(ValueError, match=r"^obs_size must be an integer from 1 to 4096"):
            checks.picture_size("obs_size", value)


def test_the_nearest_name_is_suggested_and_no_far_one() -> None:
    assert checks.nearest("gravty", ["wind_power", "gravity"]) == "; did you mean 'gravity'?"
    assert checks.nearest("colour", ["wind_power", "gravity"]) == ""


def test_keywords_of_a_class_are_those_of_its_bases_too() -> None:
    class Base:
        def __init__(self, first, *, second=1, _hidden=2, **rest) -> None: ...

    class Derived(Base):
        def __init__(self, third=3, **base) -> None: ...

    assert checks.keywords(Derived) == ("third", "first", "second")
    checks.no_unknown(Derived, [])
    # TorchRL and gym.make look for Python's own words in the message.
    words = "^Derived got an unexpected keyword argument 'seconds'; did you mean 'second'"
    with pytest.raises(TypeError, match=words):
        checks.no_unknown(Derived, ["seconds"])
    with pytest.raises(TypeError, match=r"^Derived got .* 'copy'; it belongs elsewhere$"):
        checks.no_unknown(Derived, ["copy"], {"copy": "it belongs elsewhere"})


def test_a_folder_that_cannot_be_written_to_is_named_with_the_reason(tmp_path) -> None:
    checks.writable_folder("out", tmp_path / "new" / "folder")
    assert (tmp_path / "new" / "folder").is_dir()
    (tmp_path / "file").touch()
    told = r"^out must be a folder that can be written to, got '.*file': File exists"
    with pytest.raises(OSError, match=told):
        checks.writable_folder("out", tmp_path / "file")


ORIGINS = ("http://127.0.0.1:8000", "https://a.org", "http://[::1]:8080", "https://service:80")


@pytest.mark.parametrize("value", ORIGINS)
def test_an_address_may_have_a_path_and_an_origin_has_none(value) -> None:
    checks.address("service", value)
    checks.origin("cors_origins", value)
    checks.address("service", f"{value}/lander")
    with pytest.raises(ValueError, match=r"^cors_origins must be an origin as browsers send it"):
        checks.origin("cors_origins", f"{value}/")


@pytest.mark.parametrize(
    "value",
    [
        *("http://A.org", "HTTP://a.org", "http://a.org:80", "https://a.org:443"),
        *("http://me@a.org", "http://a.org:", "http://a.org:08000", "http://läufer.org"),
        *("http://a.org?b", "http://a.org#b", "http://*", "http://a b"),
    ],
)
def test_an_origin_that_no_browser_sends_is_refused(value) -> None:
    with pytest.raises(ValueError, match=r"^cors_origins must be an origin as browsers send it"):
        checks.origin("cors_origins", value)


def test_a_host_and_port_that_cannot_be_listened_on_are_named() -> None:
    with checks.listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(OSError, match=rf"^host, port: cannot listen on 127\.0\.0\.1:{port}: "):
            checks.listening("127.0.0.1", port)
    with pytest.raises(OSError, match=r"^host, port: cannot listen on no\.invalid:0: "):
        checks.listening("no.invalid", 0)


def test_an_empty_host_is_refused_since_it_stands_for_all_addresses() -> None:
    with pytest.raises(ValueError, match=r"^host must be a name or an address such as .*, got ''"):
        checks.listening("", 0)


@pytest.mark.parametrize(
    "value", ["", "x", "a.org:80", "ftp://a.org", "http://", "http://a:0", "http://a:99999", "*"]
)
def test_what_is_no_address_is_refused(value) -> None:
    with pytest.raises(ValueError, match=r"^service must be an address such as .*, got '"):
        checks.address("service", value)
