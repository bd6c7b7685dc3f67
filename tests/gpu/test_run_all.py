"""The script that runs all checks of a machine with a GPU."""

import importlib
import re
from pathlib import Path

SCRIPT = Path(__file__).with_name("run_all.sh").read_text()


def test_the_parts_limits_fit_into_eight_minutes() -> None:
    limits = [int(seconds) for seconds in re.findall(r"^ *part \w+ (\d+) ", SCRIPT, re.MULTILINE)]
    assert len(limits) == 8
    assert sum(limits) <= 480


def test_each_part_is_a_script_that_is_there() -> None:
    names = set(re.findall(r"python -m (\S+)", SCRIPT))
    assert all(hasattr(importlib.import_module(name), "main") for name in names)
