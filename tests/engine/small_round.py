"""A round of a few rows in every table, without a fault, for tests to change cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from big_round import SETTINGS, Tables, write_tables

from engine.checking import CheckReport, check_round

if TYPE_CHECKING:
    from pathlib import Path

_TEXT = {
    "schools": """
        urn,name,type,latitude,longitude,max_out_per_half_day,coach_seats_per_half_day,contact_name,contact_email
        100001,North High,mainstream,53.40,-2.90,30,,A. Head,head@north.sch.uk
        100002,South Special,special,53.41,-2.91,,16,,""",
    "students": """
        student_id,urn,year_group,fsm,ever6,sen_status,in_care,accommodations,support,max_travel_km,unavailable,name
        S1,100001,10,Y,Y,N,N,,N,5,2026-05-11 AM,NA
        S2,100001,9,N,,K,,quiet_space;step_free,Y,,,None
        S3,100002,8,N,N,E,N,bsl,Y,,,Ana Núñez""",
    "employers": """
        employer_id,name,sector,max_students_per_half_day,max_students,cleared_until
        E1,Dock Works,Logistics,6,12,2027-07-31
        E2,Clinic,Health,,,2027-07-31""",
    "experiences": """
        experience_id,employer_id,title,tier,delivery,grouping,year_groups,sector,latitude,longitude,accommodations,meaningful
        X1,E1,Warehouse week,T3,in_person,individual,10;11,,53.42,-2.92,step_free,7
        X2,E2,Clinic visit,T1,in_person,group,7;8;9;10,Health,53.43,-2.93,quiet_space;step_free;bsl,
        X3,E2,Nurse online,T2,virtual,group,7;8;9;10;11,Health,,,,purpose;task""",
    "slots": """
        slot_id,experience_id,date,half,half_days,capacity,groups,group_min,group_max,support_places,reserved,urn
        L1,X1,2026-05-11,AM,10,2,,,,1,1,
        L2,X2,2026-05-12,PM,1,,2,3,8,2,0,100001
        L3,X3,2026-05-13,AM,1,,4,1,30,,,""",
    "preferences": """
        student_id,rank,kind,value
        S1,1,experience,X1
        S1,2,employer,E2
        S2,1,sector,Health""",
    "history": """
        student_id,academic_year,year_group,tier,sector,employer_id,experience_id,half_days,counts
        S1,2024/25,9,T1,Health,E9,X9,2,Y
        S2,2024/25,8,T1,Digital,,,1,N""",
    "calendar": """
        urn,date,half,year_group
        100001,2026-06-01,,
        100002,2026-06-02,AM,8""",
    "barriers": """
        barrier_id,seq,latitude,longitude
        river,1,53.30,-3.01
        river,2,53.50,-3.01""",
    "crossings": """
        barrier_id,crossing_id,latitude,longitude
        river,tunnel,53.40,-3.01""",
    "travel": """
        origin,experience_id,km
        S1,X1,3.25
        100001,X2,12""",
    "decisions": """
        kind,student_id,slot_id,experience_id,employer_id,other_student_id,reason,by
        pin,S1,L1,,,,found by the family,hub
        forbid,S2,,,E1,,visited before,school
        separate,S1,,,,S2,kept apart,school""",
    "baseline": """
        student_id,slot_id,notified
        S1,L1,Y
        S2,L2,N""",
}


def small_tables() -> Tables:
    """Every table as rows of cells, header first."""
    return {name: [line.strip().split(",") for line in text.strip().splitlines()] for name, text in _TEXT.items()}


def put(tables: Tables, table: str, row: int, column: str, value: str) -> None:
    """Write a cell: ``row`` as a spreadsheet numbers it; a column that is not there is added."""
    header = tables[table][0]
    if column not in header:
        for cells in tables[table]:
            cells.append("")
        header[-1] = column
    tables[table][row - 1][header.index(column)] = value


def checked(tables: Tables, folder: Path, settings: str = SETTINGS) -> CheckReport:
    """What a check says of these tables."""
    return check_round(write_tables(tables, folder / "round", settings))


def told(report: CheckReport) -> set[tuple[str, int, str, str]]:
    """Table, row, column and code of every fault."""
    return {(fault.table, fault.row, fault.column, fault.code) for fault in report.faults}
