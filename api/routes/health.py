"""The routes by which a machine asks whether the server lives and whether it can work."""

from fastapi import APIRouter
from sqlalchemy import text

from api.auth import Store
from api.people import DOOR

router = APIRouter(tags=["health"])


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz")
def lives() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz")
def ready(database: Store) -> dict[str, str]:
    """The store answers too; 503 where it does not."""
    with database.reading(DOOR) as session:
        session.execute(text("SELECT 1"))
    return {"status": "ok"}
