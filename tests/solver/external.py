"""Public instances with known optima, written as round folders from the files that FOOTHOLD_BENCHMARKS names.

Three families: linear assignment (OR-Library), students' bids for projects (Glasgow) and team formation (SDU 2016).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

DAY = "2026-06-08"
URN = "100001"
NEAR, FAR = (53.4, -2.98), (53.4, -2.0)
Table = list[dict[str, object]]


@dataclass
class Folder:
    """A round being written: one school, everything on one half-day, one level after another."""

    path: Path
    levels: Sequence[tuple[str, str]]
    policy: str = ""
    students: Table = field(default_factory=list)
    employers: Table = field(default_factory=list)
    experiences: Table = field(default_factory=list)
    slots: Table = field(default_factory=list)
    preferences: Table = field(default_factory=list)
    travel: Table = field(default_factory=list)
    decisions: Table = field(default_factory=list)

    def student(self, student_id: str, year_group: int = 12) -> None:
        self.students.append(
            {"student_id": student_id, "urn": URN, "year_group": year_group, "fsm": "N", "sen_status": "N"},
        )

    def employer(self, employer_id: str, a_half_day: int | None = None) -> None:
        limit = "" if a_half_day is None else a_half_day
        self.employers.append(
            {
                "employer_id": employer_id,
                "name": employer_id,
                "sector": "any",
                "max_students_per_half_day": limit,
                "cleared_until": "2027-01-01",
            },
        )

    def offer(self, name: str, employer_id: str, *, site: tuple[float, float], years: str = "12", **slot: int) -> None:
        """An experience with one slot: of ``capacity``, or of ``groups`` from ``group_min`` to ``group_max``."""
        self.experiences.append(
            {
                "experience_id": name,
                "employer_id": employer_id,
                "title": name,
                "tier": "T3",
                "delivery": "in_person",
                "grouping": "individual" if "capacity" in slot else "group",
                "year_groups": years,
                "latitude": site[0],
                "longitude": site[1],
            },
        )
        blank = dict.fromkeys(("capacity", "groups", "group_min", "group_max"), "")
        self.slots.append(
            {"slot_id": name, "experience_id": name, "date": DAY, "half": "AM", "half_days": 1, **blank, **slot},
        )

    def write(self) -> Path:
        """Write every table that has rows, and ``round.toml``; the folder's path."""
        self.path.mkdir(parents=True, exist_ok=True)
        school = {"urn": URN, "name": "School", "type": "post16", "latitude": NEAR[0], "longitude": NEAR[1]}
        for name, rows in {
            "schools": [school],
            "students": self.students,
            "employers": self.employers,
            "experiences": self.experiences,
            "slots": self.slots,
            "preferences": self.preferences,
            "travel": self.travel,
            "decisions": self.decisions,
        }.items():
            if rows:
                _write_table(self.path / f"{name}.csv", rows)
        levels = [f'[[policy.level]]\nname = "{name}"\ngoals = {{ {goals} }}\n' for name, goals in self.levels]
        head = f'name = "external"\nstarts = {DAY}\nends = {DAY}\nseed = "external"\n\n[policy]\n{self.policy}\n'
        (self.path / "round.toml").write_text("\n".join([head, *levels]), encoding="utf-8")
        return self.path


def write_assign(source: Path, path: Path) -> Path:
    """OR-Library's linear assignment: costs as kilometres, everyone reached and then least travel."""
    numbers = [int(figure) for figure in source.read_text().split()]
    size, costs = numbers[0], numbers[1:]
    folder = Folder(path, [("reach", "reach = 1"), ("travel", "travel = -1")], "max_travel_km = 1000.0")
    for n in range(size):
        folder.student(f"S{n:03d}")
        folder.employer(f"E{n:03d}")
        folder.offer(f"X{n:03d}", f"E{n:03d}", site=NEAR, capacity=1)
    folder.travel = [
        {"origin": f"S{n // size:03d}", "experience_id": f"X{n % size:03d}", "km": cost} for n, cost in enumerate(costs)
    ]
    return folder.write()


