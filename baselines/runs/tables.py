"""Tables of a run: CSV files that grow by a row, and are cut back where a killed run resumes."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from pathlib import Path

from baselines.runs.checkpoint import CheckpointError
from baselines.runs.files import write_atomically

TRAINING, EVALUATION = "training.csv", "evaluation.csv"


def append_row(path: Path, row: Mapping[str, object]) -> None:
    """Append a row, after the heading if the file is new."""
    is_new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        if is_new:
            writer.writeheader()
        writer.writerow(row)


def sync_tables(directory: Path) -> None:
    """Flush the tables to disk, so that they reach as far as the checkpoint that follows."""
    for path in _tables(directory):
        with path.open("rb") as file:
            os.fsync(file.fileno())


def drop_rows_after(directory: Path, steps: int) -> None:
    """Drop the rows that a killed run logged after the checkpoint that it resumes from.

    A row that the kill left unfinished goes too, and all that follows it.
    """
    for path in _tables(directory):
        whole = whole_lines(path)
        kept = [line for line, reached in whole if reached <= steps]
        if not kept:
            path.unlink()
            continue
        heading = _text(path).partition("\n")[0] + "\n"
        write_atomically(path, (heading + "".join(kept)).encode())


def require_rows(directory: Path, steps: int, evaluations: int) -> None:
    """CheckpointError unless the tables reach as far as a checkpoint.

    Args:
        directory: the run's folder.
        steps: of the checkpoint, at which ``training.csv`` has a row.
        evaluations: that it counts, a row of ``evaluation.csv`` each.
    """
    rows = {
        name: [reached for _, reached in whole_lines(directory / name) if reached <= steps]
        for name in (TRAINING, EVALUATION)
    }
    last = rows[TRAINING][-1] if rows[TRAINING] else 0
    if last != steps:
        raise CheckpointError(
            f"{directory / TRAINING} is damaged: its rows end at {last:,} steps, and the "
            f"checkpoint is of {steps:,}"
        )
    if len(rows[EVALUATION]) != evaluations:
        raise CheckpointError(
            f"{directory / EVALUATION} is damaged: it has {len(rows[EVALUATION])} rows, and the "
            f"checkpoint counts {evaluations} evaluations"
        )


def _tables(directory: Path) -> list[Path]:
    return [directory / name for name in (TRAINING, EVALUATION) if (directory / name).exists()]


def _text(path: Path) -> str:
    # Bytes that are no text become question marks, which no row of numbers has.
    return path.read_bytes().decode("ascii", errors="replace") if path.exists() else ""


def whole_lines(path: Path) -> list[tuple[str, int]]:
    """Lines and steps of the rows before the first that is unfinished or out of order."""
    heading, *lines = _text(path).splitlines(keepends=True) or [""]
    columns = next(csv.reader(io.StringIO(heading)), [])
    whole: list[tuple[str, int]] = []
    if "steps" not in columns:
        return whole
    for line in lines:
        steps = _steps(line, columns)
        if steps is None or (whole and steps <= whole[-1][1]):
            break
        whole.append((line, steps))
    return whole


def _steps(line: str, columns: list[str]) -> int | None:
    """Steps of a row; None if it is unfinished or holds something other than numbers."""
    cells = line.rstrip("\r\n").split(",")
    if not line.endswith("\n") or len(cells) != len(columns):
        return None
    try:
        numbers = [float(cell) for cell in cells]
    except ValueError:
        return None
    steps = numbers[columns.index("steps")]
    return int(steps) if steps.is_integer() else None
