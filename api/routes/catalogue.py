"""The routes of what a school chooses from: the catalogue by year and distance, and the sheet to fill in."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from api.auth import Asks, Store
from api.routes.answers import as_file, file_answer
from api.schemas import CatalogueShape
from api.service.catalogue import Wanted, catalogue_file, entry_documents, open_to_school, preference_choices
from engine.preference_sheet import MOST_CHOICES, choices_csv, choices_xlsx

router = APIRouter(prefix="/v1/rounds/{round_id}/schools/{urn}", tags=["catalogue"])
Year = Annotated[int | None, Query(ge=7, le=13, description="Only what is open to this year group.")]
Within = Annotated[float | None, Query(ge=0, le=1_000, description="At most so many km from the school.")]


@router.get("/catalogue", response_model=CatalogueShape, responses=as_file("csv", "xlsx"))
def catalogue(
    database: Store,
    actor: Asks,
    round_id: str,
    urn: str,
    year: Year = None,
    within_km: Within = None,
    form: Literal["json", "csv", "xlsx"] = "json",
) -> Response | dict[str, Any]:
    """The experiences open to the school's students by the rules, each with its dates, distance and adjustments."""
    found = open_to_school(database, actor, round_id, urn, Wanted(year, within_km))
    if form == "json":
        return {"experiences": entry_documents(found)}
    return file_answer(catalogue_file(found, form), form, f"catalogue.{form}")


@router.get("/preferences-sheet", response_class=Response)
def preferences_sheet(
    database: Store,
    actor: Asks,
    round_id: str,
    urn: str,
    within_km: Within = None,
    choices: Annotated[int, Query(ge=1, le=MOST_CHOICES, description="Rows for each student.")] = 3,
    form: Literal["csv", "xlsx"] = "xlsx",
) -> Response:
    """The table preferences with the school's students filled in and what they may choose; it is sent back as it is."""
    found = open_to_school(database, actor, round_id, urn, Wanted(within_km=within_km))
    rows = preference_choices(found, urn, choices)
    content = choices_csv(rows) if form == "csv" else choices_xlsx(rows)
    return file_answer(content, form, f"preferences.{form}")
