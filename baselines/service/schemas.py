"""Requests and answers of the service."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, JsonValue, Tag

MAX_STATES = 1024
"""States in a request at most."""
MAX_EPISODES = 1000
"""Episodes of an evaluation at most."""
EPISODES = 100
"""Episodes of an evaluation, unless told otherwise."""
MAX_SEED = 2**31 - 1
AGENT_NAME = r"^[A-Za-z0-9_.-]{1,100}$"
"""Pattern of the names of agents."""
_LARGEST = 1_000_000  # number of a state: larger ones would overflow the network's

_EXAMPLE_STATE: list[JsonValue] = [0.0, 1.4, 0.0, -0.5, 0.0, 0.0, 0.0, 0.0]
_EXAMPLE_VALUES: list[JsonValue] = [12.9, 12.7, 13.4, 12.8]

Coordinate = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-_LARGEST, le=_LARGEST)]
State = Annotated[list[Coordinate], Field(min_length=8, max_length=8)]
States = Annotated[list[State], Field(min_length=1, max_length=MAX_STATES)]
AgentName = Annotated[
    str,
    Field(
        pattern=AGENT_NAME,
        description="name out of /agents; the served agent unless told otherwise",
        examples=["lander_ppo"],
    ),
]
Seed = Annotated[int, Field(strict=True, ge=0, le=MAX_SEED)]
Numbers = list[float]


def _tag_of(state: object) -> str:
    """Tag of the type to validate: one state, or a list of them."""
    is_list = isinstance(state, list) and len(state) > 0 and isinstance(state[0], list)
    return "(list)" if is_list else "(one)"


StateOrStates = Annotated[
    Annotated[State, Tag("(one)")] | Annotated[States, Tag("(list)")], Discriminator(_tag_of)
]


class _Request(BaseModel):
    """Base of requests: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")

    agent: AgentName | None = None


class PredictRequest(_Request):
    """Observation of one step, or a list of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": _EXAMPLE_STATE}]})

    state: StateOrStates | None = Field(
        default=None,
        description="observation of an agent that sees states: x, y, velocities, angle, angular "
        f"velocity, two leg contacts; or a list of 1 to {MAX_STATES} of them",
    )
    pixels: str | None = Field(
        default=None,
        description="observation of an agent that sees pixels: a grey PNG in Base64, with the "
        "frames below each other, the oldest on top",
    )
    session: str | None = Field(
        default=None,
        max_length=64,
        description='memory of an episode: "new" begins one, the session of the last answer goes '
        "on; without a session each request is the first step of an episode",
        examples=["new"],
    )


class PredictAnswer(BaseModel):
    """Action for each observation, with the network's outputs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "action": 2,
                    "action_name": "Fire main engine",
                    "q_values": _EXAMPLE_VALUES,
                    "agent": "lander_dqn",
                }
            ]
        }
    )

    action: int | list[int] | Numbers | list[Numbers] = Field(
        description="index of the action, or two throttles if the agent's actions are continuous"
    )
    action_name: str | list[str]
    q_values: Numbers | list[Numbers] | None = Field(
        default=None, description="of each action (DQN)"
    )
    probabilities: Numbers | list[Numbers] | None = Field(
        default=None, description="of each action (PPO with discrete actions)"
    )
    value: float | Numbers | None = Field(default=None, description="of the observation (PPO)")
    agent: str
    session: str | None = Field(default=None, description="for the next step of this episode")
    expires_in: float | None = Field(
        default=None, description="seconds until an unused session expires"
    )


class PlayRequest(_Request):
    """One episode."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seed": 42}]})

    seed: Seed | None = Field(default=None, description="random unless told; the answer has it")
    gif: bool = Field(default=False, strict=True, description="whether the answer has a film")


class PlayAnswer(BaseModel):
    """One episode, step by step."""

    total_reward: float
    steps: int
    success: bool = Field(description="whether the total reward is above 200")
    outcome: str = Field(description="landed, crashed, out_of_bounds or timeout")
    actions_taken: list[int] | list[Numbers]
    rewards_per_step: Numbers
    states_visited: list[Numbers] = Field(
        description="the lander's whole state, whatever the agent observes: before the first "
        "action, and after each"
    )
    touchdown_speed: float = Field(description="metres a second")
    fuel: float = Field(description="in units of the reward")
    steps_per_second: float = Field(description="decisions in a second of flight")
    seed: int
    agent: str
    env_id: str
    gif: str | None = Field(default=None, description="a GIF in Base64")


class EpisodeRow(BaseModel):
    """One episode of an evaluation."""

    seed: int
    total_reward: float
    steps: int
    success: bool
    outcome: str
    on_pad: bool
    touchdown_speed: float
    fuel: float


class EvaluateAnswer(BaseModel):
    """Statistics of an evaluation; rates and shares in percent."""

    n_episodes: int
    mean_reward: float
    std_reward: float
    min_reward: float
    max_reward: float
    win_rate: float = Field(description="episodes above 200, percent")
    avg_steps: float
    ci_low: float | None = Field(
        default=None, description="lower end of the mean's 95 % interval; none for one episode"
    )
    ci_high: float | None = None
    landing_rate: float
    pad_rate: float = Field(description="landings between the flags, percent")
    crash_rate: float
    out_of_bounds_rate: float
    timeout_rate: float
    mean_touchdown_speed: float
    mean_fuel: float
    action_shares: dict[str, float] = Field(
        description="decisions with each action, percent; continuous actions can fire two engines"
    )
    seed: int = Field(description="of the first episode; the others follow it")
    agent: str
    env_id: str
    episodes: list[EpisodeRow] | None = Field(default=None, description="with details=true")


class AgentDescription(BaseModel):
    """An agent that can be served."""

    name: str
    env_id: str
    algorithm: str
    observation: Literal["state", "pixels"]
    observation_shape: list[int]
    continuous: bool
    has_memory: bool = Field(description="whether a flight needs a session")
    hand_made_feature: str = Field(
        description='"differences", "motion crop", or empty if the agent sees none'
    )
    served: bool = Field(description="whether it answers requests that name no agent")
    loaded: bool


class AgentsAnswer(BaseModel):
    """All agents that can be served."""

    agents: list[AgentDescription]


class HealthAnswer(BaseModel):
    """State of the service."""

    model_config = ConfigDict(protected_namespaces=())

    status: Literal["healthy", "no model"]
    model_loaded: bool
    model_path: str | None = Field(description="of the served agent, in its folder")
    agent: str | None
    env_id: str | None
    version: str = Field(description="of lander_envs")
