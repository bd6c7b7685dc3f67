"""Generated texts: every committed one is what the committed results give."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from baselines.results import pages, pretrained
from baselines.results.pages import Repository, best_of_tasks, headline, with_parts
from baselines.results.plots import draw_agents
from baselines.results.run_data import ConfigResult
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


@pytest.mark.parametrize("variant", pages.by_variant(RESULTS))
def test_a_plot_is_what_the_committed_results_give(variant, tmp_path) -> None:
    draw_agents(pages.by_variant(RESULTS)[variant], tmp_path / "drawn.png")
    committed = Image.open(COMMITTED.pages / "variants" / f"{variant}.png")
    drawn = Image.open(tmp_path / "drawn.png")
    if committed.info["Software"] != drawn.info["Software"]:
        pytest.skip(f"drawn by {committed.info['Software']}")
    assert committed.size == drawn.size
    # Another processor may round a coordinate otherwise, which moves the edges of few pixels.
    assert (np.asarray(committed) != np.asarray(drawn)).any(axis=2).mean() < 0.0001


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


def test_facts_are_written_into_the_sentences_of_pages(tmp_path) -> None:
    sentence = "On <!-- fact: seeds -->9<!-- end --> seeds, <!-- fact: mean --><!-- end --> each."
    assert with_parts(sentence, {"seeds": "10", "mean": "2.5"}, "fact") == (
        "On <!-- fact: seeds -->10<!-- end --> seeds, <!-- fact: mean -->2.5<!-- end --> each."
    )
    page = tmp_path / "docs" / "agents" / "page.md"
    page.parent.mkdir(parents=True)
    page.write_text(sentence)
    (page.parent / "other.md").write_text("No number.\n")
    assert Repository(tmp_path).pages_with_facts() == [page]


def test_the_parts_of_the_readme_name_the_best_agent_and_a_task_a_row() -> None:
    parts = pages.readme_parts(RESULTS, COMMITTED)
    best = max(
        (result for result in RESULTS.values() if result.is_lander),
        key=lambda result: result.mean_return,
    )
    assert f"films/{best.name}.gif" in parts["film"]
    assert len(parts["agents"].splitlines()) == 2 + len(best_of_tasks(RESULTS))


def test_the_film_of_the_readme_is_of_the_best_agent_that_is_committed(tmp_path) -> None:
    better = made_up.result(tmp_path, "not_committed", played=[(299.0, "landed")] * 1000)
    parts = pages.readme_parts({**RESULTS, better.name: better}, COMMITTED)
    assert parts["film"] == pages.readme_parts(RESULTS, COMMITTED)["film"]
    assert pages.readme_parts({better.name: better}, COMMITTED)["film"] == ""


@pytest.fixture
def results(tmp_path):
    """A solved variant, one that is not, and a peer that is better than both."""
    played = {"solved": 240.0, "missed": 190.0, "peer": 300.0}
    ids = {"solved": "Lander-v0", "missed": "PixelLander-v0", "peer": "Lander-v0"}
    return {
        name: made_up.result(
            tmp_path,
            name,
            played=[(value, "landed")] * 2,
            env_id=f"lander_envs/{ids[name]}",
            algorithm="sb3" if name == "peer" else "ppo",
        )
        for name, value in played.items()
    }


def names_of_best(results):
    return [result.name for result in best_of_tasks(results)]


def test_the_best_of_a_variant_is_ours(results) -> None:
    assert names_of_best(results) == ["solved", "missed"]


def test_continuous_actions_are_a_task_of_their_own(tmp_path, results) -> None:
    played = [(280.0, "landed")] * 2
    continuous = {"env_kwargs": {"continuous": True}}
    results["steady"] = made_up.result(tmp_path, "steady", played=played, **continuous)
    assert names_of_best(results) == ["solved", "steady", "missed"]


def test_an_agent_with_a_hand_made_feature_is_the_best_only_where_no_other_solves(
    tmp_path, results
) -> None:
    for name, value, settings in [
        ("crop", 280.0, {"env_id": "lander_envs/PixelLander-v0", "encoder": "motion_crop"}),
        ("change", 290.0, {"env_id": "lander_envs/Lander-v0", "change_gain": 50.0}),
    ]:
        played = [(value, "landed")] * 2
        results[name] = made_up.result(tmp_path, name, played=played, **settings)
    assert names_of_best(results) == ["solved", "crop"]


def test_a_score_over_few_episodes_is_the_best_only_where_no_agent_has_a_whole_one(
    tmp_path, results
) -> None:
    assert names_of_best(results)[0] == "solved"
    played = [(230.0, "landed")] * 1000
    whole = made_up.result(tmp_path, "whole", played=played, env_id="lander_envs/Lander-v0")
    assert names_of_best({**results, "whole": whole})[0] == "whole"


def test_the_headline_counts_the_tasks_that_are_solved(results) -> None:
    assert headline(results) == (
        "Reference agents solve 1 of 2 tasks, a variant with discrete or continuous actions each; "
        "a mean return of 200 counts as solved. Scores over fewer episodes are not in these "
        "numbers.\n"
    )
    del results["missed"]
    assert "solve all 1 tasks" in headline(results)


def test_the_headline_has_the_numbers_of_whole_scores_alone(tmp_path, results) -> None:
    # Half of the episodes each: a seed has (262.2 + 230.4) / 2 = 246.3, another (249.9 + 239.5) / 2
    # = 244.7; their mean is 245.5. The task missed, over two episodes, has 190.
    runs = [
        made_up.result(tmp_path, "whole", seed, played=[(high, "landed"), (low, "landed")] * 500)
        for seed, high, low in ((1, 262.2, 230.4), (2, 249.9, 239.5))
    ]
    episodes = {**runs[0].episodes, **runs[1].episodes}
    whole = ConfigResult(runs[0].settings, [run.seeds[0] for run in runs], episodes)
    fast = made_up.result(
        tmp_path, "fast", played=[(280.26, "landed")] * 1000, env_kwargs={"continuous": True}
    )
    text = headline({"missed": results["missed"], "whole": whole, "fast": fast})
    assert "solve 2 of 3 tasks" in text
    assert (
        "The best agents of 2 of 3 tasks are scored over 1,000 episodes: their mean returns are "
        "245.5 to 280.3 over training seeds, and the lowest training seed has 244.7. Scores over "
        "fewer episodes are not in these numbers.\n"
    ) in text
    complete = headline({"whole": whole, "fast": fast})
    assert "The best agents of all 2 tasks are" in complete
    assert "fewer episodes" not in complete
