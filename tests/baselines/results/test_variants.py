"""Variants: every id has its own slug, everything else shares one."""

import lander_envs
from baselines.results.variants import OTHER, SLUGS, short_id, slug_of


def test_slugs_are_the_names_of_the_ids_in_snake_case() -> None:
    assert slug_of("lander_envs/Lander-v0") == "lander"
    assert slug_of("lander_envs/MaskedVelocityLander-v0") == "masked_velocity_lander"
    assert slug_of("CartPole-v1") == OTHER


def test_every_variant_has_a_slug_of_its_own() -> None:
    assert slug_of("lander_envs/LanderContinuous-v0") == "lander"
    assert {*(slug_of(env_id) for env_id in lander_envs.REGISTERED_IDS), OTHER} == set(SLUGS)
    assert SLUGS[0] == "lander"
    assert len(set(SLUGS)) == len(SLUGS)


def test_a_short_id_has_no_namespace() -> None:
    assert short_id("lander_envs/PixelLander-v0") == "PixelLander-v0"
    assert short_id("CartPole-v1") == "CartPole-v1"
