"""Failed episodes: descriptions worked by hand, and a committed episode played again."""

from collections import defaultdict

import numpy as np

from baselines.results import pretrained
from baselines.results.store import COMMITTED, ROOT, read_result
from baselines.results.tables import markdown
from baselines.studies import failure_modes as failures
from baselines.studies.failure_modes import Failure
from lander_envs.scoring.episodes import Episode


def failed(outcome, episodic_return, states, fires):
    episode = Episode(2_000_000, episodic_return, len(states), outcome, False)
    return Failure(episode, np.array(states, np.float32), np.array(fires))


def test_engines_are_on_as_lunar_lander_reads_actions() -> None:
    assert [failures.fires(np.int64(action)) for action in range(4)] == [False, True, True, True]
    throttles = [(0.0, 0.5), (-1.0, -0.5), (0.1, 0.0), (-1.0, -0.6)]
    assert [failures.fires(np.array(action)) for action in throttles] == [False, False, True, True]


def test_a_crash_is_described_by_the_state_before_it_and_a_timeout_by_its_last_steps() -> None:
    # x, y, vx, vy, angle, its rate, legs: y = 0.15 is 1 world unit, vy = -0.4 is 3 a second.
    high, low = [0.2, 0.3, 0, -0.8, 0.5, 0, 0, 0], [-0.1, 0.15, 0, -0.4, np.pi / 6, 0, 1, 1]
    crash = failed("crashed", -40.0, [high, low], [True, False])
    timeout = failed("timeout", 130.0, [low, low, low, high], [True, True, True, False])
    rows = failures.rows_of("x", [timeout, crash], flown=100)
    assert rows[0] == [
        *("`x`", "crashed", "1 of 100", "-40"),
        *("1.0", "1.0", "3.0", "30°", "100 %", "0 %"),
    ]
    assert rows[1][:4] == ["`x`", "timeout", "1 of 100", "130"]
    assert rows[1][5] == "1.2"  # three times 1.0 and once 2.0
    assert rows[1][8:] == ["75 %", "75 %"]


def test_a_failed_episode_played_again_ends_as_it_did() -> None:
    scored = read_result(COMMITTED, "continuous_short").scored(1)
    crash = next(episode for episode in scored if episode.outcome == "crashed")
    states, fired = failures.replay(pretrained.load("continuous_short"), crash.seed)
    assert len(states) == len(fired) == 100  # the last of more than a hundred steps
    assert states[0, 1] > states[-1, 1]  # it came down
    assert abs(states[-1, 1]) < 0.2


def test_the_committed_table_has_the_rows_of_each_agent() -> None:
    written = (ROOT / "failures.md").read_text().splitlines()
    for name in ("lander_continuous_ppo", "pixel_lander_motion_crop_ppo", "shaped_lander_dqn"):
        rows = markdown([], failures.agent_rows(name, COMMITTED))[2:]
        assert rows
        assert [line for line in written if f"`{name}`" in line] == rows


def test_an_agent_that_always_lands_has_no_row_nor_has_cartpole() -> None:
    assert failures.agent_rows("lander_ppo", COMMITTED) == []
    assert failures.agent_rows("cartpole_dqn", COMMITTED) == []


def test_the_committed_table_has_count_and_median_return_of_every_agents_failures() -> None:
    written = (ROOT / "failures.md").read_text().splitlines()[2:]
    failed = defaultdict(list)
    for name in pretrained.committed():
        result = read_result(COMMITTED, name)
        scored = result.scored(pretrained.seed_of(name)) if result.is_lander else []
        for episode in scored:
            if episode.outcome != "landed":
                key = f"`{name}`", episode.outcome.replace("_", " ")
                failed[key].append(episode.episodic_return)
    rows = [[cell.strip() for cell in line.split("|")[1:5]] for line in written]
    assert {(name, how): (count.split()[0], median) for name, how, count, median in rows} == {
        key: (f"{len(returns)}", f"{np.median(returns):.0f}") for key, returns in failed.items()
    }
