"""Film of learning: flights side by side, and what the checkpoints of a run did."""

import numpy as np
from PIL import Image

from baselines import train
from baselines.results.learning_film import side_by_side, write_learning_film


def test_a_flight_that_is_over_shows_its_last_frame_beside_the_others() -> None:
    flights = [[np.full((1, 2, 3), 10 * k + t, np.uint8) for t in range(k)] for k in (1, 2, 3, 4)]
    frames = side_by_side(flights)
    assert len(frames) == 4
    assert frames[0].shape == (2, 6, 3)  # two rows of three, of which two are blank
    assert frames[3][:, ::2, 0].tolist() == [[10, 21, 32], [43, 0, 0]]
    assert frames[1][:, ::2, 0].tolist() == [[10, 21, 31], [41, 0, 0]]


def test_a_run_is_filmed_from_its_first_weights_to_its_last(tmp_path) -> None:
    path = tmp_path / "tiny.yaml"
    settings = "algorithm: ppo, name: tiny, total_steps: 640, num_envs: 4, num_steps: 16"
    path.write_text(f"{{{settings}, hidden: [4], eval_episodes: 2}}")
    assert train.main([str(path), "--runs", str(tmp_path)]) == 0
    run = tmp_path / "tiny-seed1"
    told = write_learning_film(run, 7, tmp_path / "film.gif")
    parts = ["0 %", "10 %", "25 %", "50 %", "100 %"]
    assert [sentence.split(" of the steps")[0] for sentence in told] == [
        f"after {p}" for p in parts
    ]
    with Image.open(tmp_path / "film.gif") as film:
        assert film.size == (900, 400)
        assert film.n_frames > 20
