"""The parent's side of CP-SAT: integer programs of middling size, which it proves in a fraction of HiGHS' time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from solver.child import CP_SAT, Child
from solver.highs import UNANSWERED, answer_of, job_of

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.highs import Answer, Row
    from solver.limits import Clock
    from solver.model import Expression, LinearProgram

WORK = 3.0
"""CP-SAT's own measure of work, the same on every machine; one to two seconds each."""


@dataclass(slots=True)
class CpSat:
    """One CP-SAT process, started at its first job."""

    clock: Clock
    child: Child = field(init=False)

    def __post_init__(self) -> None:
        """No process yet."""
        self.child = Child(self.clock, CP_SAT)

    def integer(
        self,
        program: LinearProgram,
        objective: Expression,
        rows: list[Row],
        start: Floats | None,
    ) -> Answer:
        """Maximise over the integer program, from ``start`` where given, to the proof or the end of ``WORK``."""
        job = job_of(program, objective, rows)
        job["start"] = start
        limit = {} if self.clock.limits.time_limit is None else {"max_time_in_seconds": max(0.01, self.clock.left())}
        one = {"num_workers": 1, "random_seed": 0}  # several would end differently each time
        job["settings"] = {**one, "linearization_level": 2, "max_deterministic_time": WORK, **limit}
        reply = self.child.answer(job)
        return UNANSWERED if reply is None else answer_of(reply)

    def close(self) -> None:
        """End the process."""
        self.child.close()