def write_glasgow(source: Path, year: int, path: Path, points: Sequence[int]) -> Path:
    """A year of Glasgow's bids: most students first, then most of these ``points`` (by rank of the project given).

    A project that a student did not list lies beyond the travel limit; supervisors with a capacity share it.
    """
    folder = Folder(
        path,
        [("reach", "reach = 1"), ("preference", "preference = 1")],
        f"experience_points = {list(points)}",
    )
    bids = glasgow_bids(source, year)
    supervisors = _supervisors(source / f"00038-{year:08d}.dat")
    for name, (capacity, _) in supervisors.items():
        folder.employer(name, capacity)
    for project in sorted({project for listed in bids for project in listed}):
        owner = next((name for name, (_, projects) in supervisors.items() if project in projects), "")
        if not owner:
            folder.employer(owner := f"E{project:03d}")
        folder.offer(f"P{project:03d}", owner, site=FAR, capacity=1)
    for n, listed in enumerate(bids):
        folder.student(f"S{n:03d}")
        _listed(folder, f"S{n:03d}", [f"P{project:03d}" for project in listed])
        folder.travel += [{"origin": f"S{n:03d}", "experience_id": f"P{project:03d}", "km": 1} for project in listed]
    return folder.write()


def glasgow_bids(source: Path, year: int) -> list[list[int]]:
    """The projects that every student of the year listed, first choice first; projects count from 0."""
    bids = []
    for line in (source / f"00038-{year:08d}.soi").read_text().splitlines():
        if line and not line.startswith("#"):
            times, _, listed = line.partition(":")
            bids += [[int(project) - 1 for project in listed.split(",")]] * int(times)
    return bids


def write_sdu(source: Path, path: Path) -> Path:
    """SDU 2016: every topic a group slot with as many groups as it has teams; types told by year, the rest forbidden.

    Students of the type ``farmaci`` are in Year 13, others in Year 12, and a topic accepts the years that may take it.
    """
    folder = Folder(
        path, [("reach", "reach = 1"), ("preference", "preference = 1")], f"experience_points = {SDU_POINTS}"
    )
    years = _sdu_years(source)
    topics: dict[str, tuple[int, int, int, str]] = {}
    for topic, _, smallest, largest, kind in _rows(source / "tmp_projects.txt"):
        teams = topics[topic][0] + 1 if topic in topics else 1
        topics[topic] = (teams, int(smallest), int(largest), kind)
    for topic, (teams, least, most, kind) in topics.items():
        folder.employer(f"E{topic}")
        accepts = ";".join(str(year) for name, year in SDU_YEARS.items() if kind in years[name])
        folder.offer(f"T{topic}", f"E{topic}", site=NEAR, years=accepts, groups=teams, group_min=least, group_max=most)
    kinds = {student: kind for _, student, kind in _rows(source / "tmp_students.txt")}
    wishes: dict[str, list[tuple[int, str]]] = {student: [] for student in kinds}
    for student, topic, rank, _ in _rows(source / "tmp_priorities.txt"):
        wishes[student].append((int(rank), topic))
    for student, kind in kinds.items():
        folder.student(student, SDU_YEARS[kind])
        listed = [topic for _, topic in sorted(wishes[student])]
        _listed(folder, student, [f"T{topic}" for topic in listed])
        folder.decisions += [_forbid(student, f"T{topic}") for topic in topics if topic not in listed]
    return folder.write()


SDU_YEARS = {"alle": 12, "farmaci": 13}
SDU_POINTS = [100 - rank for rank in range(1, 16)]


def _sdu_years(source: Path) -> dict[str, set[str]]:
    with (source / "types.csv").open(newline="", encoding="utf-8") as file:
        return {row[0]: set(row[1:]) for row in csv.reader(file, delimiter=";") if row}


def _listed(folder: Folder, student: str, experiences: Sequence[str]) -> None:
    folder.preferences += [
        {"student_id": student, "rank": rank, "kind": "experience", "value": name}
        for rank, name in enumerate(experiences, start=1)
    ]


def _forbid(student: str, experience: str) -> dict[str, object]:
    reason = {"reason": "not listed", "by": "the university"}
    return {"kind": "forbid", "student_id": student, "experience_id": experience, **reason}


def _supervisors(path: Path) -> dict[str, tuple[int, set[int]]]:
    """Supervisors with their capacity and projects; none where the year sets no capacities."""
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {
            row["Supervisor"].replace("Supervisor ", "E"): (
                int(row["Capacity"]),
                {int(project) for project in row["Projects"].split()},
            )
            for row in csv.DictReader(file)
        }


def _rows(path: Path) -> Iterable[list[str]]:
    return [line.split(";") for line in path.read_text(encoding="utf-8").splitlines() if line]


def _write_table(path: Path, rows: Table) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
