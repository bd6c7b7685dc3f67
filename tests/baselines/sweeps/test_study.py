"""Studies in shared storage."""

import pytest

from baselines.runs.config import ConfigError
from baselines.sweeps.study import JOURNAL, Store
from tests.baselines.sweeps.studies import small_plan, small_study


def test_a_plan_has_the_configs_of_its_trials() -> None:
    plan = small_plan(seeds=[101, 102])
    config = plan.config({"gamma": 0.9}, 102)
    assert (config.name, config.seed, config.gamma, config.num_envs) == ("small", 102, 0.9, 4)
    assert plan.total_steps == 64
    assert set(plan.distributions) == {"learning_rate", "gamma"}


def test_all_who_open_a_storage_see_the_same_study(tmp_path) -> None:
    store, _ = small_study(tmp_path)
    other = Store(tmp_path / "small-study", "")
    assert other.plan() == small_plan()
    number = store.study.ask(small_plan().distributions).number
    assert other.trial(number).params == store.trial(number).params
    assert other.again(number).params == store.trial(number).params
    assert (tmp_path / "small-study" / JOURNAL).is_file()


def test_a_study_can_lie_in_a_database(tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'studies.db'}"
    Store(tmp_path / "a-study", url).begin(small_plan())
    assert Store(tmp_path / "a-study", url).plan() == small_plan()


def test_a_study_that_began_with_another_plan_is_refused(tmp_path) -> None:
    store, _ = small_study(tmp_path)
    store.begin(small_plan())
    with pytest.raises(ConfigError, match=r"seeds must stay \[101\] in .*, got \[101, 102\]; .*"):
        store.begin(small_plan(seeds=[101, 102]))


def test_a_study_without_a_plan_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigError, match="is no study of this project"):
        Store(tmp_path / "x-study", "").plan()


@pytest.mark.parametrize("url", ["nowhere", "sqlite:////nowhere/x.db", "moon://x"])
def test_a_storage_that_cannot_be_opened_is_refused(url, tmp_path) -> None:
    with pytest.raises(OSError, match="storage cannot be opened: "):
        Store(tmp_path / "x-study", url)
