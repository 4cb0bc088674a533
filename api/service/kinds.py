"""The kinds of runs, and the names under which the folder of a run holds what it needs and what it made."""

from __future__ import annotations

ALLOCATE, RERUN, OVERRIDE, REPORT = KINDS = ("allocate", "rerun", "override", "report")
ROUND, BEFORE, EDITED, OUT, ASKED = "round", "before", "edited", "out", "asked.json"
"""The round, the files that the run starts from, an override's rows, what is made, and what is asked."""
