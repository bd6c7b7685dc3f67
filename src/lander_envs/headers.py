"""Headers of the engine, for programs in C++."""

from __future__ import annotations

from pathlib import Path


def get_include() -> str:
    """Return the folder of the engine's headers, for a compiler's ``-I``.

    The headers need a C++20 compiler and nothing else. Compile them with
    ``-ffp-contract=off``, on which the bits depend.

    Returns:
        An absolute path.

    Example:
        >>> from pathlib import Path
        >>> import lander_envs
        >>> (Path(lander_envs.get_include()) / "env" / "lander.h").exists()
        True
    """
    return str(Path(__file__).resolve().parent / "native")
