"""Search spaces of studies."""

import pytest
from optuna.distributions import (
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from baselines.algorithms.registry import build_config
from baselines.runs.config import ConfigError
from baselines.runs.names import find_config
from baselines.sweeps.search_space import (
    SPACES,
    find_space,
    parse_space,
    require_fitting,
    with_values,
)

SHIPPED = sorted(path.stem for path in SPACES.glob("*.yaml"))


def test_lists_are_choices_and_ranges_are_of_integers_if_both_ends_are() -> None:
    content = {
        "gamma": [0.99, 0.999],
        "update_epochs": {"low": 2, "high": 8},
        "ent_coef": {"low": 0, "high": 0.1},
        "learning_rate": {"low": 1e-4, "high": 1e-2, "log": True},
    }
    assert parse_space(content) == {
        "gamma": CategoricalDistribution([0.99, 0.999]),
        "update_epochs": IntDistribution(2, 8),
        "ent_coef": FloatDistribution(0, 0.1),
        "learning_rate": FloatDistribution(1e-4, 1e-2, log=True),
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({}, "space must hold at least one setting, got none"),
        ({"seed": [1, 2]}, "space must not hold seed"),
        ({"gamma": 0.9}, r"space: gamma must be a list of choices or a range .*, got 0.9"),
        ({"gamma": []}, r"space: gamma: .*, got \[\]"),
        ({"gamma": [[1]]}, r"space: gamma: choices must be numbers, .*, got \[\[1\]\]"),
        ({"gamma": {"low": 1}}, r"space: gamma: .*'high', got \{'low': 1\}"),
        ({"gamma": {"low": 2, "high": 1}}, "space: gamma: .*, got"),
        ({"gamma": {"low": "a", "high": 1}}, "space: gamma: low and high must be numbers"),
        ({"gamma": {"low": 0.0, "high": 1.0, "log": True}}, "space: gamma: .*, got"),
        (
            {"gamma": {"low": 0.1, "high": 1, "log": "false"}},
            "^space: gamma: log must be true or false, got .*'log': 'false'",
        ),
    ],
)
def test_what_is_neither_is_refused_with_its_name(content, sentence) -> None:
    with pytest.raises(ConfigError, match=sentence):
        parse_space(content)


def test_a_dot_leads_into_a_mapping() -> None:
    settings = {"learning_rate": 1, "settings": {"gamma": 2, "batch_size": 3}}
    changed = with_values(settings, {"learning_rate": 4, "settings.gamma": 5, "new.key": 6})
    assert changed == {
        "learning_rate": 4,
        "settings": {"gamma": 5, "batch_size": 3},
        "new": {"key": 6},
    }
    assert settings["settings"] == {"gamma": 2, "batch_size": 3}
    with pytest.raises(ConfigError, match="learning_rate must be a mapping, got 1"):
        with_values(settings, {"learning_rate.gamma": 5})


def test_values_that_the_config_refuses_are_named_before_anything_is_trained() -> None:
    config = build_config({"algorithm": "ppo"}, "small")
    with pytest.raises(ConfigError, match=r"space: gamma = 1.5: gamma: .* got 1.5"):
        require_fitting(parse_space({"gamma": {"low": 0.9, "high": 1.5}}), config)
    with pytest.raises(ConfigError, match="unknown key 'gama'; the nearest is 'gamma'"):
        require_fitting(parse_space({"gama": [0.9]}), config)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_spaces_fit_the_configs_of_their_names(name) -> None:
    require_fitting(parse_space(find_space(name)), build_config(find_config(name), name))


def test_an_unknown_space_is_answered_with_the_shipped_ones() -> None:
    with pytest.raises(ConfigError, match=f"one of {', '.join(SHIPPED)}, got 'nowhere'"):
        find_space("nowhere")
