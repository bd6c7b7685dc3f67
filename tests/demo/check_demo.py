"""Demo in the browser: node flies as the package flies, and Chromium plays a game to its end.

tox run -e demo
"""

import functools
import hashlib
import http.server
import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
from playwright.sync_api import Page, sync_playwright

from baselines.results import pretrained
from lander_envs import agents
from lander_envs.scoring.policy import Policy

PROJECT = Path(__file__).parents[2]
SEEDS = (3, 7, 4_294_967_295)
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    build = PROJECT / "docs" / "demo" / "build.py"
    subprocess.run([sys.executable, build, "--out", folder], check=True)
    return folder


@pytest.fixture(scope="session")
def flights(site) -> list[dict]:
    script = PROJECT / "tests" / "demo" / "fly.mjs"
    command = ["node", str(script), str(site), *map(str, SEEDS)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def package_flight(flight: dict) -> tuple[float, str]:
    """Return and hash of the same actions in the package."""
    arguments = {"enable_wind": flight["wind"], "render_mode": "rgb_array"}
    env = gym.make("lander_envs/Lander-v0", **arguments)
    small = gym.make("lander_envs/PixelLander-v0", frame_skip=1, frame_stack=1, **arguments)
    digest = hashlib.sha256()
    obs, _ = env.reset(seed=flight["seed"])
    small.reset(seed=flight["seed"])
    digest.update(obs.tobytes())
    total = 0.0
    for number, action in enumerate(flight["actions"], start=1):
        obs, reward, terminated, truncated, _ = env.step(action)
        picture, *_ = small.step(action)
        digest.update(obs.tobytes())
        digest.update(np.float64(reward).tobytes())
        digest.update(picture.tobytes())
        if number % 50 == 1:
            digest.update(env.render().tobytes())
        total += float(reward)
    assert terminated or truncated
    env.close()
    small.close()
    return total, digest.hexdigest()


def test_observations_rewards_and_pictures_are_those_of_the_package(flights) -> None:
    for flight in flights:
        total, digest = package_flight(flight)
        assert (flight["total"], flight["hash"]) == (total, digest), flight["name"]


def test_the_terms_of_the_reward_add_up_to_the_return(flights) -> None:
    for flight in flights:
        assert flight["sums"] == pytest.approx(flight["total"], abs=1e-3)  # of float32 observations


def agent_of(name: str) -> tuple[Policy, str, int]:
    """An agent of the package or of baselines, the id that it flies, and steps of its decisions."""
    if name in agents.shipped():
        policy = agents.load(name)
        return policy, policy.card.env_id, 4
    trained = pretrained.load(name)
    return trained.policy, trained.config.env_id, 1


def test_agents_choose_the_actions_that_they_choose_in_the_package(flights) -> None:
    for flight in flights:
        policy, env_id, frame_skip = agent_of(flight["name"])
        env = gym.make(env_id, enable_wind=flight["wind"])
        obs, _ = env.reset(seed=flight["seed"])
        policy.start()
        for action in flight["actions"][::frame_skip]:
            assert policy.act(obs[None])[0] == action
            obs, _, terminated, truncated, _ = env.step(action)
        assert terminated or truncated
        env.close()


def test_a_decision_takes_less_processor_time_than_a_frame(flights) -> None:
    assert max(flight["decision_ms"] for flight in flights) < 1000 / 50


@pytest.fixture(scope="session")
def address(site):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(params=[1280, 500], ids=["desk", "phone"])
def page(request, address):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": request.param, "height": 900})
        opened.goto(address)
        opened.wait_for_function(
            "document.querySelector('#verdict').textContent.startsWith('Press')"
        )
        yield opened
        browser.close()


def wait_for(page: Page, selector: str, pattern: str) -> None:
    """Wait until a part of the page shows a text, for a minute."""
    text = f"document.querySelector({json.dumps(selector)}).textContent"
    page.wait_for_function(f"/{pattern}/.test({text})", timeout=60_000)


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the whole page, to look at; README shows the upper part of one."""
    folder = PROJECT / "build" / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    width = page.viewport_size["width"]
    page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
    if (name, width) == ("state-flying", 1280):
        page.screenshot(path=PROJECT / "docs" / "_static" / "demo.png")


@pytest.mark.parametrize("variant", ["state", "masked", "pixels"])
def test_a_game_is_played_to_its_end(page, variant) -> None:
    page.select_option("#variant", variant)
    page.click("#start")
    page.keyboard.down("ArrowLeft")
    page.wait_for_timeout(1500)
    shoot(page, f"{variant}-flying")
    wait_for(page, ".player[data-player='0'] .score", "crashed|out of bounds")
    assert page.inner_text("#verdict") == "Your flight is over. The agent still flies."
    page.keyboard.up("ArrowLeft")
    wait_for(page, "#verdict", "won")
    shoot(page, f"{variant}-ended")
    assert page.inner_text("#verdict").startswith("The agent won")
    assert "landed" in page.inner_text(".player[data-player='1'] .score")
    assert page.is_visible(".stack") == (variant == "pixels")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_pixel_lander_offers_the_agent_that_sees_pixels_first(page) -> None:
    page.select_option("#variant", "pixels")
    labels = page.locator("#agent option").all_inner_texts()
    assert labels == ["PPO with a CNN", "DQN (sees the state)", "PPO (sees the state)"]
    page.select_option("#variant", "state")
    assert page.locator("#agent option").all_inner_texts() == ["DQN", "PPO"]


def test_a_wrong_seed_is_refused_by_the_form(page) -> None:
    page.fill("#seed", "-1")
    page.click("#start")
    assert page.inner_text("#verdict").startswith("Press")
