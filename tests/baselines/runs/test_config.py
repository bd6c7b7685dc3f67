"""Configs: shipped files, wrong keys and values."""

import pytest
import yaml

from baselines.algorithms.ppo import PPOConfig
from baselines.algorithms.registry import build_config
from baselines.runs.config import CONFIGS, ConfigError, build, differing, read_yaml

FILES = sorted(CONFIGS.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_config_is_valid(path) -> None:
    assert build_config(read_yaml(path), path.name).name == path.stem


@pytest.mark.parametrize(
    ("name", "twin", "settings"),
    [
        ("lander_dqn", "normalized_lander_dqn", {"env_id"}),
        ("lander_dqn", "shaped_lander_dqn", {"env_id", "env_kwargs"}),
        ("lander_ppo", "normalized_lander_ppo", {"env_id"}),
        ("lander_ppo", "shaped_lander_ppo", {"env_id", "env_kwargs"}),
        ("lander_ppo", "fixed_dynamics_ppo", {"total_steps", "eval_interval"}),
        ("fixed_dynamics_ppo", "random_dynamics_ppo", {"env_kwargs"}),
        ("fixed_dynamics_lstm_ppo", "random_dynamics_lstm_ppo", {"env_kwargs"}),
        ("masked_velocity_lander_lstm_ppo", "fixed_dynamics_lstm_ppo", {"env_id", "total_steps"}),
        (
            "masked_velocity_lander_lstm_ppo",
            "masked_velocity_lander_previous_action_lstm_ppo",
            {"previous_action"},
        ),
        (
            "masked_velocity_lander_gru_ppo",
            "masked_velocity_lander_previous_action_gru_ppo",
            {"previous_action"},
        ),
        ("masked_velocity_lander_dqn", "masked_velocity_lander_dqn_no_gain", {"change_gain"}),
        ("pixel_lander_cnn_ppo", "pixel_lander_cnn_ppo_no_gain", {"frame_change_gain"}),
        ("lstm_start", "gru_value_clip", {"cell", "value_clip", "total_steps"}),
    ],
)
def test_configs_that_are_compared_differ_only_as_their_pages_say(name, twin, settings) -> None:
    one, other = (
        build_config(read_yaml(CONFIGS / f"{config}.yaml"), config).model_dump()
        for config in (name, twin)
    )
    unequal = {key for key in one if one[key] != other[key]}
    assert unequal == {"name", *settings}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("learning_rat: 0.1", r"unknown key 'learning_rat'; the nearest is 'learning_rate'"),
        ("gama: 0.9", r"unknown key 'gama'; the nearest is 'gamma'"),
        ("gamma: 1.5", r"gamma: .*less than or equal to 1.*, got 1.5"),
        ("num_envs: many", r"num_envs: .*integer.*, got 'many'"),
        ("num_envs: 0", r"num_envs: .*greater than 0"),
        ("seed: 200", r"seed: .*less than 200"),
        ("device: tpu", r"device: .*got 'tpu'"),
        ("name: ../up", r"name: "),
        ("env_kwargs: {grayscale: false}", r"env_kwargs: .*grayscale must be true.*, got {'gray"),
        ("env_kwargs: {channels_last: true}", r"env_kwargs: .*channels_last must be false, as our"),
        ("env_kwargs: {dtype: float32}", r'env_kwargs: .*dtype must be "uint8", as our networks'),
        ("learning_rate: .nan", r"learning_rate: "),
        (
            "env_id: 'os:Lander-v0'",
            r"only the module 'lander_envs' may stand before the colon, got",
        ),
        ("env_id: 'lander_envs:os:X-v0'", r"only the module 'lander_envs' may stand"),
        ("env_id: GymV26Environment-v0", r"other libraries' registries are not supported"),
        ("env_id: x/GymV21Environment-v0", r"other libraries' registries are not supported"),
        ("env_kwargs: {render_mode: human}", r"render_mode is no argument of the environment"),
        ("env_kwargs: {num_envs: 3}", r"num_envs is no argument of the environment itself"),
        ("env_kwargs: {copy: false}", r"copy is no argument of the environment itself"),
        ("env_kwargs: {autoreset_mode: SameStep}", r"autoreset_mode is no argument of the env"),
        ("env_kwargs: {num_threads: 2}", r"num_threads is no argument of the environment"),
        ("env_kwargs: {device: cuda}", r"device is no argument of the environment itself"),
        ("env_kwargs: {disable_env_checker: true}", r"disable_env_checker is no argument of"),
        ("minibatch_size: 1", r"^here: minibatch_size: must be at least 2 where advantages are"),
        ("{num_envs: 1, num_steps: 1}", r"^here: num_steps: must be at least 2 with num_envs: 1"),
        ("env_kwargs: {gravity: .inf}", r"env_kwargs: values must be those of JSON"),
        ("env_kwargs: {gravity: 2020-01-01}", r"env_kwargs: values must be those of JSON"),
        ("torch_threads: 257", r"torch_threads: .*less than or equal to 256"),
        ("num_envs: 65537", r"num_envs: .*less than or equal to 65536"),
        ("eval_episodes: 10001", r"eval_episodes: .*less than or equal to 10000"),
        ("hidden: [64, 2049]", r"hidden.1: .*less than or equal to 2048"),
        ("hidden: [1, 1, 1, 1, 1, 1, 1, 1, 1]", r"hidden: .*at most 8 items"),
        ("critic_hidden: [1000000]", r"critic_hidden.0: .*less than or equal to 2048"),
        ("num_steps: 1000000000001", r"num_steps: .*less than or equal to 1000000000000"),
        ("name: ..", r"name: "),
    ],
)
def test_a_wrong_key_or_value_is_refused_by_name(line, message) -> None:
    with pytest.raises(ConfigError, match=message):
        build(PPOConfig, yaml.safe_load(line), "here")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[1, 2]", "mapping"),
        ("{", "not YAML"),
        (None, "cannot be read"),
        ("gamma: 0.9\ngamma: 0.99", "the key 'gamma' is given twice"),
    ],
)
def test_a_file_that_holds_no_config_is_refused(tmp_path, content, message) -> None:
    path = tmp_path / "x.yaml"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=message):
        read_yaml(path)


