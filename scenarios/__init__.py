"""Named, seeded rounds: why each exists, how it is generated and what is proven about it."""

from scenarios.refusals import ScenarioError
from scenarios.registry import Scenario, scenarios
from scenarios.writing import write_scenario

__all__ = ["Scenario", "ScenarioError", "scenarios", "write_scenario"]
