# Patterns of nanobind's stubgen: the header of the stub, and what it cannot read off the module.

lander_envs._native.__prefix__:
    # Generated from the bindings in native/python by the command below; do not edit.
    #
    #   python -m nanobind.stubgen -m lander_envs._native -p src/lander_envs/native/python/stub.pat \
    #       -o src/lander_envs/_native.pyi

lander_envs._native.STATE_VERSION:
    __version__: str
    STATE_VERSION: int

lander_envs._native.OBSERVATION_SIZE:
    OBSERVATION_SIZE: int

lander_envs._native.NUM_ACTIONS:
    NUM_ACTIONS: int

lander_envs._native.ENTRY_BYTES:
    ENTRY_BYTES: int

lander_envs._native.PARTICLES_BYTES:
    PARTICLES_BYTES: int

lander_envs._native.PARAMS:
    PARAMS: dict[str, tuple[float, float, float]]
    """Default, minimum and maximum of each argument of an episode, in the order of a row."""

lander_envs._native.INSTRUCTION_SETS:
    INSTRUCTION_SETS: list[str]
    """Instruction sets that batches can use on this machine, from "scalar" to the widest, the default.

    The environment variable LANDER_ENVS_INSTRUCTION_SET names another for batches made afterwards.
    """

lander_envs._native.Lander.__getstate__:
    def __getstate__(self) -> tuple[object, ...]: ...

lander_envs._native.Lander.__setstate__:
    def __setstate__(self, state: tuple[object, ...], /) -> None: ...

lander_envs._native.Camera.__getstate__:
    def __getstate__(self) -> tuple[object, ...]: ...

lander_envs._native.Camera.__setstate__:
    def __setstate__(self, state: tuple[object, ...], /) -> None: ...
