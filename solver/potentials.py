"""What each node of a network is worth, from a flow that is best: shortest paths in what the flow leaves open.

A network simplex would have these numbers at hand (Ahuja, Magnanti and Orlin 1993, chapter 9); a flow that comes
without them gives them back, for no cycle of what it leaves open gains anything.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from solver.kernels import kernel


@kernel
def settle_potentials(first, enters, worth, taken, forced, parent, fixed, spare, label):
    """Lower ``label`` (nodes, the root last) until no student gains by another arc; how often all were gone through.

    ``taken``: by student, the arc taken or -1; ``forced``: may not go past. A node that is not ``fixed`` costs at least
    what its parent does, and no more where it has ``spare`` room. The result is -1 where the flow is not best, for then
    some cycle gains for ever.
    """
    root = len(parent)
    for sweep in range(2 * root + 4):
        changed = False
        for node in range(root - 1, -1, -1):
            if not fixed[node] and spare[node] and label[node] > label[parent[node]]:
                label[node] = label[parent[node]]
                changed = True
        for s in range(len(first) - 1):
            if first[s] == first[s + 1]:
                continue
            best = label[enters[first[s]]] - worth[first[s]]
            for a in range(first[s] + 1, first[s + 1]):
                best = min(best, label[enters[a]] - worth[a])
            if not forced[s]:
                best = min(best, label[root])
            at, gain = root, 0
            if taken[s] >= 0:
                at, gain = enters[taken[s]], worth[taken[s]]
            if label[at] > best + gain:
                label[at] = best + gain
                changed = True
        for node in range(root):
            if not fixed[node] and label[parent[node]] > label[node]:
                label[parent[node]] = label[node]
                changed = True
        if not changed:
            return sweep
    return -1


@kernel
def fill_in_turn(first, enters, parent, room, taken):
    """Give each student in turn the first arc with room all the way: ``taken`` by student, or -1."""
    left = room.copy()
    root = len(parent)
    for s in range(len(first) - 1):
        taken[s] = -1
        for a in range(first[s], first[s + 1]):
            node, open_ = enters[a], True
            while node != root and open_:
                open_ = left[node] > 0
                node = parent[node]
            if open_:
                taken[s] = a
                node = enters[a]
                while node != root:
                    left[node] -= 1
                    node = parent[node]
                break


@kernel
def use_of_nodes(enters, parent, taken, used):
    """Count into ``used`` (nodes) the students whose arc passes each node."""
    root = len(parent)
    for s in range(len(taken)):
        if taken[s] >= 0:
            node = enters[taken[s]]
            while node != root:
                used[node] += 1
                node = parent[node]


__all__ = ["fill_in_turn", "settle_potentials", "use_of_nodes"]
