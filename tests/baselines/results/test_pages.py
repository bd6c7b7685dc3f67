"""Generated texts: every committed one is what the committed results give."""

from pathlib import Path

import pytest

from baselines.results import pages, pretrained
from baselines.results.pages import Repository, with_parts
from baselines.results.store import read_all
from tests.baselines import made_up

ROOT = Path(__file__).parents[3]
COMMITTED = Repository(ROOT)
RESULTS = read_all(COMMITTED.runs)
TEXTS = pages.texts(COMMITTED, RESULTS)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_generated_text_is_what_the_committed_results_give(path) -> None:
    assert path.read_text() == TEXTS[path]


def test_no_text_is_left_over() -> None:
    for folder in ("variants", "films"):
        found = set((COMMITTED.pages / folder).glob("*.md"))
        assert found == {path for path in TEXTS if path.parent.name == folder}
    cards = {path.parent.name for path in TEXTS if path.parents[1] == COMMITTED.agents}
    assert cards == set(pretrained.committed())


def test_every_plot_is_there_and_no_other() -> None:
    plots = {path.stem for path in (COMMITTED.pages / "variants").glob("*.png")}
    assert plots == set(pages.by_variant(RESULTS))
    assert (COMMITTED.pages / "overview.png").exists()


def test_every_lander_is_filmed_and_listed_with_its_variant() -> None:
    for name in pretrained.committed():
        if RESULTS[name].is_lander:
            assert (COMMITTED.pages / "films" / f"{name}.gif").exists()
            listed = TEXTS[COMMITTED.pages / "films" / f"{RESULTS[name].variant}.md"]
            assert f"({name}.gif)" in listed


def test_a_film_is_named_by_the_first_solved_episode(tmp_path) -> None:
    result = made_up.result(tmp_path, played=[(-5.0, "crashed"), (212.34, "landed")])
    assert pages.film_caption(result, 1) == "episode 1 of its score, return 212.3"


def test_generated_parts_are_replaced_between_their_marks() -> None:
    text = "a\n<!-- generated: x -->\nold\n<!-- end -->\nb\n<!-- generated: y -->\n<!-- end -->\n"
    assert with_parts(text, {"x": "1\n", "y": "2\n"}) == (
        "a\n<!-- generated: x -->\n1\n<!-- end -->\nb\n<!-- generated: y -->\n2\n<!-- end -->\n"
    )
    with pytest.raises(ValueError, match="no generated part is named 'y', but x"):
        with_parts(text, {"x": ""})


def test_the_parts_of_the_readme_name_the_best_agent_and_a_variant_a_row() -> None:
    parts = pages.readme_parts(RESULTS, COMMITTED)
    best = max(
        (result for result in RESULTS.values() if result.is_lander),
        key=lambda result: result.mean_return,
    )
    assert f"films/{best.name}.gif" in parts["film"]
    assert len(parts["agents"].splitlines()) == 2 + 5
