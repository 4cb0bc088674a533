"""Pages from templates: every value is escaped, nothing is fetched, and the same view gives the same bytes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine.outputs import kilometres
from engine.suppression import percent
from engine.wording import DELIVERIES, counted, day_words, in_words, listed, when_words

TEMPLATES = Path(__file__).with_name("templates")


def page(template: str, **view: Any) -> str:
    """The page that ``template`` (a file of ``engine/templates``) makes of ``view``."""
    return _environment().get_template(template).render(**view)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    words = {"counted": counted, "day_words": day_words, "in_words": in_words, "listed": listed, "when": when_words}
    environment.filters.update(words)
    environment.filters.update({"percent": percent, "km": kilometres})
    environment.globals["deliveries"] = DELIVERIES
    return environment
