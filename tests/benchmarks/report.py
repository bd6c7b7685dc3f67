"""A page of speeds, tables and plot, from what pytest-benchmark wrote down.

    python -m tests.benchmarks.report speed.json --out docs/results/speed.md

``tox run -e bench`` and ``tox run -e bench-learning`` run the benchmarks and this. The medians lie
beside the page as JSON, from which other pages take their numbers.
"""

from __future__ import annotations

import argparse
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")  # files only, no window

from matplotlib import pyplot as plt

PACKAGES = ("lander-envs", "gymnasium", "numpy", "torch", "stable-baselines3", "envpool")
PLOTTED = "sizes"  # the group

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("json", type=Path, help="what --benchmark-json wrote")
    parser.add_argument("--out", type=Path, required=True, help="the page; a plot lies beside it")
    arguments = parser.parse_args()
    data = json.loads(arguments.json.read_text())
    lines = [machine(data)]
    plotted = [row for row in data["benchmarks"] if row["group"] == PLOTTED]
    if plotted:
        picture = arguments.out.with_suffix(".png")
        draw(plotted, picture)
        lines += ["", f"![Steps per second by the number of envs]({picture.name})"]
    lines += tables(data)
    arguments.out.write_text("\n".join(lines) + "\n")
    arguments.out.with_suffix(".json").write_text(json.dumps(medians(data), indent=2) + "\n")
    print(f"wrote {arguments.out}")


def medians(data: dict[str, Any]) -> dict[str, Any]:
    """Origin, and the microseconds of a step of one env by group and row."""
    groups: dict[str, dict[str, float]] = {}
    for row in data["benchmarks"]:
        groups.setdefault(row["group"], {})[label(row)] = round(microseconds(row), 6)
    return {"origin": machine(data), "groups": groups}


def tables(data: dict[str, Any]) -> list[str]:
    lines = []
    for group, rows in groupby(data["benchmarks"], key=lambda row: row["group"]):
        lines += ["", f"**{group}**", "", *table(list(rows))]
    return lines


def machine(data: dict[str, Any]) -> str:
    cpu = data["machine_info"]["cpu"]
    packages = ", ".join(filter(None, map(installed, PACKAGES)))
    return (
        f"Measured on {cpu['brand_raw']}, {cpu['count']} cores, {platform.system()}, "
        f"Python {platform.python_version()}, {packages}."
    )


def installed(package: str) -> str:
    """Name and version, or nothing."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""


def table(rows: list[Row]) -> list[str]:
    """Medians, each row's speed as a multiple of the first row's."""
    first = microseconds(rows[0])
    lines = ["| what | a step | steps a second | ratio |", "|---|---|---|---|"]
    for row in rows:
        took = microseconds(row)
        lines.append(f"| {label(row)} | {took:,.2f} µs | {1e6 / took:,.0f} | {first / took:.2f} |")
    return lines


def microseconds(row: Row) -> float:
    """The median time of one step of one env."""
    return 1e6 * float(row["stats"]["median"]) / int(row["extra_info"]["env_steps"])


def label(row: Row) -> str:
    facts = row["extra_info"]
    threads = facts.get("threads", 1)
    parts = [facts["maker"], f"{facts['num_envs']:,} env{'s' if facts['num_envs'] > 1 else ''}"]
    if threads > 1:
        parts.append(f"{threads} threads")
    if "instruction_set" in facts:
        parts.append(facts["instruction_set"])
    return ", ".join(parts)


def draw(rows: list[Row], picture: Path) -> None:
    """Steps per second by the number of envs."""
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    curves: dict[str, list[tuple[int, float]]] = {}
    for row in rows:
        facts = row["extra_info"]
        threads = facts.get("threads", 1)
        name = f"{facts['maker']}, {threads} thread{'s' if threads > 1 else ''}"
        curves.setdefault(name, []).append((facts["num_envs"], 1e6 / microseconds(row)))
    for name, points in curves.items():
        axes.loglog(*zip(*sorted(points), strict=True), marker="o", label=name)
    axes.set_xlabel("envs")
    axes.set_ylabel("env steps per second")
    axes.set_title("LunarLander-v3, random actions")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    figure.savefig(picture, dpi=150)


if __name__ == "__main__":
    main()
