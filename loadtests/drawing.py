"""Draws the curves as SVG, with matplotlib from the environment of the peers: python -m loadtests.drawing FROM TO.

The same measurements give the same bytes. FROM holds ``curves.json``; TO is given ``growth.svg`` and ``anytime.svg``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

KINDS = {"preference": "plain, two levels", "real": "every rule"}
COLOURS = {"preference": "#1b6ca8", "real": "#b3541e"}
NO_DATE: dict[str, Any] = {"Date": None, "Creator": None}


def main() -> int:
    """Draw both."""
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    mpl.rcParams["svg.hashsalt"] = "foothold"
    mpl.rcParams["font.size"] = 9
    curves = json.loads((source / "curves.json").read_text(encoding="utf-8"))
    target.mkdir(parents=True, exist_ok=True)
    growth(curves["growth"]).savefig(target / "growth.svg", metadata=NO_DATE)
    anytime(curves["anytime"]).savefig(target / "anytime.svg", metadata=NO_DATE)
    return 0


def growth(cells: list[dict[str, Any]]) -> Figure:
    """Seconds and memory by students, both scales logarithmic; hollow where the run was stopped by its limit."""
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    for axes, key, label in zip(figure.subplots(1, 2), ("seconds", "megabytes"), ("seconds", "MB"), strict=True):
        for kind, name in KINDS.items():
            own = [cell for cell in cells if cell["kind"] == kind]
            if not own:
                continue
            across, up = [cell["size"] for cell in own], [cell[key] for cell in own]
            axes.loglog(across, up, color=COLOURS[kind], label=name)
            for x, y, cell in zip(across, up, own, strict=True):
                axes.plot(x, y, "o", color=COLOURS[kind], markerfacecolor="white" if cell["said"] else COLOURS[kind])
        axes.set_xlabel("students")
        axes.set_ylabel(label)
        axes.grid(visible=True, alpha=0.3)
        axes.legend(frameon=False)
    return figure


def anytime(cells: list[dict[str, Any]]) -> Figure:
    """Every level's value and bound by the seconds after which the run was asked to end."""
    answered = [cell for cell in cells if cell["levels"]]
    levels = list(answered[-1]["levels"]) if answered else []
    figure = Figure(figsize=(8, 4.6), layout="constrained")
    for axes, level in zip(figure.subplots(2, 3).flat, levels, strict=False):
        seconds = [cell["limit"] for cell in answered]
        bounds = [cell["bounds"].get(level) for cell in answered]
        axes.plot(seconds, bounds, "--", color="#777777", marker="v", label="bound")
        axes.plot(seconds, [cell["levels"][level] for cell in answered], color="#1b6ca8", marker="o", label="value")
        axes.set_xscale("log")
        axes.set_xticks(seconds, [f"{each:g}" for each in seconds])
        axes.minorticks_off()
        axes.set_title(level)
        axes.grid(visible=True, alpha=0.3)
    for axes in figure.axes[:1]:
        axes.legend(frameon=False)
    figure.supxlabel("seconds after which it is asked to end")
    return figure


if __name__ == "__main__":
    sys.exit(main())
