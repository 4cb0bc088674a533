"""`history` from end to end: three terms in a row, in which what was given in one moves priority on in the next."""

from __future__ import annotations

import csv
import json
import shutil

STUDENTS = """student_id,urn,year_group,fsm,sen_status
A1,100001,10,Y,N
A2,100001,10,Y,N
A3,100001,10,Y,N
B1,100001,10,N,N
B2,100001,10,N,N
B3,100001,10,N,N
"""
PLACE = "latitude,longitude\n", "53.4,-2.9\n"


def rows(path):
    """The rows of a table."""
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def term(folder, month):
    """A term of one placement of a week for two: six students, three of them with free school meals."""
    folder.mkdir()
    (folder / "round.toml").write_text(
        f'starts = 2026-{month:02}-01\nends = 2026-{month:02}-28\nacademic_year = "2025/26"\nseed = "s"\n'
    )
    (folder / "schools.csv").write_text(f"urn,name,type,{PLACE[0]}100001,North,mainstream,{PLACE[1]}")
    (folder / "students.csv").write_text(STUDENTS)
    (folder / "employers.csv").write_text(f"employer_id,name,sector,cleared_until\nE{month},Works,Health,2027-01-01\n")
    (folder / "experiences.csv").write_text(
        f"experience_id,employer_id,title,tier,delivery,grouping,year_groups,meaningful,{PLACE[0]}"
        f"X{month},E{month},A week,T3,in_person,individual,10,7,{PLACE[1]}"
    )
    (folder / "slots.csv").write_text(
        f"slot_id,experience_id,date,half,half_days,capacity\nL{month},X{month},2026-{month:02}-09,AM,10,2\n"
    )
    return folder


def test_priority_moves_to_those_still_behind(foothold, tmp_path):
    """Each term gives the two places to those whom the history leaves furthest behind, priority students first."""
    given, history = [], None
    for month in (2, 3, 6):
        round_, out = term(tmp_path / f"round{month}", month), tmp_path / f"out{month}"
        if history is not None:
            shutil.copy(history, round_ / "history.csv")
        assert foothold("allocate", round_, "--out", out).returncode == 0
        given.append({row["student_id"] for row in rows(out / "allocations.csv")})
        history = tmp_path / f"history{month}.csv"
        done = foothold("history", round_, out, "--out", history, "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["rows"] == len(rows(history)) == 2 * len(given)
        goals = json.loads(foothold("audit", round_, out, "--json").stdout)["goals"]
        assert goals["guarantee"] == [2, 1, 0][len(given) - 1]
    assert sorted(student for term_ in given for student in term_) == ["A1", "A2", "A3", "B1", "B2", "B3"]
    assert given[0] < {"A1", "A2", "A3"}
    assert {"A1", "A2", "A3"} - given[0] < given[1]
    assert {row["half_days"] for row in rows(history)} == {"10"}


def test_the_register_of_who_came_is_taken_into_account(foothold, tiny_once, allocated_once, tmp_path):
    """A slot that a student missed gives no row; the summary and the document say how many."""
    first = rows(allocated_once / "allocations.csv")[0]
    register = tmp_path / "register.csv"
    register.write_text(f"student_id,slot_id,half_days\n{first['student_id']},{first['slot_id']},0\n")
    out = tmp_path / "next" / "history.csv"
    asked = ("history", tiny_once, allocated_once, "--out", out, "--attendance", register)
    done = foothold(*asked)
    assert done.returncode == 0, done.stderr
    assert "1 not attended and left out" in done.stdout
    assert not any(
        (row["student_id"], row["experience_id"]) == (first["student_id"], first["experience_id"]) for row in rows(out)
    )
    document = json.loads(foothold(*asked, "--json").stdout)
    assert (document["absent"], document["rows"]) == (1, len(rows(out)))


def test_nothing_of_the_users_is_written_over(foothold, tiny_once, allocated_once, tmp_path):
    """A file with other rows, a folder and a bad register: exit 2, and what was there stays."""
    out = tmp_path / "history.csv"
    out.write_text("student_id,academic_year,year_group,tier,sector,half_days\nN1,2019/20,7,T1,Arts,2\n")
    before = out.read_bytes()
    asked = ("history", tiny_once, allocated_once, "--out")
    for arguments in ((out,), (tmp_path,), (tmp_path / "new.csv", "--attendance", out)):
        refused = foothold(*asked, *arguments)
        assert (refused.returncode, refused.stdout) == (2, "")
    assert out.read_bytes() == before
    assert not (tmp_path / "new.csv").exists()
    shutil.copy(tiny_once / "history.csv", out)
    assert foothold(*asked, out).returncode == 0
    assert len(rows(out)) > len(rows(tiny_once / "history.csv"))
