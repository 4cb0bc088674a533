"""Who comes to the server on submission day, as locust users: each comes once, does what it came for, and leaves."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, ClassVar

from locust import FastHttpUser, task
from locust.exception import StopUser

from loadtests.ground import signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtests.ground import Ground, Sender

CSV = {"Content-Type": "text/csv"}
NOT_THERE = 404


class Visitor(FastHttpUser):
    """Somebody who is due at a moment; what they wait counts from then, whatever kept them from asking."""

    abstract = True
    ground: ClassVar[Ground]
    sent: ClassVar[set[str]] = set()
    """The schools whose students were taken."""
    turns: ClassVar[Iterator[int]]
    due = 0.0

    @property
    def round_path(self) -> str:
        """The round that collects."""
        return f"/v1/rounds/{self.ground.collecting}"

    def look(self, key: str, path: str, name: str, *, may_miss: bool = False) -> None:
        """Read something; ``may_miss``: it may not be there yet."""
        with self.ask("GET", key, path, name) as said:
            if may_miss and said.status_code == NOT_THERE:
                said.success()

    def ask(self, method: str, key: str, path: str, name: str, **more: Any) -> Any:
        """Send a request as the holder of the key."""
        headers = {**signed(key), **more.pop("headers", {})}
        moment = {"due": self.due, "kind": "upload" if method == "PUT" else "read"}
        return self.client.request(
            method, path, name=name, headers=headers, context=moment, catch_response=True, **more
        )


class Uploading(Visitor):
    """A school that sends its students: once each, in the order of the schools."""

    turns = itertools.count()

    @task
    def send(self) -> None:
        """Send the table, whole, as the first one."""
        school = self.ground.schools[next(self.turns) % len(self.ground.schools)]
        headers = {**CSV, "If-Match": "*"}
        path = f"{self.round_path}/schools/{school.id}/students"
        with self.ask("PUT", school.key, path, "school sends students", data=school.students, headers=headers) as said:
            if said.ok:
                self.sent.add(school.id)
        raise StopUser


class School(Visitor):
    """A school that looks at where it stands, at what it sent, and at the round."""

    turns = itertools.count()

    @task
    def look_around(self) -> None:
        """One look."""
        turn = next(self.turns)
        school = _of(self.ground.schools, turn)
        if turn % 3 == 0:
            self.look(school.key, f"{self.round_path}/submissions", "school: submissions")
        elif turn % 3 == 1:
            missing = school.id not in self.sent
            self.look(
                school.key, f"{self.round_path}/schools/{school.id}/students", "school: students", may_miss=missing
            )
        else:
            self.look(school.key, self.round_path, "school: round")
        raise StopUser


class Employer(Visitor):
    """An employer that looks at its offers and the answers to them."""

    turns = itertools.count()

    @task
    def look_around(self) -> None:
        """One look."""
        employer = _of(self.ground.employers, next(self.turns))
        self.look(employer.key, f"{self.round_path}/employers/{employer.id}/offers", "employer: offers")
        raise StopUser


class Coordinator(Visitor):
    """The coordinator, who watches schools come in and the run go on."""

    turns = itertools.count()

    @task
    def look_around(self) -> None:
        """One look."""
        turn = next(self.turns)
        employer = _of(self.ground.employers, turn)
        paths = {
            "hub: submissions": f"{self.round_path}/submissions",
            "hub: runs": f"/v1/rounds/{self.ground.solved}/runs",
            "hub: rounds": "/v1/rounds",
            "hub: schools": f"{self.round_path}/tables/schools",
            "hub: offers": f"{self.round_path}/employers/{employer.id}/offers",
        }
        name = list(paths)[turn % len(paths)]
        self.look(self.ground.hub, paths[name], name)
        raise StopUser


def _of(people: list[Sender], turn: int) -> Sender:
    """Somebody else every turn, in an order in which neighbours are far apart."""
    return people[turn * 61 % len(people)]
