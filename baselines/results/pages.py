"""All generated texts: tables, facts, lists of films, model cards, and the parts of the README."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from baselines.results import pretrained
from baselines.results.facts import all_facts
from baselines.results.films import is_shown
from baselines.results.model_card import card
from baselines.results.run_data import ConfigResult
from baselines.results.tables import (
    algorithm_cell,
    environment,
    landed_cell,
    markdown,
    overview_table,
    passage_table,
    ranked,
    variant_table,
)
from baselines.results.variants import SLUGS
from lander_envs.scoring.statistics import SCORED_EPISODES
from lander_envs.spaces import REWARD_THRESHOLD

Results = Mapping[str, ConfigResult]
"""Committed results by name."""


class Repository:
    """Folders of results, agents and generated texts in a checkout.

    Args:
        root: the checkout's folder.
    """

    def __init__(self, root: Path) -> None:
        self.readme = root / "README.md"
        self.pages = root / "docs" / "results"
        self.runs = self.pages / "runs"
        self.agents = root / "baselines" / "pretrained"

    def committed(self) -> list[str]:
        """The names of the committed agents."""
        return sorted(path.parent.name for path in self.agents.glob("*/final.json"))

    def pages_with_facts(self) -> list[Path]:
        """Pages of the docs that were written by hand, with measured numbers between marks."""
        pages = sorted(self.pages.parent.rglob("*.md"))
        return [path for path in pages if "<!-- fact: " in path.read_text()]


def ours(results: Results) -> list[ConfigResult]:
    """Results of this project's own algorithms, by variant and score."""
    return ranked(result for result in results.values() if not result.is_peer)


def by_variant(results: Results) -> dict[str, list[ConfigResult]]:
    """Our own results of each variant that has any, the best first."""
    grouped = {slug: [r for r in ours(results) if r.variant == slug] for slug in SLUGS}
    return {slug: alike for slug, alike in grouped.items() if alike}


def texts(repository: Repository, results: Results) -> dict[Path, str]:
    """The content of every generated text, by its path."""
    pages, agents = repository.pages, repository.committed()
    peers = [result for result in results.values() if result.is_peer]
    written = {
        pages / "overview.md": _lines(overview_table(ours(results))),
        pages / "peers.md": _lines(overview_table(peers)),
        pages / "headline.md": headline(results),
        pages / "steps_to_200.md": _lines(passage_table(results.values())),
    }
    for slug, alike in by_variant(results).items():
        written[pages / "variants" / f"{slug}.md"] = _lines(variant_table(alike))
        filmed = [result for result in alike if result.name in agents and result.is_lander]
        if filmed:
            written[pages / "films" / f"{slug}.md"] = films_page(filmed, repository)
    for name in agents:
        folder = repository.agents / name
        written[folder / "README.md"] = card(folder, results[name])
    if repository.readme.exists():
        text = repository.readme.read_text()
        written[repository.readme] = with_parts(text, readme_parts(results, repository))
    facts = all_facts(results, pages)
    for page in repository.pages_with_facts():
        written[page] = with_parts(page.read_text(), facts, "fact")
    return written


def films_page(agents: list[ConfigResult], repository: Repository) -> str:
    """The films of a variant's agents, the best first."""
    lines = []
    for result in agents:
        seed = pretrained.seed_of(result.name, repository.agents)
        lines += [
            f"![The agent {result.name} lands.]({result.name}.gif)\n",
            f"`{result.name}`, training seed {seed}: {film_caption(result, seed)}.\n",
        ]
    return "\n".join(lines)


def film_caption(result: ConfigResult, seed: int) -> str:
    """Number and return of the episode that an agent's film shows."""
    shown = ((i, e) for i, e in enumerate(result.scored(seed)) if is_shown(e))
    number, episode = next(shown)
    return f"episode {number} of its score, return {episode.episodic_return:.1f}"


