"""The README keeps its word: its walk through ``tiny`` is typed here as printed there, and prints what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from conftest import environment
from readme_blocks import same_output, typed_in_the_readme


def test_the_walk_through_tiny_prints_what_the_readme_says(tmp_path):
    """Every console block runs in order in an empty folder, and prints what stands under it."""
    walk = typed_in_the_readme()
    assert len(walk) >= 4
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for step in walk:
        done = subprocess.run(
            ["bash", "-c", step.command],
            cwd=tmp_path,
            env=environment(PATH=path),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert same_output(step.output, done.stdout), f"$ {step.command}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr


def test_a_changed_figure_would_be_noticed():
    """The comparison forgives times and memory, and nothing else."""
    assert same_output("reach 12 in 0.4 s\n...\nend\n", "reach 12 in 1.9 s\nmore\nend\n")
    assert not same_output("reach 12\n", "reach 11\n")
