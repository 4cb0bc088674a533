"""What the people of a load test know of the server: where it is, its rounds, and everybody's key."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


def signed(key: str) -> dict[str, str]:
    """The header by which the server knows who asks."""
    return {"Authorization": f"Bearer {key}"}


@dataclass(frozen=True, slots=True)
class Sender:
    """A school or an employer: its id, its key, and for a school the table of students that it sends."""

    id: str
    key: str
    students: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the server is, the round that collects, the round that is solved meanwhile, and who comes."""

    host: str
    database: str
    collecting: str
    solved: str
    hub: str
    schools: list[Sender]
    employers: list[Sender]

    def text(self) -> str:
        """The ground for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, written: str) -> Ground:
        """The ground that ``text`` wrote."""
        known = json.loads(written)
        people = {name: [Sender(**each) for each in known[name]] for name in ("schools", "employers")}
        return cls(**{**known, **people})
