"""The folder: exactly the contract's tables, all of it or none of it whatever happens, and read back as it stands."""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import signal
import time
from dataclasses import replace

import pytest
from audit_rounds import experience, round_of, slot, student
from published_round import all_bytes, everything, private_allocation, private_round

from engine.allocation import Allocation, Assignment
from engine.audit import audit
from engine.domain import Decision, Point
from engine.faults import FolderRefusedError
from engine.folders import CONTENTS, write_whole
from engine.publication import publish, read_allocation, read_certificate, require_publishable
from engine.swapping import _put_aside, exchange, restore

EXPECTED = {"allocations.csv", "unplaced.csv", "certificate.json", "report.html", CONTENTS}


@pytest.fixture
def out(tmp_path):
    """A published folder."""
    publish(*everything(private_round(), private_allocation()), {"proof/reach.json": b"{}"}, tmp_path / "out")
    return tmp_path / "out"


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_folder_holds_what_the_contract_names(out):
    """Tables, certificate, report, proofs, and three files for each employer and school."""
    names = set(all_bytes(out))
    assert names >= EXPECTED | {"proof/reach.json"}
    assert {name for name in names if "/" in name} - {"proof/reach.json"} == {
        f"{folder}/{each}.{ending}"
        for folder, ids in (("rosters", ("e1", "e2", "e3")), ("schools", ("100001", "100002")))
        for each in ids
        for ending in ("csv", "html", "xlsx")
    }


def test_allocations_csv_is_the_contract_s(out):
    """Columns, values and blanks of one group row and one row with a preference."""
    text = (out / "allocations.csv").read_text(encoding="utf-8").splitlines()
    assert text[0] == (
        "student_id,urn,slot_id,experience_id,employer_id,tier,date,half,half_days,group,travel_km,preference_rank,"
        "preference_points"
    )
    assert text[1] == "p1,100001,t1,x1,e1,T2,2026-05-11,AM,1,t1-100001-1,1.1,,0"
    assert text[-1] == "p6,100002,SLOT-CANARY,XCANARY,e2,T2,2026-05-11,AM,2,,2.0,1,100"


def test_allocations_are_sorted_by_student_then_time(tmp_path):
    """A student's rows come in order of date, half and slot, whatever the ids."""
    slots = [slot("a", experience_id="x2", half="PM"), slot("b", experience_id="x1", half="AM")]
    people = student("s2"), student("s1")
    worlds = [replace(experience(f"x{n}", employer_id=f"e{n}"), delivery="virtual", site=None) for n in (1, 2)]
    from audit_rounds import employer  # noqa: PLC0415

    round_ = round_of(*people, *slots, *worlds, employer("e1"), employer("e2"))
    allocation = Allocation.of([("s2", "a"), ("s2", "b"), ("s1", "a")])
    publish(*everything(round_, allocation), {}, tmp_path / "out")
    found = [(row["student_id"], row["half"], row["slot_id"]) for row in rows_of(tmp_path / "out" / "allocations.csv")]
    assert found == [("s1", "PM", "a"), ("s2", "AM", "b"), ("s2", "PM", "a")]


def test_a_pin_without_a_route_has_no_journey(tmp_path):
    """Where a pinned journey cannot be made at all, its kilometres are blank."""
    from engine.domain import Barrier  # noqa: PLC0415

    wall = Barrier("wall", (Point(53.405, -3.5), Point(53.405, -2.5)))
    round_ = round_of(barriers=(wall,), decisions=(Decision("pin", "s1", slot_id="t1"),))
    publish(*everything(round_, Allocation.of([("s1", "t1")])), {}, tmp_path / "out")
    assert rows_of(tmp_path / "out" / "allocations.csv")[0]["travel_km"] == ""


def test_unplaced_csv_has_everyone_else_once(out):
    """Each student without a row is there once, in order, with a reason and a sentence."""
    rows = rows_of(out / "unplaced.csv")
    assert list(rows[0]) == ["student_id", "urn", "reason", "detail", "change"]
    assert [row["student_id"] for row in rows] == [f"q{n}" for n in range(1, 7)]
    assert all(row["reason"] and row["detail"] for row in rows)


