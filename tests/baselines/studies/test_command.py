"""The studies' command line."""

from pathlib import Path

from baselines.studies.command import run


def study(path: Path = Path("nowhere")) -> None:
    """Read a file."""
    print(path.read_text())


def test_a_study_that_ends_well_has_status_0(tmp_path, capsys) -> None:
    (tmp_path / "x").write_text("content")
    assert run(study, None, ["--path", str(tmp_path / "x")]) == 0
    assert "content" in capsys.readouterr().out


def test_a_missing_file_is_a_sentence_and_status_2(capsys) -> None:
    assert run(study, None, []) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_one_of_several_is_chosen_by_name(tmp_path, capsys) -> None:
    (tmp_path / "x").write_text("content")
    studies = {"read": study, "other": lambda: None}
    assert run(studies, None, ["read", "--path", str(tmp_path / "x")]) == 0
    assert "content" in capsys.readouterr().out
