"""Films: they show the episodes of the score, in real time, in few bytes."""

import numpy as np
import pytest
from PIL import Image, ImageSequence

from baselines import train
from baselines.results import films, pretrained
from baselines.results.store import COMMITTED, ROOT, read_result
from lander_envs.scoring.flight import frame_skip

FRAMES = [np.full((40, 60, 3), 10 * i, np.uint8) for i in range(8)]


def test_a_filmed_episode_is_that_of_the_score_with_a_frame_a_state() -> None:
    film = next(films.film_episodes(pretrained.load("lander_ppo"), 1))
    scored = read_result(COMMITTED, "lander_ppo").scored(1)[0]
    rounded = round(film.episode.episodic_return, 2)
    measured = {"touchdown_speed": scored.touchdown_speed, "fuel": scored.fuel}  # of scores only
    assert film.episode._replace(episodic_return=rounded, **measured) == scored
    assert (film.number, film.fps) == (0, 50)
    assert len(film.frames) == film.episode.length + 1
    assert film.frames[0].shape == (400, 600, 3)


def test_every_episode_has_its_own_frames() -> None:
    agent = pretrained.load("lander_continuous_ppo")
    lengths = [(len(f.frames), f.episode.length + 1) for f in films.film_episodes(agent, 2)]
    assert all(frames == expected for frames, expected in lengths)


def test_the_film_of_an_agent_is_its_first_solved_episode() -> None:
    film = films.film_landing(pretrained.load("lander_ppo"), 3)
    assert film is not None
    assert film.number == 0  # 294.6 in the committed score
    assert films.is_shown(film.episode)
    assert not films.is_shown(film.episode._replace(episodic_return=199.9))


def test_a_small_gif_takes_fewer_colours_where_it_must(tmp_path, monkeypatch) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (8, 100, 100, 3), dtype=np.uint8)
    sizes = {}
    for colours in (64, 16):
        sizes[colours] = len(films.gif(list(noise), 50, colours))
    assert sizes[16] < sizes[64]
    monkeypatch.setattr(films, "MAX_BYTES", sizes[16])
    assert films.write_small_gif(tmp_path / "small.gif", list(noise), 50) == sizes[16]
    monkeypatch.setattr(films, "MAX_BYTES", 100)
    with pytest.raises(ValueError, match="with 16 colours, more than 100"):
        films.write_small_gif(tmp_path / "small.gif", list(noise), 50)


@pytest.mark.parametrize("path", sorted((ROOT / "films").glob("*.gif")), ids=lambda path: path.stem)
def test_a_committed_film_is_small_and_as_long_as_its_episode(path) -> None:
    assert path.stat().st_size <= films.MAX_BYTES
    result = read_result(COMMITTED, path.stem)
    scored = result.scored(pretrained.seed_of(path.stem))
    length = next(episode.length for episode in scored if films.is_shown(episode))
    skip = frame_skip(result.env_id, result.settings["env_kwargs"])
    # Every second of length + 1 states, 50 steps a second in real time: 40 ms each.
    with Image.open(path) as film:
        shown = sum(frame.info["duration"] for frame in ImageSequence.Iterator(film))
    assert shown == (length + 2) // 2 * 40 * skip


def test_a_flight_that_is_over_shows_its_last_frame_beside_the_others() -> None:
    flights = [[np.full((1, 2, 3), 10 * k + t, np.uint8) for t in range(k)] for k in (1, 2, 3, 4)]
    frames = films.side_by_side(flights)
    assert len(frames) == 4
    assert frames[0].shape == (2, 6, 3)  # two rows of three, of which two are blank
    assert frames[3][:, ::2, 0].tolist() == [[10, 21, 32], [43, 0, 0]]
    assert frames[1][:, ::2, 0].tolist() == [[10, 21, 31], [41, 0, 0]]


def test_the_best_episodes_of_a_score_are_filmed_in_their_order() -> None:
    agent = pretrained.load("lander_ppo")
    scored = read_result(COMMITTED, "lander_ppo").scored(1)[:6]
    order = sorted(range(6), key=lambda number: -scored[number].episodic_return)
    filmed = films.film_best(agent, best=2, of=6)
    assert [film.number for film in filmed] == order[:2]
    returns = [round(film.episode.episodic_return, 2) for film in filmed]
    assert returns == [scored[number].episodic_return for number in order[:2]]


def test_a_grid_has_as_many_columns_as_rows_and_lasts_as_long_as_the_longest() -> None:
    episode = read_result(COMMITTED, "lander_ppo").scored(1)[0]
    frames = [np.full((400, 600, 3), 90, np.uint8)]
    shown = [films.Film(i, episode, frames * (i + 1), 50.0) for i in range(3)]
    pictures = films.grid(shown)
    assert len(pictures) == 3
    assert pictures[0].shape == (400, 600, 3)  # two by two of 300 by 200
    assert (pictures[2][250:, 310:] == 0).all()  # the fourth place is empty


def test_a_run_is_filmed_from_its_first_weights_to_its_last(tmp_path) -> None:
    path = tmp_path / "tiny.yaml"
    settings = "algorithm: ppo, name: tiny, total_steps: 640, num_envs: 4, num_steps: 16"
    path.write_text(f"{{{settings}, hidden: [4], eval_episodes: 2}}")
    assert train.main([str(path), "--runs", str(tmp_path)]) == 0
    run = tmp_path / "tiny-seed1"
    told = films.write_learning_film(run, 7, tmp_path / "film.gif")
    parts = ["0 %", "10 %", "25 %", "50 %", "100 %"]
    assert [sentence.split(" of the steps")[0] for sentence in told] == [
        f"after {p}" for p in parts
    ]
    with Image.open(tmp_path / "film.gif") as film:
        assert film.size == (900, 400)
        assert film.n_frames > 20
