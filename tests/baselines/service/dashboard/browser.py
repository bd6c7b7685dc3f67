"""The dashboard in headless Chromium: clicked through, with screenshots for the docs.

python -m tests.baselines.service.dashboard.browser --out docs/_static
"""

import argparse
import csv
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect, sync_playwright

from tests.baselines.service.conftest import ROOT, served

WAIT = 120_000  # milliseconds
SIZE = {"width": 1400, "height": 900}


def dashboard(service: str) -> tuple[subprocess.Popen, str]:
    """A dashboard on a free port: its process and its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "baselines.dashboard", "--no-browser", "--port", str(port)]
    process = subprocess.Popen([*command, "--service", service], cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            httpx.get(f"{url}/_stcore/health").raise_for_status()
            return process, url
        except httpx.HTTPError:
            assert process.poll() is None
            time.sleep(0.1)
    raise TimeoutError(f"no dashboard at {url}")


def choose(page: Page, box: int, option: str) -> None:
    """Choose an option of a select box, counted from the top of the page."""
    entry = page.get_by_test_id("stSelectbox").nth(box).locator("input")
    entry.click()
    entry.fill(option)
    page.get_by_role("option", name=option, exact=True).click()


def settled(page: Page) -> None:
    """Wait until the page has been drawn."""
    page.wait_for_timeout(500)
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=WAIT)
    page.wait_for_timeout(1000)


def shot(page: Page, out: Path, name: str) -> None:
    """Screenshot of the page as it is in the window."""
    page.screenshot(path=out / f"dashboard-{name}.png")


def run_one(page: Page, out: Path) -> None:
    """Evaluate the served agent and look at all that is drawn."""
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_test_id("stMetric")).to_have_count(6, timeout=WAIT)
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(6, timeout=WAIT)
    settled(page)
    shot(page, out, "run")


def download(page: Page) -> None:
    """The table as CSV has a row for each episode."""
    with page.expect_download() as started:
        page.get_by_test_id("stDownloadButton").get_by_role("button").click()
    rows = list(csv.DictReader(started.value.path().read_text().splitlines()))
    assert len(rows) == 100, len(rows)
    assert {"agent", "seed", "total_reward", "outcome", "fuel"} <= set(rows[0])


def replay(page: Page, out: Path) -> None:
    """The film and the path of an episode."""
    page.get_by_role("button", name="Replay", exact=True).click()
    film = page.get_by_test_id("stImage").locator("img")
    expect(film).to_be_visible(timeout=WAIT)
    settled(page)
    assert film.evaluate("image => image.naturalWidth") == 300
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    page.wait_for_timeout(1000)
    shot(page, out, "replay")


def compare(page: Page, out: Path) -> None:
    """Two agents beside each other."""
    choose(page, 1, "lander_ppo")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_test_id("stMetric")).to_have_count(12, timeout=WAIT)
    settled(page)
    page.get_by_role("heading", name="Lander dashboard").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    shot(page, out, "compare")


def main(arguments: list[str] | None = None) -> int:
    """Clicks through the dashboard with its service, and once without."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    errors: list[str] = []
    with sync_playwright() as playwright, served("--agent", "lander_dqn") as server:
        sandbox = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=options.chromium, args=sandbox)
        process, url = dashboard(server.url)
        try:
            page = browser.new_page(viewport=SIZE)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(url)
            expect(page.get_by_text(re.compile("then press"))).to_be_visible(timeout=WAIT)
            run_one(page, options.out)
            download(page)
            replay(page, options.out)
            compare(page, options.out)
            server.stop()
            page.get_by_role("button", name="Run", exact=True).click()
            expect(page.get_by_text(re.compile("The service is down"))).to_be_visible(timeout=WAIT)
            settled(page)
            shot(page, options.out, "down")
        finally:
            process.terminate()
            process.wait()
            browser.close()
    print(f"errors in the page: {errors}")
    return int(bool(errors))


if __name__ == "__main__":
    raise SystemExit(main())
