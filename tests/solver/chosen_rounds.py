"""The random rounds that the differential tests run on, and for every rule one of them in which it decides.

``python tests/solver/chosen_rounds.py`` counts, on a quiet quarter of an hour, in how many of them every rule binds.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from independent import binds, optimum
from random_rounds import random_round

from engine.rules import RULES


class Chosen(NamedTuple):
    """A random round by seed, size and whether its levels may reward the wrong way round."""

    seed: int
    size: str = "tiny"
    wrong_signs: bool = False

    def round(self):
        """The round itself."""
        return random_round(self.seed, self.size, wrong_signs=self.wrong_signs)

    def __str__(self):
        """The name that the test's report shows."""
        return f"{self.size}-{self.seed}{'-wrong' if self.wrong_signs else ''}"


TOWNS = (0, 1, 3, 4, 6, 8, 9, 11, 13, 16, 19, 22, 24, 26, 28, 29, 30, 32, 38, 41, 44, 46, 49, 55)
CHOSEN = (
    *(Chosen(seed) for seed in range(180)),
    *(Chosen(seed, wrong_signs=True) for seed in range(40)),
    *(Chosen(seed, "small") for seed in range(80)),
    *(Chosen(seed, "town") for seed in TOWNS),
)
"""Tiny rounds have 4 to 8 students, small ones 6 to 14, towns 20 to 100; see ``random_rounds``."""

DECIDED_BY = {
    "available": Chosen(2),
    "year": Chosen(7),
    "individual_age": Chosen(3),
    "cleared": Chosen(19),
    "dates": Chosen(3),
    "school_only": Chosen(94),
    "access": Chosen(4),
    "travel": Chosen(2),
    "capacity": Chosen(5),
    "employer_day": Chosen(10),
    "employer_total": Chosen(11),
    "support": Chosen(30),
    "one_school": Chosen(94),
    "group": Chosen(9),
    "clash": Chosen(23),
    "calendar": Chosen(13),
    "school_out": Chosen(19),
    "coach": Chosen(22),
    "repeat": Chosen(59),
    "limit": Chosen(2),
    "pin": Chosen(40),
    "forbid": Chosen(61),
    "separate": Chosen(7),
}
"""For every rule a round in which breaking that rule alone would better a level (for ``pin``: ignoring it would)."""

MODELLED = tuple(rule.code for rule in RULES if rule.kind != "audit")
"""Every rule that a model could forget; the audit's own two are about rows that no model can produce."""


def count_binding() -> Counter[str]:
    """In how many of the chosen rounds every rule changes some level's optimum."""
    found: Counter[str] = Counter()
    for chosen in CHOSEN:
        round_ = chosen.round()
        base = optimum(round_)
        found.update(rule for rule in MODELLED if binds(round_, rule, base))
    return found


if __name__ == "__main__":
    for rule, times in count_binding().items():
        print(f"{rule:16}{times:5}")  # noqa: T201
