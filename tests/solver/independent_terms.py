"""Every goal as an exact sum over columns of the tests' own integer program, whichever sign a level gives it."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from independent_facts import Facts
    from independent_program import Program, Terms

    from engine.policy import Level

Pairs = dict[tuple[str, str], int]


class GoalTerms:
    """Builds each goal's columns and rows once, when a level first asks for it.

    A column that stands for a condition is tied to it from both sides, so that a level may reward or punish it.
    """

    def __init__(self, facts: Facts, program: Program, pairs: Pairs) -> None:
        """Keep the model and index its pairs by student."""
        self.facts, self.program, self.pairs = facts, program, pairs
        self.built: dict[str, Terms] = {}
        self.slots: dict[str, list[str]] = defaultdict(list)
        for student_id, slot_id in pairs:
            self.slots[student_id].append(slot_id)
        self.placed = {a: self._any((a, slot) for slot in slots) for a, slots in self.slots.items()}

    def level(self, level: Level) -> Terms:
        """The level's signed sum."""
        total: Terms = defaultdict(float)
        for goal, sign in level.goals.items():
            if goal not in self.built:
                self.built[goal] = BUILDERS[goal](self)
            for column, times in self.built[goal].items():
                total[column] += sign * times
        return dict(total)

    def _any(self, members: Iterable[tuple[str, str]]) -> int:
        """A column that is 1 exactly when one of the pairs is chosen."""
        columns = [self.pairs[member] for member in members]
        some = self.program.binary()
        for column in columns:
            self.program.row({some: 1, column: -1}, at_least=0)
        self.program.row({some: 1} | dict.fromkeys(columns, -1), at_most=0)
        return some

    def _steps(self, count: Terms, steps: int) -> list[int]:
        """Columns of which the nth is 1 exactly when the sum is n or more."""
        most = sum(count.values())
        reached = [self.program.binary() for _ in range(steps)]
        for nth, column in enumerate(reached, start=1):
            self.program.row(count | {column: -most}, at_most=nth - 1)
        for lower, upper in pairwise(reached):
            self.program.row({lower: 1, upper: -1}, at_least=0)
        self.program.row(count | dict.fromkeys(reached, -1), at_least=0)
        return reached

    def _guarantee(self) -> Terms:
        facts = self.facts
        return {
            self._any((a, slot) for slot in self.slots[a] if facts.experience(slot).criteria_met == 7): 1
            for a in sorted(facts.priority & set(self.slots))
        }

    def _reach(self) -> Terms:
        return dict.fromkeys(self.placed.values(), 1)

    def _need(self) -> Terms:
        terms: Terms = {}
        for a, slots in self.slots.items():
            lengths = {
                self.pairs[a, slot]: float(self.facts.round_.slots[slot].half_days)
                for slot in slots
                if self.facts.experience(slot).criteria_met == 7
            }
            lacks = self.facts.deficit[a]
            steps = self._steps(lengths, int(min(lacks, sum(lengths.values()))))
            terms |= {column: lacks - nth for nth, column in enumerate(steps)}
        return terms

    def _equity(self) -> Terms:
        terms: Terms = {}
        students = self.facts.round_.students
        top = 100 * len(self.placed)
        for group, share in self.facts.shares.items():
            gap = {column: share - 100.0 * self.facts.in_group(students[a], group) for a, column in self.placed.items()}
            short, some = self.program.whole(0, top), self.program.binary()
            self.program.row(gap | {short: -1}, at_most=0)
            self.program.row(gap | {short: -1, some: -2 * top}, at_least=-2 * top)
            self.program.row({short: 1, some: -top}, at_most=0)
            terms[short] = 1
        return terms

    def _reserve(self) -> Terms:
        terms: Terms = {}
        for slot_id, slot in self.facts.round_.slots.items():
            first = {self.pairs[p]: 1.0 for p in self.pairs if p[1] == slot_id and p[0] in self.facts.priority}
            terms |= dict.fromkeys(self._steps(first, min(slot.reserved, len(first))), 1)
        return terms

    def _breadth(self) -> Terms:
        terms: Terms = {}
        for a, slots in self.slots.items():
            sectors = defaultdict(list)
            for slot in slots:
                sectors[self.facts.experience(slot).sector.lower()].append((a, slot))
            for sector, members in sectors.items():
                if sector not in self.facts.past_sectors(a):
                    terms[self._any(members)] = 1
        return terms

    def _progression(self) -> Terms:
        return {
            self._any((a, slot) for slot in slots if self.facts.experience(slot).tier > self.facts.past_tier(a)): 1
            for a, slots in self.slots.items()
        }

    def _preference(self) -> Terms:
        return {c: self.facts.points(a, self.facts.experience(slot)) for (a, slot), c in self.pairs.items()}

    def _lottery(self) -> Terms:
        tickets = {a: self.facts.ticket(a) for a in self.slots}
        return {c: tickets[a] * self.facts.points(a, self.facts.experience(s)) for (a, s), c in self.pairs.items()}

    def _travel(self) -> Terms:
        return {column: self.facts.kilometres(*pair) for pair, column in self.pairs.items()}

    def _stability(self) -> Terms:
        told = [(row.student_id, row.slot_id) for row in self.facts.round_.baseline if row.notified]
        one = self.program.whole(1, 1)
        return {one: len(told)} | {self.pairs[pair]: -1 for pair in told if pair in self.pairs}

    def _replaced(self) -> Terms:
        told = {row.student_id for row in self.facts.round_.baseline}
        return {column: 1 for a, column in self.placed.items() if a in told}


BUILDERS: dict[str, Callable[[GoalTerms], Terms]] = {
    "guarantee": GoalTerms._guarantee,
    "reach": GoalTerms._reach,
    "need": GoalTerms._need,
    "equity": GoalTerms._equity,
    "preference": GoalTerms._preference,
    "breadth": GoalTerms._breadth,
    "progression": GoalTerms._progression,
    "reserve": GoalTerms._reserve,
    "travel": GoalTerms._travel,
    "lottery": GoalTerms._lottery,
    "stability": GoalTerms._stability,
    "replaced": GoalTerms._replaced,
}
