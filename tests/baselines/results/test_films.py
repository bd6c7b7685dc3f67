"""Films: they show the episodes of the score, in real time, in few bytes."""

import numpy as np
import pytest

from baselines.results import films, pretrained
from baselines.results.store import COMMITTED, ROOT, read_result

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
def test_a_committed_film_is_small_and_of_a_committed_agent(path) -> None:
    assert path.stat().st_size <= films.MAX_BYTES
    assert path.stem in pretrained.committed()
