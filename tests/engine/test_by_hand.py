"""An edit by hand is told row by row, and whoever it leaves out has a reason that says that a person decided."""

from __future__ import annotations

import pytest

from engine.allocation import Allocation
from engine.by_hand import ByHand, by_hand_csv, read_by_hand
from engine.reasons import Unplaced

BEFORE = Allocation.of([("a", "s1"), ("b", "s1"), ("=c", "s2")])
AFTER = Allocation.of([("a", "s1"), ("b", "s3")])


def test_what_was_changed_leads_back_to_what_was_there():
    """The rows that were added and taken away, read back beside the edited ones, give the run's own again."""
    edit = ByHand(BEFORE, AFTER, settled=True)
    assert read_by_hand(by_hand_csv(edit), AFTER, settled=True) == edit
    with pytest.raises(ValueError, match="columns"):
        read_by_hand(b"student_id,slot_id\n", AFTER, settled=True)


@pytest.mark.parametrize(("settled", "other"), [(True, "decision"), (False, "unproven")])
def test_who_is_left_out_by_a_person_is_told_so(settled, other):
    """A slot taken away is a decision; of the others only those for whom the run itself had left nothing open."""
    why = {"=c": "full", "d": "unproven", "e": "full"}
    found = [Unplaced(student_id, "1", reason, "x", "y") for student_id, reason in why.items()]
    told = ByHand(BEFORE, AFTER, settled=settled).reasons(found)
    assert [each.reason for each in told] == ["decision", other, "full"]
    assert (told[0].change, told[2]) == ("", found[2])