def test_the_certificate_is_written_in_one_way(out):
    """Keys are sorted, so that the order in which they were made changes nothing; it reads back the same."""
    certificate = everything(private_round(), private_allocation())[3]
    text = (out / "certificate.json").read_text(encoding="utf-8")
    assert text == json.dumps(certificate, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert read_certificate(out) == certificate


def test_an_allocation_that_breaks_a_rule_is_never_published(tmp_path):
    """The audit's breach stops the folder from being written at all."""
    round_ = private_round()
    parts = list(everything(round_, private_allocation()))
    parts[4] = audit(round_, Allocation.of([("q1", "t1")]))
    with pytest.raises(ValueError, match="breach"):
        publish(*parts, {}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_earlier_folder_is_replaced_whole(out):
    """What the new allocation does not have is gone; nothing is left beside the folder."""
    smaller = Allocation.of([("p6", "SLOT-CANARY")])
    publish(*everything(private_round(), smaller), {}, out)
    assert "proof/reach.json" not in all_bytes(out)
    assert read_allocation(out) == smaller
    assert [path.name for path in out.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["notes.docx", "rosters/my notes.txt", "schools/old/x.csv", ".hidden"])
def test_a_folder_with_anything_else_in_it_is_refused(out, name):
    """A file that Foothold did not write stops the replacement, is named, and everything stays as it was."""
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).write_text("mine")
    before = all_bytes(out)
    with pytest.raises(FolderRefusedError, match=name.rsplit("/", maxsplit=1)[-1]):
        publish(*everything(private_round(), private_allocation()), {}, out)
    assert all_bytes(out) == before


def test_what_looks_like_ours_but_is_not_listed_is_refused(tmp_path):
    """Files with our names and no list of ours may be somebody's own work."""
    (tmp_path / "allocations.csv").write_text("student_id,slot_id\n")
    with pytest.raises(FolderRefusedError):
        require_publishable(tmp_path)


@pytest.mark.parametrize("made", ["nothing", "empty folder", "litter", "ours", "ours, edited and thinned"])
def test_what_may_be_written_over(tmp_path, out, made):
    """A new place, an empty folder, a file manager's litter, and a folder of ours, hand-edited or not."""
    target = out if made.startswith("ours") else tmp_path / "new"
    if made in {"empty folder", "litter"}:
        target.mkdir()
    if made == "litter":
        (target / ".DS_Store").write_text("x")
    if made == "ours, edited and thinned":
        (target / "allocations.csv").write_text("student_id,slot_id\n")
        (target / "report.html").unlink()
    publish(*everything(private_round(), private_allocation()), {}, target)
    assert set(all_bytes(target)) >= EXPECTED


def test_a_file_in_the_way_is_refused(tmp_path):
    """A path that is a file is not a folder."""
    (tmp_path / "out").write_text("x")
    with pytest.raises(FolderRefusedError, match="file"):
        require_publishable(tmp_path / "out")


def test_a_link_to_itself_is_refused(tmp_path):
    """A link that leads nowhere but round in a circle is no place for a folder."""
    (tmp_path / "out").symlink_to("out")
    with pytest.raises(FolderRefusedError, match="circle"):
        require_publishable(tmp_path / "out")


def test_a_link_stays_a_link(tmp_path, out):
    """Publishing through a link replaces the folder that it leads to."""
    link = tmp_path / "latest"
    link.symlink_to(out)
    publish(*everything(private_round(), Allocation.of([("p6", "SLOT-CANARY")])), {}, link)
    assert link.is_symlink()
    assert len(read_allocation(out).assignments) == 1


@pytest.mark.parametrize("name", ["../outside.txt", "/outside.txt", "a/../../b"])
def test_no_file_is_written_outside(tmp_path, name):
    """A name that leads out of the folder writes nothing at all."""
    with pytest.raises(ValueError, match="no path within"):
        write_whole(tmp_path / "out", {"a.txt": b"", name: b""})
    assert list(tmp_path.iterdir()) == []


def _rewrite(folder, ready):
    """Put two different folders in each other's place for ever."""
    ready.set()
    while True:
        for kind in (b"A", b"B"):
            write_whole(folder, {f"part{n}.txt": kind * 50_000 for n in range(20)})


@pytest.mark.parametrize("moment", range(12))
def test_a_crash_leaves_the_old_folder_or_the_new_one(tmp_path, moment):
    """A process killed at any moment while it writes leaves one whole folder: all of one kind, nothing missing."""
    folder = tmp_path / "out"
    write_whole(folder, {f"part{n}.txt": b"A" * 50_000 for n in range(20)})
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    writer = context.Process(target=_rewrite, args=(folder, ready))
    writer.start()
    assert ready.wait(20)
    time.sleep(0.03 + 0.017 * moment)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    found = all_bytes(folder)
    parts = {content for name, content in found.items() if name != CONTENTS}
    assert len(found) == 21
    assert parts in ({b"A" * 50_000}, {b"B" * 50_000})
    write_whole(folder, {"next.txt": b"C"})
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert set(all_bytes(folder)) == {"next.txt", CONTENTS}


def test_a_failure_while_writing_leaves_nothing_behind(tmp_path):
    """A name that cannot be written ends in an error, with the old folder as it was and no remains."""
    folder = tmp_path / "out"
    write_whole(folder, {"a.txt": b"old"})
    with pytest.raises(OSError, match="too long"):
        write_whole(folder, {"a.txt": b"new", "x" * 300: b""})
    assert all_bytes(folder)["a.txt"] == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_crash_between_two_steps_put_aside_is_put_back(tmp_path):
    """Where folders cannot be exchanged in one step, a crash between the two is mended before anything else."""
    (tmp_path / ".out.previous").mkdir()
    (tmp_path / ".out.previous" / "a.txt").write_text("old")
    restore(tmp_path / "out")
    assert (tmp_path / "out" / "a.txt").read_text() == "old"


def test_folders_are_exchanged_in_one_step(tmp_path):
    """Each folder is then where the other was."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    if not exchange(tmp_path / "one", tmp_path / "two"):
        pytest.skip("this disk cannot exchange folders in one step")
    assert (tmp_path / "one" / "two").exists()
    assert (tmp_path / "two" / "one").exists()


def test_where_a_disk_cannot_exchange_two_steps_do(tmp_path):
    """Without the system call the new folder still ends in its place and the old one out of it."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    _put_aside(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old" / "new").exists()
    assert (tmp_path / "new" / "old").exists()


