"""Action repeat."""

import pytest

from lander_envs.transforms.repeat import check_times, repeat_action, slower


def steps(*outcomes):
    """A step function that returns these, one a call, with the call's number as observation."""
    calls = iter(enumerate(outcomes))

    def step(action):
        number, (reward, terminated, truncated) = next(calls)
        return number, reward, terminated, truncated, {"raw_reward": 10 * reward, "call": number}

    return step


def test_rewards_and_raw_rewards_are_summed_and_the_rest_is_the_last_steps() -> None:
    step = steps((1.0, False, False), (2.0, False, False), (4.0, False, False))
    obs, reward, terminated, truncated, info = repeat_action(step, None, 3)
    assert (obs, reward, terminated, truncated) == (2, 7.0, False, False)
    assert info == {"raw_reward": 70.0, "call": 2}


@pytest.mark.parametrize("ending", [(2.0, True, False), (2.0, False, True)])
def test_a_repetition_stops_at_the_episodes_end(ending) -> None:
    step = steps((1.0, False, False), ending, (100.0, False, False))
    assert repeat_action(step, None, 4)[:4] == (1, 3.0, ending[1], ending[2])


def test_an_action_is_repeated_1_to_1000_times() -> None:
    assert [check_times("frame_skip", times) for times in (1, 1000)] == [1, 1000]
    for times in (0, 1001, 4.0, True):
        with pytest.raises(ValueError, match=r"^frame_skip must be an integer from 1 to 1000, got"):
            check_times("frame_skip", times)


def test_metadata_of_fewer_frames_has_fewer_frames_a_second() -> None:
    metadata = {"render_fps": 50, "render_modes": []}
    assert slower(metadata, 4) == {"render_fps": 12.5, "render_modes": []}
    assert type(slower(metadata, 2)["render_fps"]) is int
    assert slower({"render_modes": []}, 4) == {"render_modes": []}
    assert slower({"render_fps": None}, 4) == {"render_fps": None}
