"""Tables of a run: appended, cut back, and held against the checkpoint."""

import pytest

from baselines.runs.checkpoint import CheckpointError
from baselines.runs.tables import append_row, drop_rows_after, require_rows, sync_tables

HEADING = "steps,seconds,loss\r\n"
ROWS = ["64,0.5,1.0\r\n", "128,1.0,nan\r\n", "192,1.5,3.0\r\n"]


def written(folder, *rows, name="training.csv"):
    path = folder / name
    path.write_bytes("".join([HEADING, *rows]).encode())
    return path


def test_a_row_is_appended_behind_a_heading(tmp_path) -> None:
    path = tmp_path / "training.csv"
    for steps in (64, 128):
        append_row(path, {"steps": steps, "seconds": 0.5, "loss": 1.0})
    assert path.read_bytes().decode() == HEADING + "64,0.5,1.0\r\n128,0.5,1.0\r\n"
    sync_tables(tmp_path)


def test_rows_after_the_checkpoint_are_dropped_and_the_others_keep_their_bytes(tmp_path) -> None:
    path = written(tmp_path, *ROWS)
    drop_rows_after(tmp_path, 128)
    assert path.read_bytes().decode() == HEADING + ROWS[0] + ROWS[1]
    drop_rows_after(tmp_path, 0)
    assert not path.exists()


@pytest.mark.parametrize(
    "torn",
    [
        "192,1.5",
        "19",
        "192,1.5,3.0",
        "192,1.5\r\n",
        "192,x,3.0\r\n",
        "128,1.5,3.0\r\n",
        "\0\0\0\r\n",
    ],
    ids=["two cells", "half a number", "no line end", "a cell less", "text", "steps back", "zeros"],
)
def test_a_row_that_a_kill_left_unfinished_is_dropped(tmp_path, torn) -> None:
    path = written(tmp_path, *ROWS[:2], torn)
    drop_rows_after(tmp_path, 1000)
    assert path.read_bytes().decode() == HEADING + ROWS[0] + ROWS[1]


@pytest.mark.parametrize("content", [b"", b"ste", b"\xff\xfe\x00", b"seed,outcome\r\n1,landed\r\n"])
def test_a_table_without_a_whole_heading_is_removed(tmp_path, content) -> None:
    path = tmp_path / "training.csv"
    path.write_bytes(content)
    drop_rows_after(tmp_path, 1000)
    assert not path.exists()


def test_other_tables_of_a_folder_are_left_alone(tmp_path) -> None:
    path = tmp_path / "episodes.csv"
    path.write_text("seed,outcome\n1,landed\n")
    drop_rows_after(tmp_path, 0)
    assert path.read_text() == "seed,outcome\n1,landed\n"


def test_tables_must_reach_as_far_as_the_checkpoint(tmp_path) -> None:
    require_rows(tmp_path, 0, 0)
    written(tmp_path, *ROWS)
    written(tmp_path, ROWS[1], name="evaluation.csv")
    require_rows(tmp_path, 128, 1)
    require_rows(tmp_path, 192, 1)
    for steps in (150, 256):
        with pytest.raises(CheckpointError, match=rf"training.csv is damaged: .* is of {steps}"):
            require_rows(tmp_path, steps, 1)
    with pytest.raises(CheckpointError, match=r"evaluation.csv is damaged: it has 1 rows"):
        require_rows(tmp_path, 192, 2)
    (tmp_path / "training.csv").unlink()
    with pytest.raises(CheckpointError, match=r"training.csv is damaged: its rows end at 0 steps"):
        require_rows(tmp_path, 192, 1)
