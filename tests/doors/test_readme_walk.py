"""The README keeps its word: its walk through ``tiny`` is typed here as printed there, and prints what it says."""

from __future__ import annotations

from readme_blocks import same_output, type_command, typed_in_the_readme


def test_the_walk_through_tiny_prints_what_the_readme_says(tmp_path):
    """Every console block runs in order in an empty folder, and prints what stands under it."""
    walk = typed_in_the_readme()
    assert len(walk) >= 5
    for command, promised in walk:
        printed = type_command(command, tmp_path)
        assert same_output(promised, printed), f"$ {command}\n{printed}"


def test_a_changed_figure_would_be_noticed():
    """The comparison forgives times and memory, and nothing else."""
    assert same_output("reach  12  0.4 s\n216 MB\n", "reach 12 11.9 s\n1,216 MB\n")
    assert not same_output("reach 12\n", "reach 11\n")
