"""Fly an environment with actions that a service computes, then ask it for statistics.

python -m baselines.serve --agent lander_dqn
python docs/examples/client.py
"""

import argparse
import json

import gymnasium as gym
import httpx

import lander_envs


def fly(service: httpx.Client, env_id: str, seed: int) -> None:
    """Fly one episode here; the service only chooses the actions."""
    env = gym.make(env_id)
    obs, info = env.reset(seed=seed)
    session, total, ended = "new", 0.0, False
    while not ended:
        body = {"state": obs.tolist(), "session": session}
        answer = service.post("/predict", json=body).raise_for_status().json()
        session = answer["session"]  # agents with memory need it
        obs, reward, terminated, truncated, info = env.step(answer["action"])
        total += float(reward)
        ended = terminated or truncated
    outcome = lander_envs.Outcome(info["outcome"]).name
    print(f"flown here: return {total:.1f}, {outcome}; last action: {answer['action_name']}")


def evaluate(service: httpx.Client, episodes: int) -> None:
    """Follow an evaluation in the service."""
    query = {"n_episodes": episodes, "progress": True}
    with service.stream("GET", "/evaluate", params=query) as answer:
        for line in answer.iter_lines():
            told = json.loads(line)
            if "done" in told:
                print(f"{told['done']} of {told['n_episodes']} episodes")
    result = told["result"]
    print(f"mean reward {result['mean_reward']:.1f}, win rate {result['win_rate']:.0f} %")


def main() -> None:
    """Ask the service at ``--url``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--episodes", type=int, default=100)
    options = parser.parse_args()
    with httpx.Client(base_url=options.url, timeout=60) as service:
        health = service.get("/health").raise_for_status().json()
        print(f"served: {health['agent']} on {health['env_id']}")
        fly(service, health["env_id"], options.seed)
        played = service.post("/play", json={"seed": options.seed}).raise_for_status().json()
        print(f"flown by the service: return {played['total_reward']:.1f}, {played['outcome']}")
        evaluate(service, options.episodes)
        refused = service.post("/predict", json={"state": [0, 1]})
        print(f"refused with {refused.status_code}: {refused.json()['detail']}")


if __name__ == "__main__":
    main()
