"""The one way in which a scenario can be refused."""

from __future__ import annotations


class ScenarioError(ValueError):
    """The scenario asked for cannot be written; the message says what would be accepted."""
