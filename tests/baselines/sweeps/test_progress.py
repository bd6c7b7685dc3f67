"""Progress of a sweep."""

import io
from concurrent.futures import Future
from pathlib import Path

from rich.console import Console

from baselines.sweeps.progress import watch
from tests.baselines.sweeps.small import small_jobs


def ended(error: Exception | None = None) -> Future[None]:
    future: Future[None] = Future()
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
    return future


def test_each_job_has_a_bar_and_a_line_at_its_end(tmp_path) -> None:
    jobs = small_jobs(tmp_path, seeds=3)
    finished, begun = (Path(job.directory) for job in jobs[:2])
    (finished / "checkpoints").mkdir(parents=True)
    for name in ("checkpoints/final.json", "episodes.csv"):
        (finished / name).touch()
    begun.mkdir()
    (begun / "training.csv").write_text("steps\n16\n")
    out = io.StringIO()
    tasks = [ended(), ended(ValueError("no such env")), ended()]
    failed = watch(jobs, tasks, Console(file=out, width=100, force_terminal=False))
    assert failed == {"small-seed2": "no such env"}
    told = out.getvalue()
    assert "small-seed1: finished" in told
    assert "small-seed2: failed: no such env" in told
    assert "small-seed3: ended without a score" in told
    assert "80/192" in told  # of all steps
    assert "64/64" in told
    assert "16/64" in told