@pytest.mark.parametrize(
    ("algorithm", "line"),
    [
        ("dqn", "history: 129"),
        ("dqn", "n_step: 1025"),
        ("dqn", "batch_size: 65537"),
        ("dqn", "hidden: [100000]"),
        ("recurrent_ppo", "memory_size: 2049"),
        ("recurrent_ppo", "memory_layers: 5"),
        ("recurrent_ppo", "window: 129"),
        ("recurrent_ppo", "sequence_length: 65537"),
        ("recurrent_ppo", "burn_in: 65537"),
        ("sb3", "settings: {buffer_size: 10000001}"),
        ("sb3", "settings: {policy_kwargs: {net_arch: {pi: [2049]}}}"),
        ("sb3", "settings: {policy_kwargs: {n_lstm_layers: 5}}"),
        ("sb3", "settings: {tensorboard_log: /etc}"),
    ],
)
def test_a_size_without_limit_is_refused_before_anything_is_allocated(algorithm, line) -> None:
    key = line.partition(":")[0]
    with pytest.raises(ConfigError, match=rf"here: {key}.*(at most|less than|cannot be set)"):
        build_config({"algorithm": algorithm, **yaml.safe_load(line)}, "here")


@pytest.mark.parametrize(
    ("algorithm", "line", "message"),
    [
        ("ppo", "stop_window: 5", "stop_window: only with stop_return, got 5"),
        ("ppo", "late_ent_coef: 0.005", "late_ent_coef: only with late_return, got 0.005"),
        ("ppo", "late_learning_rate_scale: 0.5", "late_learning_rate_scale: only with late_return"),
        ("ppo", "{hidden: [], activation: relu}", "activation: only with hidden layers, got relu"),
        (
            "recurrent_ppo",
            "{hidden: [], critic_hidden: [], activation: relu}",
            "activation: only with hidden layers, got relu",
        ),
        ("recurrent_ppo", "window: 16", "window: only with cell: transformer, got 16"),
        ("recurrent_ppo", "{cell: transformer, chrono: false}", "chrono: only with cells lstm and"),
        ("recurrent_ppo", "{cell: transformer, gate_gain: 1}", "gate_gain: only with cells lstm"),
        ("recurrent_ppo", "{cell: transformer, candidate_gain: 1}", "candidate_gain: only with"),
        (
            "dqn",
            "{target_rate: 0.01, target_interval: 10}",
            "target_interval: not with target_rate, got 10",
        ),
        ("dqn", "{target_rate: 0.01, target_episodes: 3}", "target_episodes: not with target_rate"),
        ("dqn", "{target_episodes: 3, target_interval: 10}", "target_interval: not with target_ep"),
        (
            "dqn",
            "{epsilon_decay: 0.9, exploration_fraction: 0.5}",
            "exploration_fraction: not with epsilon_decay, got 0.5",
        ),
    ],
)
def test_a_setting_that_others_switch_off_is_refused_unless_it_is_the_default(
    algorithm, line, message
) -> None:
    settings = yaml.safe_load(line)
    with pytest.raises(ConfigError, match=f"^here: {message}"):
        build_config({"algorithm": algorithm, **settings}, "here")
    key = message.partition(":")[0]
    default = build_config({"algorithm": algorithm}, "here").model_dump()[key]
    build_config({"algorithm": algorithm, **settings, key: default}, "here")


def test_the_packages_own_prefix_of_an_id_is_left_out() -> None:
    config = build(PPOConfig, {"env_id": "lander_envs:lander_envs/Lander-v0"}, "here")
    assert config.env_id == "lander_envs/Lander-v0"


def test_a_message_is_short_whatever_was_given() -> None:
    with pytest.raises(ConfigError) as refused:
        build(PPOConfig, {"gamma": "9" * 10**6}, "here")
    assert len(str(refused.value)) < 500


def test_two_configs_differ_in_what_a_training_depends_on() -> None:
    one = {"gamma": 0.9, "stop_return": None, "eval_episodes": 16, "tracking": "a", "older": 1}
    assert differing(one, {**one, "eval_episodes": 100, "tracking": "b", "newer": 1}) == []
    assert differing(one, {**one, "gamma": 0.99, "older": 2}) == ["gamma", "older"]
    stopped = {**one, "stop_return": 200.0}
    assert differing(stopped, {**stopped, "eval_episodes": 100}) == ["eval_episodes"]


def test_every_problem_has_a_line() -> None:
    with pytest.raises(ConfigError) as refused:
        build(PPOConfig, {"gamma": 2, "num_envs": 0}, "here")
    lines = str(refused.value).splitlines()
    assert [line.split(":")[:2] for line in lines] == [["here", " num_envs"], ["here", " gamma"]]