def readme_parts(results: Results, repository: Repository) -> dict[str, str]:
    """The generated parts of the README, by name."""
    return {
        "film": _best_film(results, repository),
        "headline": headline(results),
        "agents": _lines(_best_table(results)),
    }


def _best_film(results: Results, repository: Repository) -> str:
    """The film of the best committed agent, or nothing if none is committed."""
    agents = repository.committed()
    filmed = [result for result in best_of_tasks(results) if result.name in agents]
    if not filmed:
        return ""
    best = max(filmed, key=lambda result: result.mean_return)
    seed = pretrained.seed_of(best.name, repository.agents)
    return (
        f"![The agent {best.name} lands between two flags](docs/results/films/{best.name}.gif)\n\n"
        f"*`{best.name}`, {film_caption(best, seed)}.*\n"
    )


def with_parts(text: str, parts: Mapping[str, str], kind: str = "generated") -> str:
    """Replaces each ``<!-- KIND: NAME --> ... <!-- end -->`` by the part of that name.

    Raises:
        ValueError: for an unknown name.
    """

    def part(found: re.Match[str]) -> str:
        if found[2] not in parts:
            raise ValueError(f"no {kind} part is named {found[2]!r}, but {', '.join(parts)}")
        return found[1] + parts[found[2]] + found[3]

    return re.sub(rf"(<!-- {kind}: (\w+) -->\n?).*?(<!-- end -->)", part, text, flags=re.DOTALL)


def best_of_tasks(results: Results) -> list[ConfigResult]:
    """Our agent of the highest mean return on each variant, and kind of actions.

    Agents with a hand-made feature count only where no other agent solves the task, and scores
    over fewer episodes only where no agent has a whole score.
    """
    landers = [result for result in ours(results) if result.is_lander]
    plain = [result for result in landers if not result.hand_made_feature and result.is_solved]
    whole = [result for result in plain if result.is_whole]
    best = {_task(result): result for result in reversed([*whole, *plain, *landers])}
    return [best[task] for task in sorted(best)]


def headline(results: Results) -> str:
    """The results in a few sentences; numbers of whole scores only, as they can be compared."""
    best = best_of_tasks(results)
    count = _all_or_some(sum(result.is_solved for result in best), len(best))
    sentences = [
        f"Reference agents solve {count} tasks, a variant with discrete or continuous actions "
        f"each; a mean return of {REWARD_THRESHOLD:g} counts as solved."
    ]
    whole = [result for result in best if result.is_whole]
    if whole:
        means, lowest = [r.mean_return for r in whole], min(r.lowest_seed for r in whole)
        sentences.append(
            f"The best agents of {_all_or_some(len(whole), len(best))} tasks are scored over "
            f"{SCORED_EPISODES:,} episodes: their mean returns are {min(means):.1f} to "
            f"{max(means):.1f} over training seeds, and the lowest training seed has {lowest:.1f}."
        )
    if len(whole) < len(best):
        sentences.append("Scores over fewer episodes are not in these numbers.")
    return " ".join(sentences) + "\n"


def _all_or_some(part: int, whole: int) -> str:
    return f"all {whole}" if part == whole else f"{part} of {whole}"


def _task(result: ConfigResult) -> tuple[int, bool]:
    return SLUGS.index(result.variant), result.is_continuous


def _best_table(results: Results) -> list[str]:
    """A task a row, with its best agent."""
    rows = [
        [
            environment(result),
            f"`{result.name}`",
            algorithm_cell(result),
            result.hand_made_feature or "-",
            result.parametrisation or "-",
            f"{len(result.seeds)}",
            f"{result.num_episodes:,}",
            f"{result.mean_return:.1f}",
            f"{result.lowest_seed:.1f}",
            landed_cell(result),
        ]
        for result in best_of_tasks(results)
    ]
    heading = [
        *("environment", "best agent", "algorithm", "hand-made feature", "first layer"),
        *("seeds", "episodes", "mean return", "lowest seed", "landed"),
    ]
    return markdown(heading, rows)


def _lines(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
