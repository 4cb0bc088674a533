"""The typed ways in which a round can be refused: a fault per bad value, all of them raised at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass

FAULT_CODES: tuple[str, ...] = (
    "missing_table",
    "missing_column",
    "missing_value",
    "bad_number",
    "bad_date",
    "bad_choice",
    "unknown_code",
    "out_of_range",
    "duplicate_key",
    "unknown_reference",
    "bad_postcode",
    "contradiction",
    "diagnosis",
    "encoding",
    "hostile_file",
    "bad_policy",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the input; ``row`` is as a spreadsheet shows it (1 is the header's, 0 the whole table)."""

    table: str
    row: int
    column: str
    value: str
    code: str
    message: str

    def as_dict(self) -> dict[str, str | int]:
        """The fault as ``check --json`` writes it."""
        return asdict(self)


class RoundRefusedError(Exception):
    """The input cannot be a round; ``faults`` holds every fault of every table."""

    def __init__(self, faults: list[Fault]) -> None:
        """Keep the faults in the order given."""
        super().__init__(f"{len(faults)} faults in the round")
        self.faults = faults


class FolderRefusedError(Exception):
    """A folder that cannot be written as an allocation's, because it holds what is not Foothold's or is no folder."""
