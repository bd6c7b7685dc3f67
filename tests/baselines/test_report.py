"""The report: pages of given runs, and all generated files rebuilt."""

import shutil

import imageio.v3 as iio
import pytest

from baselines import report
from baselines.results import pretrained
from baselines.results.store import ROOT, add_result
from tests.baselines import made_up


def test_a_page_has_a_table_the_commands_and_the_origin(tmp_path) -> None:
    page = report.page([made_up.result(tmp_path, seed=seed) for seed in (1, 2)])
    assert page.startswith("|  | lander_ppo-seed1 | lander_ppo-seed2 |")
    assert "baselines/configs/lander_ppo.yaml --seed 2" in page
    assert "Machine: abacus, 2 cores, Linux. Versions: python 3.11." in page


def test_runs_without_a_shipped_config_have_no_command(tmp_path) -> None:
    assert "baselines.train" not in report.page([made_up.result(tmp_path, name="mine")])


def test_given_runs_are_reported_where_they_are_asked_to_be(tmp_path) -> None:
    out = tmp_path / "new" / "page.md"
    assert report.main([str(made_up.write_run(tmp_path)), "--out", str(out)]) == 0
    assert out.read_text().startswith("|  | lander_ppo-seed1 |")
    assert iio.imread(out.with_suffix(".png")).shape[:2] == (450, 800)


def test_a_run_of_ppo_is_reported_with_its_health(tmp_path, capsys) -> None:
    run, out = made_up.write_run(tmp_path), tmp_path / "page.md"
    metrics = ("approx_kl", "clip_fraction", "entropy", "explained_variance")
    row = {"steps": 100, "seconds": 10.0, "episodic_return": 0.0, **dict.fromkeys(metrics, 0.01)}
    made_up.write_table(run / "training.csv", [row])
    assert report.main([str(run), "--out", str(out)]) == 0
    assert "![](page.png)" in out.read_text()
    assert "![](page_health.png)" in out.read_text()
    assert iio.imread(tmp_path / "page_health.png").shape[:2] == (300, 1200)
    assert f"{tmp_path / 'page_health.png'}" in capsys.readouterr().out


def test_a_run_that_was_not_scored_cannot_be_reported(tmp_path, capsys) -> None:
    run = made_up.write_run(tmp_path)
    (run / "episodes.csv").unlink()
    assert report.main([str(run), "--out", str(tmp_path / "results.md")]) == 2
    assert "episodes.csv" in capsys.readouterr().err


@pytest.fixture
def checkout(tmp_path):
    """A checkout with one agent, another config's result, and a README with a part."""
    pages = tmp_path / "docs" / "results"
    pages.mkdir(parents=True)
    for name in ("speed.json", "learning_speed.json", "time_to_200.json", "frozen_lake.csv"):
        shutil.copy(ROOT / name, pages)
    for name in ("lander_ppo", "mine"):
        add_result(pages / "runs", made_up.result(tmp_path / "runs", name=name))
    shutil.copytree(
        pretrained.COMMITTED / "lander_ppo", tmp_path / "baselines" / "pretrained" / "lander_ppo"
    )
    (tmp_path / "README.md").write_text("<!-- generated: headline -->\n<!-- end -->\n")
    return tmp_path


def test_a_checkout_is_rebuilt_and_the_same_each_time(checkout, capsys) -> None:
    written = []
    for _ in range(2):
        assert report.main(["--root", str(checkout)]) == 0
        files = [path for path in checkout.rglob("*") if path.is_file()]
        written.append({path.relative_to(checkout): path.read_bytes() for path in files})
    assert written[0] == written[1]
    pages = {str(path) for path in written[0] if path.parts[0] == "docs"}
    for name in ("overview.md", "overview.png", "variants/lander.png", "films/lander.md"):
        assert f"docs/results/{name}" in pages
    assert "wrote 8 texts and 2 plots of 2 configs" in capsys.readouterr().out
    assert "Reference agents solve" in (checkout / "README.md").read_text()


def test_an_empty_checkout_is_no_report(tmp_path, capsys) -> None:
    assert report.main(["--root", str(tmp_path)]) == 2
    assert "there is no result in" in capsys.readouterr().err


def test_an_unknown_part_of_the_readme_is_named(checkout, capsys) -> None:
    (checkout / "README.md").write_text("<!-- generated: nothing -->\n<!-- end -->\n")
    assert report.main(["--root", str(checkout)]) == 2
    assert "no generated part is named 'nothing'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--out", "x.md"], "out does not go with the committed results, got x.md"),
        (["some_run", "--root", "x"], "root does not go with runs, got x"),
    ],
)
def test_an_option_that_would_be_dropped_is_refused(arguments, told, capsys) -> None:
    assert report.main(arguments) == 2
    assert told in capsys.readouterr().err
