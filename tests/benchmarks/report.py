"""A page of speeds, plots and tables, from what pytest-benchmark wrote down.

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

import numpy as np
from matplotlib import pyplot as plt

PACKAGES = ("lander-envs", "gymnasium", "numpy", "torch", "stable-baselines3", "envpool")
# Group, suffix of the picture's name, title.
PLOTS = (
    ("sizes", "", "State: random actions"),
    ("frames of 84x84 pixels, random actions", "_pixels", "Pixels: random actions"),
)

TABLES = "<!-- tables -->"  # pages include what is above this line, and what is below

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("json", type=Path, help="what --benchmark-json wrote")
    parser.add_argument("--out", type=Path, required=True, help="the page; plots lie beside it")
    arguments = parser.parse_args()
    data = json.loads(arguments.json.read_text())
    arguments.out.write_text(page(data["benchmarks"], machine(data), arguments.out))
    arguments.out.with_suffix(".json").write_text(json.dumps(medians(data), indent=2) + "\n")
    print(f"wrote {arguments.out}")


def medians(data: dict[str, Any]) -> dict[str, Any]:
    """Origin, and the microseconds of a step of one env by group and row."""
    groups: dict[str, dict[str, float]] = {}
    for row in data["benchmarks"]:
        groups.setdefault(row["group"], {})[label(row)] = round(microseconds(row), 6)
    return {"origin": machine(data), "groups": groups}


def page(rows: list[Row], measured_on: str, out: Path) -> str:
    """The page's text; draws its plots beside ``out``."""
    lines: list[str] = []
    for group, suffix, title in PLOTS:
        plotted = [row for row in rows if row["group"] == group and not is_copied(row)]
        if plotted:
            picture = out.with_name(f"{out.stem}{suffix}.png")
            draw(plotted, title, picture)
            lines += [f"![{title}: env steps per second by the number of envs]({picture.name})", ""]
    return "\n".join([*lines, TABLES, "", measured_on, *tables(rows), ""])


def is_copied(row: Row) -> bool:
    """Whether a row has a twin without the copy, which alone was measured at all sizes."""
    return "copy=True" in str(row["extra_info"]["maker"])


def tables(rows: list[Row]) -> list[str]:
    lines = []
    for group, members in groupby(rows, key=lambda row: row["group"]):
        rows_of_group = list(members)
        lines += ["", f"**{group}**", "", *table(rows_of_group), *factors(rows_of_group)]
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


def factors(rows: list[Row]) -> list[str]:
    """Worth of each factor by itself: ratios of rows that differ in it alone.

    Nothing for rows without factors. The first value of a factor is what the others are beside.
    """
    facts = [row["extra_info"].get("factors", {}) for row in rows]
    lines = []
    for factor in facts[0]:
        first, *others = dict.fromkeys(fact[factor] for fact in facts)
        for other in others:
            ratios = [
                microseconds(base) / microseconds(row)
                for base, its in zip(rows, facts, strict=True)
                for row, fact in zip(rows, facts, strict=True)
                if its[factor] == first and fact == {**its, factor: other}
            ]
            middle = float(np.exp(np.mean(np.log(ratios))))
            least, most = min(ratios), max(ratios)
            lines.append(
                f"| {factor} | {other} | {first} | {middle:.1f} | {least:.1f} to {most:.1f} |"
            )
    if not lines:
        return []
    return [
        "",
        "| factor | what | beside | times as fast | range |",
        "|---|---|---|---|---|",
        *lines,
    ]


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


def draw(rows: list[Row], title: str, picture: Path) -> None:
    """Steps per second by the number of envs; a maker with a single row is a horizontal line."""
    figure, axes = plt.subplots(figsize=(7, 4.2), layout="constrained")
    for name, points in curves(rows).items():
        envs, speeds = zip(*sorted(points), strict=True)
        if len(points) > 1:
            axes.loglog(envs, speeds, marker="o", label=name)
        else:
            axes.axhline(speeds[0], color="grey", linestyle="--")
            axes.annotate(
                f"{name}, {envs[0]} env{'s' if envs[0] > 1 else ''}",
                (1, speeds[0]),
                xycoords=axes.get_yaxis_transform(),
                xytext=(-4, 2),
                textcoords="offset points",
                ha="right",
                fontsize="small",
            )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("envs")
    axes.set_ylabel("env steps per second")
    axes.set_title(title)
    axes.grid(visible=True, alpha=0.3)
    figure.legend(loc="outside lower center", ncols=2, fontsize="small")
    figure.savefig(picture, dpi=150)
    plt.close(figure)


def curves(rows: list[Row]) -> dict[str, list[tuple[int, float]]]:
    """Numbers of envs and steps per second of each maker and number of threads."""
    found: dict[str, list[tuple[int, float]]] = {}
    for row in rows:
        facts = row["extra_info"]
        threads = facts.get("threads", 1)
        name = facts["maker"] + (f", {threads} threads" if threads > 1 else "")
        found.setdefault(name, []).append((facts["num_envs"], 1e6 / microseconds(row)))
    return found


if __name__ == "__main__":
    main()
