"""Diagnoses and SEN primary-need codes, which a round must not hold: how they are told from what it may hold."""

from __future__ import annotations

import re

from engine.schema import heading_key

NEED_CODES = frozenset(
    {"SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD", "OTH", "NSA"},
)
"""The school census's primary types of need."""

REFUSAL = (
    "is a diagnosis or a SEN primary need, which a round must not hold: take it out, and import the adjustments that "
    "the student needs as codes in accommodations (such as quiet_space or step_free)"
)

_WORDS = re.compile(
    r"\b(?:autis(?:m|tic)|asperger\w*|adhd|asd|asc|semh|slcn|pmld|spld|dyslexi[ac]|dyspraxi[ac]|dyscalculi[ac]"
    r"|dysgraphi[ac]|tourette\w*|epilep(?:sy|tic)|cerebral palsy|down'?s? syndrome|muscular dystrophy"
    r"|cystic fibrosis|diabet(?:es|ic)|asthma(?:tic)?|schizophreni[ac]|bipolar|anorexi[ac]|bulimi[ac]|ptsd|ocd"
    r"|selective(?:ly)? mut(?:e|ism)"
    r"|(?:hearing|visual(?:ly)?|vision|multi-?sensory|physical(?:ly)?) impair(?:ed|ment)s?"
    r"|(?:specific|moderate|severe|profound)[\w ,&-]* learning (?:difficult(?:y|ies)|disabilit(?:y|ies))"
    r"|(?:anxiety|depressive|personality|eating|attachment|attention deficit|spectrum|psychotic) disorder"
    r"|clinical depression|anxiety|speech,? language (?:and|&) communication(?: needs?)?)\b",
    re.IGNORECASE,
)
_NEED_HEADING = re.compile(
    r"diagnos|disabilit|impairment|(?:primary|secondary|main|sen|send|special|educational|medical|health)"
    r"(?:type|categor|needs?)|needs?(?:type|code|category|description)|typeofneed|(?:medical|health)condition",
)
_NEED_HEADINGS = frozenset({"need", "needs", "medical", "condition", "conditions", "sentype", "sencategory"})
_OTHER_MEANING = re.compile(r"ethnic|language|initial|form|class|house|tutor|registration|name|eal")
"""Headings under which HI is Hindi, VI the sixth form, OTH another ethnicity and PD somebody's initials."""
_NOTHING = frozenset(
    {"", "n", "no", "none", "na", "nil", "false", "f", "0", "y", "yes", "true", "t", "1"}
    | {"k", "e", "ehcp", "ehcplan", "sensupport"},
)
"""Answers that name no need: nothing, yes or no, and SEN status."""


def names_a_diagnosis(item: str) -> bool:
    """Whether one item, in a cell that should hold something else, is a need code or a diagnosis."""
    return _plain_code(item) in NEED_CODES or _WORDS.search(item) is not None


def tells_a_diagnosis(sentence: str) -> bool:
    """Whether words that may say anything (a reason, a remark) name a diagnosis."""
    return _WORDS.search(sentence) is not None


def asks_for_need(heading: str) -> bool:
    """Whether a column that the tables do not know asks, by its heading, for needs or diagnoses."""
    key = heading_key(heading)
    return key in _NEED_HEADINGS or _NEED_HEADING.search(key) is not None


def offers_diagnosis(heading: str, cell: str) -> bool:
    """Whether a cell of a column that the tables do not know offers a diagnosis or a need code."""
    key = heading_key(cell)
    if key in _NOTHING:
        return False
    if asks_for_need(heading) or tells_a_diagnosis(cell):
        return True
    if _OTHER_MEANING.search(heading_key(heading)):
        return False
    return any(_plain_code(item) in NEED_CODES for item in re.split(r"[;,/+&]", cell))


def _plain_code(item: str) -> str:
    return heading_key(item).upper()
