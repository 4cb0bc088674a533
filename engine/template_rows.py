"""The example rows of the template: a small made-up round in which every table has something to show."""

from __future__ import annotations

NORTH, SOUTH = "999901-0001", "999902-0001"
"""Students' ids: where schools' own ids may collide, the URN goes in front."""

SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("name", "Example round", "what this round is called"),
    ("term", "Summer", "the term, in your own words"),
    ("academic_year", "2026/27", "the academic year; blank: the year of the first day"),
    ("starts", "2027-06-14", "the round's first day (needed)"),
    ("ends", "2027-07-09", "the round's last day (needed)"),
    ("closed_dates", "2027-06-25", "dates on which every school is closed; a list"),
    ("seed", "", "the published lottery seed, best set once the lists of students are frozen; blank: from the tables"),
)  # fmt: skip

_ROWS: dict[str, list[dict[str, str]]] = {
    "schools": [
        {"urn": "999901", "name": "Example Academy", "type": "mainstream", "latitude": "55.7790",
         "longitude": "-2.0170", "max_out_per_half_day": "30", "coach_seats_per_half_day": "16",
         "contact_name": "A. Coordinator", "contact_email": "coordinator@academy.example"},
        {"urn": "999902", "name": "Example Special School", "type": "special", "latitude": "55.7800",
         "longitude": "-2.0100", "coach_seats_per_half_day": "8"},
    ],
    "students": [
        {"student_id": NORTH, "urn": "999901", "year_group": "10", "fsm": "Y", "ever6": "Y", "sen_status": "K",
         "in_care": "N", "neet_risk": "Y", "accommodations": "quiet_space", "support": "N", "released": "quiet_space",
         "latitude": "55.7770", "longitude": "-2.0120", "max_travel_km": "6", "max_experiences": "1", "available": "Y",
         "unavailable": "2027-07-05; 2027-07-06 AM", "name": "Example Student"},
        {"student_id": SOUTH, "urn": "999902", "year_group": "8", "fsm": "N", "sen_status": "E",
         "accommodations": "step_free; familiar_adult", "support": "Y", "available": "Y"},
    ],
    "employers": [
        {"employer_id": "E1", "name": "Example Engineering", "sector": "Engineering", "max_students_per_half_day": "4",
         "max_students": "6", "cleared_until": "2027-08-31", "contact_name": "B. Host",
         "contact_email": "host@engineering.example"},
        {"employer_id": "E2", "name": "Example Care", "sector": "Health and care", "cleared_until": "2027-12-31"},
    ],
    "experiences": [
        {"experience_id": "X1", "employer_id": "E1", "title": "A week in the workshop", "tier": "T3",
         "delivery": "in_person", "grouping": "individual", "year_groups": "10;11", "latitude": "55.7710",
         "longitude": "-2.0050", "accommodations": "quiet_space; accessible_toilet",
         "meaningful": "purpose; outcomes; interaction; people; task; feedback; reflection"},
        {"experience_id": "X2", "employer_id": "E2", "title": "A day among carers", "tier": "T1",
         "delivery": "in_person", "grouping": "group", "year_groups": "7;8;9", "sector": "Health and care",
         "latitude": "55.7640", "longitude": "-2.0140", "accommodations": "step_free; accessible_toilet",
         "meaningful": "7"},
    ],
    "slots": [
        {"slot_id": "L1", "experience_id": "X1", "date": "2027-06-21", "half": "AM", "half_days": "10", "capacity": "2",
         "support_places": "1", "reserved": "1"},
        {"slot_id": "L2", "experience_id": "X2", "date": "2027-06-22", "half": "AM", "half_days": "2", "groups": "2",
         "group_min": "6", "group_max": "12", "support_places": "2"},
    ],
    "preferences": [
        {"student_id": NORTH, "rank": "1", "kind": "experience", "value": "X1"},
        {"student_id": SOUTH, "rank": "1", "kind": "sector", "value": "Health and care"},
    ],
    "history": [
        {"student_id": NORTH, "academic_year": "2025/26", "year_group": "9", "tier": "T1", "sector": "Retail",
         "half_days": "2", "counts": "Y"},
        {"student_id": SOUTH, "academic_year": "2025/26", "year_group": "7", "tier": "T1", "sector": "Engineering",
         "employer_id": "E1", "half_days": "1", "counts": "N"},
    ],
    "calendar": [
        {"urn": "999901", "date": "2027-06-30", "year_group": "10"},
        {"urn": "999902", "date": "2027-07-01", "half": "PM"},
    ],
    "barriers": [
        {"barrier_id": "river", "seq": "1", "latitude": "55.7655", "longitude": "-1.9850"},
        {"barrier_id": "river", "seq": "2", "latitude": "55.7690", "longitude": "-2.0450"},
    ],
    "crossings": [
        {"barrier_id": "river", "crossing_id": "old bridge", "latitude": "55.7666", "longitude": "-2.0050"},
        {"barrier_id": "river", "crossing_id": "new bridge", "latitude": "55.7668", "longitude": "-2.0080"},
    ],
    "travel": [
        {"origin": NORTH, "experience_id": "X1", "km": "1.4"},
        {"origin": "999902", "experience_id": "X2", "km": "2.6"},
    ],
    "decisions": [
        {"kind": "forbid", "student_id": NORTH, "employer_id": "E2", "reason": "A relative works there",
         "by": "A. Coordinator"},
        {"kind": "separate", "student_id": NORTH, "other_student_id": SOUTH, "reason": "The schools have asked",
         "by": "A. Coordinator"},
    ],
    "baseline": [
        {"student_id": NORTH, "slot_id": "L1", "notified": "Y"},
        {"student_id": SOUTH, "slot_id": "L2", "notified": "N"},
    ],
}  # fmt: skip


def example_rows(table: str, columns: tuple[str, ...]) -> list[list[str]]:
    """The table's example rows in the order of its columns; raises ``KeyError`` for a table without any."""
    return [[row.get(column, "") for column in columns] for row in _ROWS[table]]
