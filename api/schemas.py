"""What requests and answers look like: the shapes that stand in the OpenAPI document."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _text(value: str) -> str:
    if NO_TEXT.search(value):
        raise ValueError("it holds control characters, which are no text")
    return value


def _said(value: str) -> str:
    if not value.strip():
        raise ValueError("it is blank; say it in words")
    return value


Words = Annotated[str, AfterValidator(_text)]

Criterion = Literal["purpose", "outcomes", "interaction", "people", "task", "feedback", "reflection"]
Reason = Annotated[
    Words,
    AfterValidator(_said),
    Field(min_length=1, max_length=2_000, description="Why, in words that stay on record."),
]
Cell = Words | int | float | bool | None | list[Words | int]
Row = dict[Annotated[Words, Field(max_length=200)], Cell]


class Shape(BaseModel):
    """A document with these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class NewRound(Shape):
    """The settings of a round, as in round.toml, with the seed left blank."""

    settings: Annotated[Words, Field(max_length=100_000, examples=['name = "Spring"\nstarts = 2026-03-02'])]


class Step(Shape):
    """Why a step of a round's life is taken."""

    reason: Reason


class Seed(Shape):
    """The published lottery seed."""

    seed: Annotated[Words, Field(min_length=1, max_length=500)]


class SignOff(Shape):
    """Which run is signed, and what the person who signs says."""

    run: Annotated[Words, Field(max_length=40)]
    reason: Reason


class NewRun(Shape):
    """What a run is given; without a time limit it goes on to its proof or the end of its budget of work.

    ``allocate`` answers the frozen round, ``rerun`` the published one again with the fewest changes to what was told,
    from the date ``from`` on (default: the round's start), and ``report`` makes the report of the run ``of`` again.
    """

    kind: Literal["allocate", "rerun", "report"] = "allocate"
    time_limit: Annotated[float, Field(gt=0, le=86_400)] | None = None
    since: Annotated[date | None, Field(alias="from")] = None
    of: Annotated[Words, Field(max_length=40)] = ""


class OffersSent(Shape):
    """All that an employer offers: rows with the columns of experiences.csv and slots.csv."""

    experiences: Annotated[list[Row], Field(max_length=2_000)]
    slots: Annotated[list[Row], Field(max_length=20_000)]


class OfferAnswer(Shape):
    """What is said of one experience; ``meaningful`` is what the hub saw to hold, and is for a confirmation only."""

    state: Literal["confirmed", "declined", "withdrawn"]
    meaningful: list[Criterion] = []
    reason: Annotated[Words, Field(max_length=2_000)] = ""


class Attended(Shape):
    """Whether a student came."""

    student_id: Annotated[Words, Field(min_length=1, max_length=200)]
    slot_id: Annotated[Words, Field(min_length=1, max_length=200)]
    attended: bool


class AttendanceSent(Shape):
    """What a school marked, whole; whoever is not in it came as allocated."""

    rows: Annotated[list[Attended], Field(max_length=100_000)]


class RoundShape(BaseModel):
    """A round: where it is in its life, and what is on record of it."""

    id: str
    name: str
    state: str
    input_sha256: str | None
    seed: str | None
    signed_run: str | None
    signed_by: str | None
    published_run: str | None
    created_at: str
    closed_at: str | None
    purged_at: str | None


class Page(BaseModel):
    """Some of a list; ``next`` is the cursor of the page after, if there is one."""

    items: list[dict[str, Any]]
    next: str | None


class RunShape(BaseModel):
    """A run: how it stands, and its certificate and audit once it is done.

    ``of`` is the run that an override or a report is made from, ``baseline_run`` the published run that a re-run keeps
    what it can of, ``reason`` why somebody overrode.
    """

    id: str
    round_id: str
    kind: str
    since: Annotated[str | None, Field(alias="from")]
    of: str | None
    baseline_run: str | None
    reason: str | None
    state: str
    seed: str
    time_limit: float | None
    requested_by: str
    requested_at: str
    finished_at: str | None
    attempts: int
    input_sha256: str | None
    certificate: dict[str, Any] | None
    audit: dict[str, Any] | None
    problem: dict[str, Any] | None


class PublicationShape(BaseModel):
    """One publication of a round; the last one is what schools and employers see."""

    number: int
    run_id: str
    signed_by: str
    published_by: str
    published_at: str


class ChangesShape(BaseModel):
    """What a publication changed for a school: rows as in changes.csv, of students who moved, lost or gained."""

    publication: int
    rows: list[dict[str, str]]


class VisitChangesShape(BaseModel):
    """What a publication changed for an employer: who comes now and who comes no longer, as ``Change`` says.

    Of each: when, to what, the name as on the roster, and the school.
    """

    publication: int
    rows: list[dict[str, str]]


class SubmissionShape(BaseModel):
    """What came of a table that was sent: the version it became, and what it changed by the ids of rows."""

    version: int
    rows: int
    new: list[str]
    changed: list[str]
    removed: list[str]
    notes: list[dict[str, Any]]


class TableShape(BaseModel):
    """A table as it was sent; ``faults`` is empty for one that is part of the round."""

    version: int
    state: str
    columns: list[str]
    rows: list[list[str]]
    faults: list[dict[str, Any]]
    written_at: str


class OffersShape(BaseModel):
    """An employer's offers and the answer to each."""

    version: int
    experiences: list[dict[str, str]]
    slots: list[dict[str, str]]
    answers: list[dict[str, str]]


class OpenSlot(BaseModel):
    """When an experience can be had."""

    slot_id: str
    date: date
    half: str
    half_days: int


class OpenExperience(BaseModel):
    """An experience that is open to some of the school's students; ``distance_km`` is from the school.

    ``state`` is confirmed, or offered while the hub has not answered the employer yet.
    """

    experience_id: str
    title: str
    employer_id: str
    employer: str
    sector: str
    tier: str
    delivery: str
    grouping: str
    years: list[int]
    distance_km: float | None
    accommodations: list[str]
    open_to_students: int
    state: str
    slots: list[OpenSlot]


class CatalogueShape(BaseModel):
    """What a school's students may choose from."""

    experiences: list[OpenExperience]


class AuditShape(BaseModel):
    """What an audit found: breaches, and every goal and level as measured."""

    breaches: list[dict[str, Any]]
    goals: dict[str, int]
    levels: list[dict[str, Any]]
    overrides: list[Any]


class RowsShape(BaseModel):
    """A table for people, each row by its headings."""

    rows: list[dict[str, str]]
