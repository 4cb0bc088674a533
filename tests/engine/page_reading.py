"""A page as a parser sees it: elements with their attributes and text, for tests that ask what is where."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "hr", "input"}


@dataclass
class Element:
    """One element of a page."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Its own text and that of all that is in it, in order of appearance as near as matters."""
        return " ".join(" ".join([*self.pieces, *(child.text() for child in self.children)]).split())

    def all(self, *tags: str) -> list[Element]:
        """Every element of these tags within it."""
        return [each for each in self.walk() if each.tag in tags]

    def walk(self):
        for child in self.children:
            yield child
            yield from child.walk()


class Page(HTMLParser):
    """A page that closes every element it opens; anything else is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Element("page", {})
        self._open = self.root
        self.feed(text)
        assert self._open is self.root, f"<{self._open.tag}> is never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.children.append(element)
        if tag not in VOID:
            self._open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.children.append(Element(tag, {name: value or "" for name, value in attrs}, self._open))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.tag == tag, f"</{tag}> closes <{self._open.tag}>"
        self._open = self._open.parent

    def handle_data(self, data: str) -> None:
        self._open.pieces.append(data)


def tables(page: Page) -> dict[str, list[list[str]]]:
    """The rows of text of every table by its caption, the header first."""
    return {
        table.all("caption")[0].text(): [[cell.text() for cell in row.all("th", "td")] for row in table.all("tr")]
        for table in page.root.all("table")
    }
