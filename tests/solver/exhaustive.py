"""Every allocation of a tiny round, one after another: the plainest optimum there is."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING

from independent_facts import Facts, kept_apart, needs_support, smallest_group
from independent_goals import level_value, shared_goals, student_goals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.domain import Round

Bundle = tuple[str, ...]
Use = tuple[str, str, object]
"""A rule, what it limits (an employer, a slot, a school) and in which half-day, where the rule says so."""


class Search:
    """The search through one round; ``size`` is the number of combinations of the students' own bundles."""

    def __init__(self, round_: Round) -> None:
        """List every student's bundles: the sets of slots that this student alone could have."""
        self.facts = Facts(round_)
        self.students = sorted(round_.students)
        self.bundles = {a: list(self._bundles(a)) for a in self.students}
        self.size = prod(len(bundles) for bundles in self.bundles.values())

    def levels(self) -> tuple[int, ...] | None:
        """The best value of every level in order; ``None`` where the pins contradict the rules."""
        if self.facts.bad_pins:
            return None
        reachable = set(self._values(0, {}, {}, Counter()))
        best: list[int] = []
        for n, level in enumerate(self.facts.round_.policy.levels):
            if not reachable:
                return None
            best.append(max(values[n] for values in reachable))
            kept = best[n] - int(level.tolerance * abs(best[n]))
            reachable = {values for values in reachable if values[n] >= kept}
        return tuple(best)

    def _values(
        self,
        nth: int,
        chosen: dict[str, Bundle],
        own: dict[str, dict[str, int]],
        used: Counter[Use],
    ) -> Iterator[tuple[int, ...]]:
        if nth == len(self.students):
            if self._groups_stand(chosen) and self._apart(chosen) and self._one_school_each(chosen):
                yield self._worth(chosen, own)
            return
        student_id = self.students[nth]
        for bundle, worth, asked in self.bundles[student_id]:
            after = used + asked
            if all(after[key] <= self._limit(key) for key in asked):
                yield from self._values(nth + 1, chosen | {student_id: bundle}, own | {student_id: worth}, after)

    def _worth(self, chosen: dict[str, Bundle], own: dict[str, dict[str, int]]) -> tuple[int, ...]:
        goals = Counter(shared_goals(self.facts, chosen))
        for worth in own.values():
            goals.update(worth)
        return tuple(level_value(level, goals) for level in self.facts.round_.policy.levels)

    def _bundles(self, student_id: str) -> Iterator[tuple[Bundle, dict[str, int], Counter[Use]]]:
        facts = self.facts
        pinned = [slot for a, slot in sorted(facts.pins) if a == student_id]
        free = [slot for a, slot in sorted(facts.allowed) if a == student_id and slot not in pinned]
        for count in range(len(free) + 1):
            some = False
            for added in combinations(free, count):
                if self._student_may(student_id, pinned, list(added)):
                    some = True
                    bundle = (*pinned, *added)
                    yield bundle, student_goals(facts, student_id, bundle), self._asked(student_id, bundle)
            if not some:
                return

    def _student_may(self, student_id: str, pinned: list[str], added: list[str]) -> bool:
        facts, policy = self.facts, self.facts.round_.policy
        bundle = [*pinned, *added]
        halves = [half for slot in bundle for half in facts.halves[slot]]
        days = [day for slot in bundle if self._out(slot) for day in {day for day, _ in facts.halves[slot]}]
        if len(set(halves)) < len(halves) or len(set(days)) < len(days):
            return False
        if not added:
            return True
        employers = [facts.employer(slot).employer_id for slot in bundle]
        if any(employers.count(facts.employer(slot).employer_id) > 1 for slot in added):
            return False
        own = facts.round_.students[student_id].max_experiences
        return all(
            sum(map(count, bundle)) <= max(limit, sum(map(count, pinned)))
            for count, limit in (
                (lambda _: 1, policy.max_experiences if own is None else own),
                (lambda slot: facts.round_.slots[slot].half_days, policy.max_half_days),
                (lambda slot: int(facts.experience(slot).delivery == "virtual"), policy.max_virtual),
            )
        )

    def _out(self, slot: str) -> bool:
        return self.facts.experience(slot).delivery == "in_person"

    def _asked(self, student_id: str, bundle: Bundle) -> Counter[Use]:
        facts, urn = self.facts, self.facts.round_.students[student_id].urn
        asked: Counter[Use] = Counter()
        for slot in bundle:
            experience, employer_id = facts.experience(slot), facts.employer(slot).employer_id
            asked["employer_total", employer_id, None] += 1
            asked["capacity", slot, None] += experience.grouping == "individual"
            asked["support", slot, None] += needs_support(facts, student_id, slot)
            if self._out(slot):
                asked.update(("employer_day", employer_id, half) for half in facts.halves[slot])
                asked.update(("school_out", urn, half) for half in facts.halves[slot])
            if self._out(slot) and experience.grouping == "group":
                asked.update(("coach", urn, half) for half in facts.halves[slot])
        return asked

    def _limit(self, key: Use) -> float:
        round_ = self.facts.round_
        rule, name, _ = key
        limit = {
            "capacity": lambda: round_.slots[name].capacity,
            "support": lambda: round_.slots[name].support_places,
            "employer_total": lambda: round_.employers[name].max_students,
            "employer_day": lambda: round_.employers[name].max_students_per_half_day,
            "school_out": lambda: round_.schools[name].max_out_per_half_day,
            "coach": lambda: round_.schools[name].coach_seats_per_half_day,
        }[rule]()
        return float("inf") if limit is None else limit

    def _groups_stand(self, chosen: dict[str, Bundle]) -> bool:
        facts = self.facts
        sizes: dict[str, Counter[str]] = {}
        for a, bundle in chosen.items():
            for slot in bundle:
                if facts.experience(slot).grouping == "group":
                    sizes.setdefault(slot, Counter())[facts.round_.students[a].urn] += 1
        for slot, schools in sizes.items():
            facts_of_slot, groups = facts.round_.slots[slot], 0
            for urn, size in schools.items():
                least = smallest_group(facts, urn, slot)
                formed = [n for n in range(1, size + 1) if n * least <= size <= n * facts_of_slot.group_max]
                if not formed:
                    return False
                groups += formed[0]
            if groups > facts_of_slot.groups:
                return False
        return True

    def _one_school_each(self, chosen: dict[str, Bundle]) -> bool:
        seen: dict[str, str] = {}
        for a, bundle in chosen.items():
            urn = self.facts.round_.students[a].urn
            for slot in bundle:
                if self.facts.experience(slot).delivery == "in_school" and seen.setdefault(slot, urn) != urn:
                    return False
        return True

    def _apart(self, chosen: dict[str, Bundle]) -> bool:
        for a, b in kept_apart(self.facts):
            if set(chosen[a]) & set(chosen[b]):
                return False
            for one in filter(self._out, chosen[a]):
                for other in filter(self._out, chosen[b]):
                    same = self.facts.employer(one) == self.facts.employer(other)
                    if same and set(self.facts.halves[one]) & set(self.facts.halves[other]):
                        return False
        return True
