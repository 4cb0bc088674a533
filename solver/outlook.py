"""What candidates for a bundle can add at most, class by class: it tells where a search need not look.

Classes are those of ``alone``; a state is how many half-days, and how many counting ones, a bundle has so far.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from solver.alone import UNFIT
from solver.beside import EMPLOYER
from solver.kernels import kernel

WHERE, LINE, FACTS, SPAN = range(4)
"""What is known of a candidate: its pair, its linear worth, and its slot's ``packed`` and ``spans``."""


@kernel
def classes_of(count, line, label, few, place, marks, days, gives):
    """The classes of the candidates, longest slots first; fills what is known of each, and returns how many.

    ``few[mark, 0]``: the best of a class, or -1. ``place``: its number by its mark. By number: its mark, half-days
    (``days``) and counting half-days (``gives``).
    """
    few[:, 0], classes = -1, 0
    for i in range(count):
        if few[label[i], 0] < 0 or line[i] > line[few[label[i], 0]]:
            few[label[i], 0] = i
    for mark in range(len(few) - 1, -1, -1):
        if few[mark, 0] >= 0:
            place[mark], marks[classes], days[classes] = classes, mark, mark // 8
            gives[classes] = mark // 8 if mark // 4 % 2 == 1 else 0
            classes += 1
    return classes


@kernel
def reach(depth, classes, days, gives, cap, place, used, given, upto, after):
    """The states that slots of the classes lead to: half-days ``used`` and counting half-days ``given``.

    State 0 is none of either; ``upto[m]`` states need ``m`` slots or fewer. ``after[c, state]`` is the state after one
    more slot of class ``c``, or -1 where that is more than ``cap`` half-days.
    """
    place[: cap + 1, : cap + 1] = -1
    used[0], given[0], place[0, 0], upto[0], total = 0, 0, 0, 1, 1
    for m in range(depth):
        for state in range(upto[m - 1] if m > 0 else 0, upto[m]):
            for c in range(classes):
                u, g = used[state] + days[c], given[state] + gives[c]
                if u > cap:
                    after[c, state] = -1
                    continue
                if place[u, g] < 0:
                    place[u, g], used[total], given[total] = total, u, g
                    total += 1
                after[c, state] = place[u, g]
        upto[m + 1] = total


@kernel
def outlook(depth, classes, few, width, marks, line, gain, after, upto, ahead):
    """Fill ``ahead[c, m, state]``: the most that ``m`` more slots of class ``c`` or later ones can add.

    As if any slots could be had together: ``few[mark, :width]`` are the best that may be in a class, the last of them
    again where more are needed. First counting slots and higher tiers are left to the caller.
    """
    ahead[classes, :, : upto[depth]] = 0
    for c in range(classes - 1, -1, -1):
        for m in range(1, depth + 1):
            for state in range(upto[depth - m]):
                most, then, added = ahead[c + 1, m, state], state, 0
                for t in range(m):
                    top = few[marks[c], min(t, width - 1)]
                    if top < 0 or after[c, then] < 0:
                        break
                    added, then = added + line[top] + gain[c, then], after[c, then]
                    most = max(most, added + ahead[c + 1, m - t - 1, then])
                ahead[c, m, state] = most


@kernel
def onwards(c, i, more, then, finish, these, gain, after, ahead):
    """The most that ``more`` slots can add after candidate ``i`` of class ``c``: next ones of it, or of later ones."""
    most, added = ahead[c + 1, more, then], 0
    for t in range(1, more + 1):
        if i + t >= finish[c] or after[c, then] < 0:
            break
        added, then = added + these[i + t, LINE] + gain[c, then], after[c, then]
        most = max(most, added + ahead[c + 1, more - t, then])
    return most


@kernel
def put_in_rank_apart(ranks, row, values, span, apart, this):
    """Put ``this`` into ``ranks[row]`` (positions, the most of ``values`` first, then -1) if it is one of so many best.

    Of one employer's only the best is kept, if they are to be ``apart``. Returns what a later one must be worth more
    than.
    """
    last = ranks.shape[1] - 1
    at = last
    for t in range(last if apart else 0):
        other = ranks[row, t]
        if other >= 0 and span[other] >> EMPLOYER == span[this] >> EMPLOYER:
            at = t
            break
    other = ranks[row, at]
    if other < 0 or values[this] > values[other]:
        while at > 0 and (ranks[row, at - 1] < 0 or values[ranks[row, at - 1]] < values[this]):
            ranks[row, at] = ranks[row, at - 1]
            at -= 1
        ranks[row, at] = this
    other = ranks[row, last]
    return UNFIT if other < 0 else values[other]


@kernel
def best_of_classes(total, chosen, line, label, span, apart, classes, place, marks, least, few):
    """Fill ``few[mark, :]`` with the best of ``chosen[:total]`` of every class, of different employers if ``apart``."""
    for c in range(classes):
        few[marks[c], :], least[c] = -1, UNFIT
    for t in range(total):
        i = chosen[t]
        c = place[label[i]]
        if line[i] > least[c]:
            least[c] = put_in_rank_apart(few, label[i], line, span, apart, i)


@kernel
def may_better(count, line, label, place, best, after, gain, ahead, more, chosen):
    """Fill ``chosen`` with the candidates that may be in a bundle worth more than ``best``; how many.

    ``ahead``: what the classes add, by state; ``more``: what comes besides, whatever the classes.
    """
    total = 0
    for i in range(count):
        c = place[label[i]]
        then = after[c, 0]
        if then >= 0 and line[i] + gain[c, 0] + ahead[then] + more > best:
            chosen[total] = i
            total += 1
    return total


@kernel
def may_better_apart(depth, total, chosen, worth, span, repeat, best):
    """Keep of ``chosen[:total]`` those that may be in a bundle worth more than ``best``; how many.

    No bundle is worth more than the best of so many different employers are alone, and one with a candidate worth less
    than the least of these loses the difference. Without the rule ``repeat`` employers may be the same.
    """
    if total == 0:
        return 0
    tops, together, last, least = np.full((1, depth), -1, dtype=np.int64), 0, 0, UNFIT
    for t in range(total):
        if worth[chosen[t]] > least:
            least = put_in_rank_apart(tops, 0, worth, span, repeat, chosen[t])
    for t in range(depth):
        if tops[0, t] >= 0:
            together, last = together + worth[tops[0, t]], worth[tops[0, t]]
    kept = 0
    for t in range(total):
        if together + min(0, worth[chosen[t]] - last) > best:
            chosen[kept] = chosen[t]
            kept += 1
    return kept
