"""The ``[policy]`` table of a round: every setting checked, defaults kept where nothing is given."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeGuard

from engine.goals import GOAL_NAMES
from engine.policy import GROUPS, Level, Policy

if TYPE_CHECKING:
    from collections.abc import Callable

PolicyFaults = list[tuple[str, object, str]]
"""Key, value and message of each fault."""

MOST = 1_000_000
MOST_POINTS = 2_000_000_000
MOST_LEVEL = 1_000_000_000
DISADVANTAGES = ("fsm", "ever6")
_DEFAULT = Policy()
_LEVEL_KEYS = frozenset({"name", "goals", "tolerance", "proof"})


class _WrongError(ValueError):
    """What a setting should have been."""


def read_policy(given: object) -> tuple[Policy, PolicyFaults]:
    """The policy that a TOML table asks for, and every fault in it; a faulty setting keeps its default."""
    if not isinstance(given, dict):
        return _DEFAULT, [("policy", given, "policy is a table; write its settings under [policy].")]
    faults: PolicyFaults = []
    settings: dict[str, Any] = {}
    for key, value in given.items():
        if key == "level":
            settings["levels"], settings["levels_given"] = _levels(value, faults), True
        elif key not in _READERS:
            faults.append((f"policy.{key}", value, _unknown("setting of the policy", key, POLICY_KEYS)))
        elif key == "target_half_days":
            settings[key] = _targets(value, faults)
        else:
            try:
                settings[key] = _READERS[key](value)
            except _WrongError as wrong:
                faults.append((f"policy.{key}", value, f"{key} takes {wrong}."))
    return (_DEFAULT if faults else Policy(**settings)), faults


def _unknown(what: str, name: object, known: frozenset[str] | tuple[str, ...]) -> str:
    return f"“{name}” is not a {what}; there are: {', '.join(sorted(known))}."


def _whole(low: int, high: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise _WrongError(f"a whole number from {low} to {high:,}")
        return value

    return read


def _km(value: object) -> float:
    if not _is_figure(value, MOST):
        raise _WrongError("a distance in km, 0 or more")
    return float(value)


def _is_figure(value: object, most: int) -> TypeGuard[int | Decimal]:
    """Whether the value is a number from 0 to ``most``."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return False
    return Decimal(value).is_finite() and 0 <= value <= most


def _groups(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or any(item not in GROUPS for item in value) or len(set(value)) < len(value):
        raise _WrongError("a list, each at most once, of: " + ", ".join(GROUPS))
    return tuple(value)


def _points(value: object) -> tuple[int, ...]:
    read = _whole(0, MOST_POINTS)
    if not isinstance(value, list):
        raise _WrongError("a list of whole numbers, the first choice's points first")
    return tuple(read(item) for item in value)


def _disadvantage(value: object) -> str:
    if value not in DISADVANTAGES:
        raise _WrongError("one of: " + ", ".join(DISADVANTAGES))
    return str(value)


def _targets(value: object, faults: PolicyFaults) -> MappingProxyType[str, int]:
    """Targets by key stage; stages not given keep their defaults."""
    targets = dict(_DEFAULT.target_half_days)
    if not isinstance(value, dict):
        faults.append(("policy.target_half_days", value, "target_half_days is a table such as { ks3 = 10 }."))
        return MappingProxyType(targets)
    for stage, figure in value.items():
        key = f"policy.target_half_days.{stage}"
        if stage not in targets:
            faults.append((key, figure, _unknown("key stage", stage, tuple(targets))))
            continue
        try:
            targets[stage] = _whole(0, 1_000)(figure)
        except _WrongError as wrong:
            faults.append((key, figure, f"{stage} takes {wrong}."))
    return MappingProxyType(targets)


def _levels(value: object, faults: PolicyFaults) -> tuple[Level, ...]:
    """The levels, which replace the default list whole."""
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        faults.append(("policy.level", value, "Levels are tables, each under its own [[policy.level]]."))
        return ()
    levels = [_level(item, number, faults) for number, item in enumerate(value, 1)]
    seen: set[str] = set()
    for level in levels:
        if level.name in seen:
            faults.append(("policy.level.name", level.name, f"Two levels are named “{level.name}”; rename one."))
        seen.add(level.name)
    return tuple(levels)


def _level(given: dict[str, Any], number: int, faults: PolicyFaults) -> Level:
    name = given.get("name")
    if not isinstance(name, str) or not name.strip():
        faults.append(("policy.level.name", name, f"Level {number} has no name; give it one in quotation marks."))
        name = f"level {number}"
    faults.extend(
        (f"policy.level.{key}", value, _unknown("setting of a level", key, _LEVEL_KEYS))
        for key, value in given.items()
        if key not in _LEVEL_KEYS
    )
    tolerance, proof = given.get("tolerance", 0), given.get("proof", True)
    if not _is_figure(tolerance, 1):
        faults.append(("policy.level.tolerance", tolerance, f"The tolerance of level “{name}” is from 0 to 1."))
        tolerance = 0
    if not isinstance(proof, bool):
        faults.append(("policy.level.proof", proof, f"The proof of level “{name}” is true or false."))
        proof = True
    return Level(name.strip(), _goals(given.get("goals"), name, faults), Decimal(tolerance), proof)


def _goals(given: object, level: str, faults: PolicyFaults) -> MappingProxyType[str, int]:
    if not isinstance(given, dict) or not given:
        message = f"Level “{level}” needs goals, such as {{ reach = 1 }}."
        faults.append(("policy.level.goals", given, message))
        return MappingProxyType({})
    for goal, figure in given.items():
        if goal not in GOAL_NAMES:
            faults.append(("policy.level.goals", goal, _unknown("goal", goal, GOAL_NAMES)))
        elif isinstance(figure, bool) or not isinstance(figure, int) or abs(figure) > MOST_LEVEL:
            faults.append(("policy.level.goals", figure, f"{goal} in level “{level}” takes a whole number."))
    return MappingProxyType(dict(given))


_READERS: dict[str, Callable[[object], Any]] = {
    "max_experiences": _whole(0, MOST),
    "max_half_days": _whole(0, MOST),
    "max_virtual": _whole(0, MOST),
    "max_travel_km": _km,
    "group_travel_km": _km,
    "employer_travel_km": _km,
    "small_school_group_min": _whole(1, MOST),
    "target_half_days": lambda value: value,
    "priority": _groups,
    "disadvantage": _disadvantage,
    "experience_points": _points,
    "employer_points": _points,
    "sector_points": _points,
    "equity_groups": _groups,
}
POLICY_KEYS: frozenset[str] = frozenset(_READERS) | {"level"}
