"""The executor of this machine."""

import os
import time
from pathlib import Path

import pytest

from baselines.sweeps import local
from tests.baselines.sweeps.small import small_jobs


def test_jobs_run_in_processes_of_their_own_and_a_bad_one_ends_alone(tmp_path) -> None:
    good, bad = small_jobs(tmp_path)
    bad.settings["env_id"] = "Nowhere-v0"
    with local.started([bad, good], workers=1) as tasks:
        errors = [task.exception() for task in tasks]
    assert isinstance(errors[0], local.JobError)
    assert "Nowhere" in str(errors[0])
    assert "exit status 2" in str(errors[0])
    assert errors[1] is None
    assert good.is_finished()
    assert (Path(good.directory) / local.LOG).is_file()


def test_a_folder_that_cannot_be_made_fails_its_job_and_frees_the_core(tmp_path) -> None:
    bad, good = small_jobs(tmp_path)
    Path(bad.directory).touch()  # a file where a folder must be
    with local.started([bad, good], workers=1) as tasks:
        errors = [task.exception() for task in tasks]
    assert isinstance(errors[0], FileExistsError)
    assert errors[1] is None


def test_jobs_end_with_the_context(tmp_path) -> None:
    first, second = small_jobs(tmp_path, total_steps=10**9)
    with local.started([first, second], workers=1) as tasks:
        while not (Path(first.directory) / "training.csv").is_file():
            assert not tasks[0].done()
            time.sleep(0.1)
    assert tasks[0].done()
    assert tasks[1].cancelled()


def test_a_process_that_starts_while_the_others_end_is_not_left_behind(tmp_path) -> None:
    # Without an order, the process of a job waits for one.
    processes, module = local._Processes(), "baselines.sweeps.jobs"
    with (tmp_path / "log").open("wb") as log:
        with processes.started(module, log) as process:
            processes.end()
            process.communicate(timeout=30)
            assert process.returncode != 0
        with pytest.raises(local.JobError, match="not started"), processes.started(module, log):
            pass


def test_the_log_keeps_earlier_tries_and_an_error_tells_of_the_last(tmp_path) -> None:
    (job,) = small_jobs(tmp_path, seeds=1)
    job.settings["env_id"] = "Nowhere-v0"
    log = Path(job.directory) / local.LOG
    log.parent.mkdir()
    log.write_bytes(b"an earlier try\xff\n")
    with local.started([job]) as tasks:
        assert "Nowhere" in str(tasks[0].exception())
    assert log.read_bytes().startswith(b"an earlier try\xff\nerror: ")
    told = local._last_line(log, log.stat().st_size, -9)
    assert told == f"its process ended (exit status -9; see {log})"


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system pins no processes")
@pytest.mark.skipif(len(local._cores()) == 1, reason="a process has but one core here")
def test_a_job_is_pinned_to_one_core(tmp_path) -> None:
    (job,) = small_jobs(tmp_path, seeds=1, total_steps=10**9)
    with local.started([job]):
        process = _process_of(job)
        deadline = time.monotonic() + 30
        while len(os.sched_getaffinity(process)) > 1 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(os.sched_getaffinity(process)) == 1


def _process_of(job) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        children = Path(f"/proc/self/task/{os.getpid()}/children")
        for thread in Path("/proc/self/task").iterdir():
            children = thread / "children"
            for child in children.read_text().split():
                if b"baselines.sweeps.jobs" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return int(child)
        time.sleep(0.05)
    raise AssertionError(f"{job.name} has no process")