AS_SAVED = {
    "as written": "student_id,slot_id\ns1,t1\ns2,t2\n",
    "by a spreadsheet": "\ufeffstudent_id;urn;slot_id\r\ns2;1;t2\r\ns1;1;t1\r\n",
    "with tabs": "Student ID\tSlot-ID\ns1\tt1\ns2\tt2\n",
    "columns moved": "note,slot_id, student_id \nx,t1, s1 \nx,t2,s2\n",
    "blank rows": "student_id,slot_id\n\ns1,t1\n,\n  ,\ns2,t2\n\n",
    "short rows": "student_id,slot_id,group\ns1,t1\ns2,t2,g\n",
}


@pytest.mark.parametrize("how", AS_SAVED)
def test_an_allocation_is_read_as_people_save_it(tmp_path, how):
    """Marks, semicolons, tabs, moved columns, spaces and blank rows change nothing."""
    (tmp_path / "allocations.csv").write_text(AS_SAVED[how], encoding="utf-8")
    assert read_allocation(tmp_path) == Allocation.of([("s1", "t1"), ("s2", "t2")])


def test_unknown_and_repeated_rows_are_kept_for_the_audit(tmp_path):
    """Reading judges nothing: what is wrong with the rows is the audit's to name."""
    (tmp_path / "allocations.csv").write_text("student_id,slot_id\ns1,t1\ns1,t1\nghost,t9\ns2,\n", encoding="utf-8")
    assert read_allocation(tmp_path).assignments == (
        Assignment("ghost", "t9"),
        Assignment("s1", "t1"),
        Assignment("s1", "t1"),
        Assignment("s2", ""),
    )


def test_a_table_without_its_columns_is_refused(tmp_path):
    """A file that is no allocation is not taken for an empty one."""
    for text in ("", "student,slot\ns1,t1\n"):
        (tmp_path / "allocations.csv").write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match="student_id and slot_id"):
            read_allocation(tmp_path)


def test_ids_that_a_spreadsheet_would_run_come_back_as_they_were(tmp_path):
    """An id like a formula is harmless in the file and itself again when read."""
    round_ = round_of(student("=1+1"))
    allocation = Allocation.of([("=1+1", "t1")])
    publish(*everything(round_, allocation), {}, tmp_path / "out")
    assert "\n=1" not in (tmp_path / "out" / "allocations.csv").read_text(encoding="utf-8")
    assert read_allocation(tmp_path / "out") == allocation
