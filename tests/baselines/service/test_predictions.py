"""Predictions: observations out of requests, in the shape that they came in."""

import base64
import io
import struct
import zlib

import gymnasium as gym
import numpy as np
import pytest
from PIL import Image

from baselines.results import pretrained
from baselines.service.predictions import observations, predict
from baselines.service.problems import ProblemError
from baselines.service.schemas import PredictRequest
from baselines.service.sessions import Sessions

STATES = np.random.default_rng(0).normal(size=(5, 8)).astype(np.float32)
PIXELS = "pixel_lander_motion_crop_ppo"
RECURRENT = "masked_velocity_lander_lstm_ppo"


def png(picture, kind="PNG"):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


def png_with_last(kind, content):
    """A picture with one more chunk behind its pixels, with the right checksum."""
    whole = base64.b64decode(png(np.zeros((336, 84), np.uint8)))
    end = whole.index(b"IEND") - 4
    body = kind + content
    chunk = struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
    return base64.b64encode(whole[:end] + chunk + whole[end:]).decode()


def ask(agent, **fields):
    return predict(agent, PredictRequest(**fields), Sessions(10.0))


def refusal(agent, **fields):
    with pytest.raises(ProblemError) as raised:
        observations(agent.card, PredictRequest(**fields))
    assert raised.value.status == 422
    return raised.value.detail


@pytest.mark.parametrize("name", ["lander_dqn", "lander_ppo", "lander_continuous_ppo"])
def test_an_answer_is_the_agents_decision_for_one_state_and_for_many(agents, name) -> None:
    wanted = pretrained.load(name).policy.decide(STATES)
    many = ask(agents.get(name), state=STATES.tolist())
    assert many.action == wanted.actions.tolist()
    assert len(many.action_name) == 5
    one = ask(agents.get(name), state=STATES[0].tolist())
    assert one.action == pytest.approx(many.action[0], rel=1e-5)
    for told, array in (
        (many.q_values, wanted.q_values),
        (many.probabilities, wanted.probabilities),
        (many.value, wanted.values),
    ):
        assert told == (None if array is None else array.tolist())


def test_a_picture_is_the_frames_below_each_other(agents) -> None:
    agent = agents.get(PIXELS)
    env = gym.make("lander_envs/PixelLander-v0")
    obs, _ = env.reset(seed=1)
    request = PredictRequest(pixels=png(obs.reshape(-1, obs.shape[2])))
    read, is_single = observations(agent.card, request)
    assert is_single
    assert np.array_equal(read[0], obs)
    answer = predict(agent, request, Sessions(10.0))
    assert answer.action == pretrained.load(PIXELS).policy.act(obs[None])[0]
    assert sum(answer.probabilities) == pytest.approx(1)


@pytest.mark.parametrize(
    ("pixels", "told"),
    [
        (png(np.zeros((84, 84), np.uint8)), "84 wide and 336 high, got mode L, 84 wide and 84"),
        (png(np.zeros((336, 84, 3), np.uint8)), r"got mode RGB"),
        (png(np.zeros((336, 84), np.uint8), "GIF"), "must be a PNG in Base64"),
        ("%%%", "must be a PNG in Base64"),
        (png(np.zeros((336, 84), np.uint8))[:60], "must be a PNG in Base64"),
        ("", "must be a PNG in Base64"),
    ],
)
def test_other_pictures_are_refused(agents, pixels, told) -> None:
    assert told in refusal(agents.get(PIXELS), pixels=pixels)


@pytest.mark.parametrize(
    ("kind", "content"),
    [(b"gAMA", b""), (b"gAMA", b"1"), (b"cHRM", b"123"), (b"tRNS", b""), (b"iCCP", b"")],
)
def test_a_short_chunk_behind_the_pixels_is_refused(agents, kind, content) -> None:
    pixels = png_with_last(kind, content)
    assert "must be a PNG in Base64" in refusal(agents.get(PIXELS), pixels=pixels)


def test_an_agent_refuses_what_it_does_not_see(agents) -> None:
    state, pixels = [0.0] * 8, png(np.zeros((336, 84), np.uint8))
    for fields in ({}, {"pixels": pixels}, {"state": state, "pixels": pixels}):
        assert "lander_dqn sees states: give state and no pixels" in refusal(
            agents.get(None), **fields
        )
    for fields in ({}, {"state": state}, {"state": state, "pixels": pixels}):
        assert f"{PIXELS} sees pixels" in refusal(agents.get(PIXELS), **fields)


def test_a_session_remembers_the_flight(agents) -> None:
    agent, sessions = agents.get(RECURRENT), Sessions(10.0)
    policy = pretrained.load(RECURRENT).policy
    session, values = "new", []
    for state in STATES:
        answer = predict(agent, PredictRequest(state=state.tolist(), session=session), sessions)
        session = answer.session
        values.append(answer.value)
        assert answer.expires_in == 10.0
    wanted = [float(policy.decide(state[None]).values[0]) for state in STATES]
    assert values == pytest.approx(wanted, rel=1e-5)
    # Without a session each state is the first of an episode.
    forgetful = [ask(agent, state=state.tolist()).value for state in STATES]
    assert forgetful[0] == pytest.approx(wanted[0], rel=1e-5)
    assert forgetful[1:] != pytest.approx(wanted[1:], rel=1e-3)
