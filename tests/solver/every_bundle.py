"""The best of one student's bundles by trying them all, written from the rules' sentences."""

from __future__ import annotations

from itertools import combinations


def triangle_gain(left, given):
    """What ``given`` counting half-days add to need where ``left`` are missing."""
    after = max(0, left - given)
    return (left * (left + 1) - after * (after + 1)) // 2


def go_together(one, other, repeat):
    """Whether one student can have two slots, each ``(employer, begins, ends, in person)``; two half-days are a day."""
    if repeat and one[0] == other[0]:
        return False
    if max(one[1], other[1]) <= min(one[2], other[2]):
        return False
    days = [set(range(each[1] // 2, each[2] // 2 + 1)) for each in (one, other)]
    return not (one[3] and other[3] and days[0] & days[1])


def worth_of(chosen, facts, left, worths):
    """What a bundle earns: ``facts`` are linear worths, half-days, whether each counts, sector and tier."""
    linear, days, counts, sector, tier = facts
    first, need, breadth, progression = worths
    given = [days[i] for i in chosen if counts[i]]
    worth = sum(linear[i] for i in chosen) + need * triangle_gain(left, sum(given))
    worth += breadth * len({sector[i] for i in chosen}) + (first if given else 0)
    return worth + (progression if any(tier[i] > 1 for i in chosen) else 0)


def best_of_all(facts, places, virtual, depth, caps, left, worths, repeat, bonus=0):
    """The best of every bundle, by trying them all; ``caps``: half-days, and virtual slots; ``bonus``: of any slot."""
    best = 0
    for size in range(1, depth + 1):
        for chosen in combinations(range(len(places)), size):
            if sum(facts[1][i] for i in chosen) > caps[0] or sum(virtual[i] for i in chosen) > caps[1]:
                continue
            if all(go_together(places[i], places[j], repeat) for i, j in combinations(chosen, 2)):
                best = max(best, bonus + worth_of(chosen, facts, left, worths))
    return best
