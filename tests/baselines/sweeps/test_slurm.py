"""The executor of SLURM."""

import shutil
import sys

import pytest
import submitit
from gymnasium.error import DependencyNotInstalled
from submitit.helpers import DelayedSubmission

from baselines.sweeps import slurm
from tests.baselines.sweeps.small import small_jobs

SBATCH = """\
#SBATCH --cpus-per-task=1
#SBATCH --error={folder}/%j_0_log.err
#SBATCH --job-name=lander_sweep
#SBATCH --nodes=1
#SBATCH --open-mode=append
#SBATCH --output={folder}/%j_0_log.out
#SBATCH --partition=cpu
#SBATCH --signal=USR2@90
#SBATCH --time=90
#SBATCH --wckey=submitit
"""


def test_without_slurm_the_refusal_names_the_other_executors(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ValueError, match=r"^on must be local or ray .* got slurm"):
        slurm.executor(tmp_path, 1.0, None, None)


def test_without_submitit_the_refusal_names_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "submitit", None)
    with pytest.raises(DependencyNotInstalled, match=r"^on='slurm' needs the package submitit"):
        slurm.executor(tmp_path, 1.0, None, None)


def test_the_batch_file_asks_for_one_core_and_the_time(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    made = slurm.executor(tmp_path, 1.5, "cpu", 7)
    text = made._executor._make_submission_file_text("true", "job")
    folder = tmp_path / slurm.FOLDER
    lines = [line for line in text.split("\n") if line.startswith("#SBATCH")]
    assert lines == SBATCH.format(folder=folder).splitlines()
    assert "export OMP_NUM_THREADS=1" in text
    assert made._executor.parameters["array_parallelism"] == 7


@pytest.mark.parametrize(("hours", "minutes"), [(0.001, 1), (1.01, 61), (24.0, 1440)])
def test_a_time_limit_is_rounded_up_to_whole_minutes(hours, minutes, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    made = slurm.executor(tmp_path, hours, None, None)
    assert made._executor.parameters["time"] == minutes


def test_jobs_run_by_submitits_local_executor(tmp_path) -> None:
    jobs = small_jobs(tmp_path / "runs")
    with slurm.started(jobs, submitit.LocalExecutor(folder=tmp_path / "slurm")) as tasks:
        assert [task.exception() for task in tasks] == [None, None]
    assert all(job.is_finished() for job in jobs)


def test_a_preempted_job_is_queued_again(tmp_path) -> None:
    (job,) = small_jobs(tmp_path, seeds=1)
    submission = slurm.Submission()
    again = submission.checkpoint(job)
    assert isinstance(again, DelayedSubmission)
    assert (again.function, again.args) == (submission, (job,))
