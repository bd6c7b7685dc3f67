"""Variants: the slug, title and order by which results are grouped."""

from __future__ import annotations

import re

import lander_envs

PIXELS = "pixel_lander"
"""Slug of the pictures."""

OTHER = "other"
"""Slug of all environments that are not this package's."""


def slug_of(env_id: str) -> str:
    """The variant of an id in snake case: "pixel_lander" for "lander_envs/PixelLander-v0".

    "lander_envs/LanderContinuous-v0" is the variant "lander" with another default argument.
    """
    if env_id not in lander_envs.REGISTERED_IDS:
        return OTHER
    name = short_id(env_id).rpartition("-")[0].removesuffix("Continuous")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def short_id(env_id: str) -> str:
    """The id without its namespace: "PixelLander-v0"."""
    return env_id.rpartition("/")[2]


SLUGS = (*dict.fromkeys(map(slug_of, lander_envs.REGISTERED_IDS)), OTHER)
"""All variants, in the order of the package's ids."""
