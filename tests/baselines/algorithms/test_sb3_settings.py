"""Settings of Stable-Baselines3's learners: every number is checked before training."""

import inspect

import pytest

from baselines.algorithms.sb3 import LEARNERS, make_model
from baselines.algorithms.sb3_settings import check_types, must_be_bounded
from baselines.runs.config import CONFIGS, ConfigError
from baselines.train import load_config

WHOLE = {
    "PPO": ("n_steps", "batch_size", "n_epochs", "stats_window_size"),
    "DQN": (
        *("buffer_size", "batch_size", "train_freq", "gradient_steps", "n_steps"),
        *("learning_starts", "target_update_interval", "stats_window_size"),
    ),
}
REAL = {
    "PPO": (
        *("gamma", "gae_lambda", "clip_range", "clip_range_vf", "ent_coef", "vf_coef"),
        *("max_grad_norm", "target_kl"),
    ),
    "DQN": (
        *("tau", "gamma", "max_grad_norm", "exploration_fraction", "exploration_initial_eps"),
        "exploration_final_eps",
    ),
}
for kinds in (WHOLE, REAL):
    kinds["RecurrentPPO"] = kinds["PPO"]


def named(kinds):
    """Pairs of a learner and a setting."""
    return [(learner, key) for learner, keys in kinds.items() for key in keys]


@pytest.mark.parametrize(("learner", "key"), named(WHOLE) + named(REAL))
@pytest.mark.parametrize("value", [-2, "a", True, [1]])
def test_a_number_of_another_type_or_range_is_refused(learner, key, value) -> None:
    with pytest.raises(ConfigError, match=rf"^settings: {key}: Input should be .*, got "):
        check_types(learner, {key: value})


@pytest.mark.parametrize(("learner", "key"), named(WHOLE))
def test_a_count_is_no_fraction(learner, key) -> None:
    with pytest.raises(ConfigError, match=rf"^settings: {key}: .*valid integer.*, got 1\.5"):
        check_types(learner, {key: 1.5})


@pytest.mark.parametrize(
    ("learner", "key"),
    [
        *(("PPO", key) for key in ("n_steps", "batch_size", "n_epochs", "clip_range", "target_kl")),
        *(("DQN", key) for key in ("buffer_size", "train_freq", "n_steps", "tau")),
        *(("RecurrentPPO", key) for key in ("n_steps", "batch_size", "max_grad_norm")),
    ],
)
def test_a_zero_of_which_nothing_can_be_learnt_is_refused(learner, key) -> None:
    with pytest.raises(ConfigError, match=rf"^settings: {key}: .*greater than 0, got 0"):
        check_types(learner, {key: 0})


@pytest.mark.parametrize("learner", LEARNERS)
def test_every_number_of_a_learner_is_checked(learner) -> None:
    """Its ``learn`` alone would refuse a text."""
    of_ours = {"learning_rate", "seed", "verbose"}
    for key, parameter in inspect.signature(LEARNERS[learner]).parameters.items():
        if isinstance(parameter.default, (int, float)) and key not in of_ours and key[0] != "_":
            with pytest.raises(ConfigError, match=f"settings: {key}: "):
                check_types(learner, {key: "a"})


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_defaults_of_a_learner_are_taken(learner) -> None:
    types = inspect.signature(LEARNERS[learner]).parameters
    left = {"learning_rate", "seed", "device", "sde_sample_freq"}
    numbers = (bool, int, float)
    defaults = {key: one.default for key, one in types.items() if isinstance(one.default, numbers)}
    check_types(learner, {key: value for key, value in defaults.items() if key not in left})


def test_none_stands_for_what_the_learner_makes_of_it() -> None:
    check_types("PPO", {"clip_range_vf": None, "target_kl": None})
    check_types("RecurrentPPO", {"batch_size": None})
    with pytest.raises(ConfigError, match=r"settings: batch_size: .*, got None"):
        check_types("DQN", {"batch_size": None})


def test_a_frequency_of_noise_is_refused_without_the_noise() -> None:
    check_types("PPO", {"use_sde": True, "sde_sample_freq": 4})
    with pytest.raises(ConfigError, match="sde_sample_freq: only with use_sde, got 4"):
        check_types("PPO", {"sde_sample_freq": 4})


def test_numbers_that_would_fill_the_memory_are_refused() -> None:
    must_be_bounded({"policy_kwargs": {"net_arch": [2048]}, "buffer_size": 10_000_000})
    for settings in (
        {"buffer_size": 10_000_001},
        {"policy_kwargs": {"net_arch": [2049]}},
        {"policy_kwargs": {"n_lstm_layers": 5}},
    ):
        with pytest.raises(ValueError, match="numbers must be at most"):
            must_be_bounded(settings)
    with pytest.raises(ValueError, match="tensorboard_log cannot be set here"):
        must_be_bounded({"tensorboard_log": "logs"})


@pytest.mark.parametrize("name", sorted(path.stem for path in CONFIGS.glob("sb3_*.yaml")))
def test_the_shipped_settings_are_taken(name) -> None:
    make_model(load_config(name, []))
