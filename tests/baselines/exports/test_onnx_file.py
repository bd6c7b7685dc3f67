"""ONNX files: the actions of PyTorch over whole episodes, for each kind of network."""

import numpy as np
import onnx
import pytest

from baselines.exports.modules import in_full_precision
from baselines.exports.onnx_file import to_onnx
from baselines.results import pretrained
from lander_envs.agents import Card, OnnxPolicy
from lander_envs.scoring.episodes import play
from lander_envs.scoring.policy import Policy

EPISODES = 3

# A committed agent for each kind: MLP, Gaussian MLP, dueling MLP, stack of observations with
# differences, PQN's stack, LSTM, GRU with differences, CNN, motion-crop CNN, the same over a
# stack, with GRU, with a Transformer, a CNN that remembers frames before a GRU, and before a
# Transformer, PQN's CNN, and a GRU alone.
KINDS = [
    *("lander_ppo", "lander_continuous_ppo", "lander_dqn"),
    *("masked_velocity_lander_differences_dqn", "masked_velocity_lander_dqn"),
    *("masked_velocity_lander_lstm_ppo", "masked_velocity_lander_differences_gru_ppo"),
    *("pixel_lander_cnn_ppo", "pixel_lander_motion_crop_ppo", "pixel_lander_motion_crop_dqn"),
    *("pixel_lander_motion_crop_gru_ppo", "pixel_lander_motion_crop_transformer_ppo"),
    *("pixel_lander_cnn_gru_ppo", "pixel_lander_cnn_transformer_ppo", "pixel_lander_cnn_dqn"),
    "masked_velocity_lander_gru_ppo",
]


def card_of(trained) -> Card:
    config = trained.config
    return Card("a", config.env_id, config.env_kwargs, "ppo", 1, "float32", "a.onnx", "0" * 64)


class Compared(Policy):
    """The actions of one policy, after another was found to choose the same."""

    def __init__(self, policy: Policy, other: Policy) -> None:
        self.policy, self.other, self.decisions = policy, other, 0

    def start(self) -> None:
        self.policy.start()
        self.other.start()

    def act(self, obs):
        mine, others = self.policy.decide(obs), self.other.decide(obs)
        np.testing.assert_allclose(others.actions, mine.actions, atol=1e-5, rtol=0)
        for one, other in zip(mine[1:], others[1:], strict=True):
            assert (one is None) == (other is None)
            if one is not None:
                np.testing.assert_allclose(other, one, atol=2e-3, rtol=1e-3)
        self.decisions += len(obs)
        return mine.actions


@pytest.mark.parametrize("name", KINDS)
def test_a_file_chooses_as_pytorch_does_over_whole_episodes(name) -> None:
    trained = pretrained.load_trained(name)
    exact = trained._replace(network=in_full_precision(trained.network))
    model = to_onnx(exact).content
    compared = Compared(exact.policy(), OnnxPolicy(card_of(trained), model))
    episodes = play(compared, trained.config.env_id, trained.config.env_kwargs, EPISODES, 2_000_000)
    assert compared.decisions >= sum(episode.length for episode in episodes) > 100
    assert_is_portable(onnx.load_from_string(model))


def assert_is_portable(model: onnx.ModelProto) -> None:
    """Standard operators only, a free batch axis, and no path of this machine."""
    assert {opset.domain for opset in model.opset_import} == {""}
    assert {node.domain for node in model.graph.node} == {""}
    for value in (*model.graph.input, *model.graph.output):
        batch, *rest = value.type.tensor_type.shape.dim
        assert batch.dim_param
        assert all(size.dim_value for size in rest)
    assert b"/baselines/" not in model.SerializeToString()


def test_an_actor_without_its_critic_chooses_the_same_and_has_half_the_weights() -> None:
    trained = pretrained.load_trained("masked_velocity_lander_lstm_ppo")
    whole, actor = to_onnx(trained), to_onnx(trained, critic=False)
    # The LSTM has 256 rows of 8 + 64 weights and two biases; the head 64 of 64, then 4 of 64.
    assert actor.parameters == 256 * (8 + 64 + 2) + 64 * (64 + 1) + 4 * (64 + 1)
    assert whole.parameters == 2 * 256 * (8 + 64 + 2) + 2 * 64 * (64 + 1) + (4 + 1) * (64 + 1)
    policy = OnnxPolicy(card_of(trained), actor.content)
    _, extras = policy(np.zeros(8, np.float32))
    assert set(extras) == {"probabilities"}
    policy.reset()
    played = [
        play(chosen, trained.config.env_id, {}, 5, 2_000_000)
        for chosen in (trained.policy(), policy)
    ]
    assert played[0] == played[1]


def test_a_q_network_has_no_critic_to_leave_out() -> None:
    with pytest.raises(ValueError, match="critic must be true for a Q-network"):
        to_onnx(pretrained.load_trained("lander_dqn"), critic=False)


# Bytes that all weights of the agent, 8 * 64 + 64 * 64 + 64 * 4 a network and 64 * 1 of the critic,
# take of those at 4 bytes each, and 5 kB of names and nodes.
@pytest.mark.parametrize(("weights", "share"), [("float16", 1 / 2), ("int8", 1 / 4)])
def test_fewer_bits_make_a_smaller_file_that_computes_in_float32(weights, share) -> None:
    trained = pretrained.load_trained("lander_ppo")
    full, small = to_onnx(trained), to_onnx(trained, weights=weights)
    assert small.parameters == full.parameters == 9797
    assert len(small.content) < share * 4 * 9797 + 5_000 < len(full.content)
    policy = OnnxPolicy(card_of(trained), small.content)
    action, extras = policy(np.zeros(8, np.float32))
    assert action == trained.policy().act(np.zeros((1, 8), np.float32))[0]
    assert {output.dtype for output in extras.values()} == {np.dtype(np.float32)}


def test_four_bits_a_weight_land_a_pixel_agent() -> None:
    trained = pretrained.load_trained("pixel_lander_cnn_ppo")
    model = to_onnx(trained, weights="int4").content
    assert len(model) < 70_000
    assert_is_portable(onnx.load_from_string(model))
    episodes = play(OnnxPolicy(card_of(trained), model), trained.config.env_id, {}, 5, 2_000_000)
    assert sum(episode.episodic_return for episode in episodes) / 5 > 200


def test_what_weights_alone_decide_is_computed_at_export() -> None:
    model = onnx.load_from_string(
        to_onnx(pretrained.load_trained("masked_velocity_lander_lstm_ppo")).content
    )
    inputs = {name for node in model.graph.node for name in node.input}
    weights = {tensor.name for tensor in model.graph.initializer}
    (lstm,) = [node for node in model.graph.node if node.op_type == "LSTM"][:1]
    assert set(lstm.input[1:4]) <= weights <= inputs


def test_two_exports_of_an_agent_are_the_same_bytes() -> None:
    trained = pretrained.load_trained("lander_ppo")
    assert to_onnx(trained) == to_onnx(trained)
