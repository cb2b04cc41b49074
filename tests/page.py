"""A page or part as a test reads it: a tree of elements, found by id, tag, words and attributes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Elements that never have an end tag.
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass(eq=False)
class Element:
    """One element. `pieces` are its elements and texts in the order of the page."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parent: Element | None = None
    pieces: list[Element | str] = field(default_factory=list)

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    @property
    def children(self) -> list[Element]:
        """The elements directly inside."""
        return [piece for piece in self.pieces if isinstance(piece, Element)]

    @property
    def text(self) -> str:
        """Everything a person reads in it, with single spaces."""
        return " ".join(self.raw.split())

    @property
    def raw(self) -> str:
        """All its text as it stands in the page."""
        return "".join(self._texts())

    def _texts(self) -> Iterator[str]:
        for piece in self.pieces:
            if isinstance(piece, str):
                yield piece
            else:
                yield from piece._texts()

    @property
    def up(self) -> Iterator[Element]:
        """The element itself and all around it, from the inside out."""
        here: Element | None = self
        while here is not None:
            yield here
            here = here.parent

    def walk(self) -> Iterator[Element]:
        """Every element inside, in the order of the page."""
        for child in self.children:
            yield child
            yield from child.walk()

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """The elements inside with that tag and these attributes; `_` in a name stands for `-`.

        An alert that is hidden until a script shows it says nothing yet, and is none of them.
        """
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.walk()
            if tag in ("", element.tag)
            and all(element.attributes.get(name) == value for name, value in wanted.items())
            and not ("hidden" in element and element.attributes.get("role") == "alert")
        ]

    def one(self, tag: str = "", **attributes: str) -> Element:
        """The only such element inside."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag} {attributes}"
        return found[0]

    def button(self, words: str) -> Element:
        """The only button inside that begins with these words."""
        found = [button for button in self.all("button") if button.text.startswith(words)]
        assert len(found) == 1, f"{len(found)} of “{words}” among {[button.text for button in self.all('button')]}"
        return found[0]


class Builder(HTMLParser):
    """Builds the tree; an end tag that closes nothing fails."""

    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in <{tag} {names}>"
        element = Element(tag, {name: value or "" for name, value in attrs}, parent=self.here)
        self.here.pieces.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag, f"</{tag}> inside <{self.here.tag}>"
        assert self.here.parent is not None
        if tag == "template":
            # What it holds stands on no page.
            self.here.pieces.clear()
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.pieces.append(data)


def read(html: str) -> Element:
    """The tree of a whole page or of parts beside each other; its root has no tag."""
    builder = Builder()
    builder.feed(html)
    builder.close()
    assert builder.here is builder.root, f"<{builder.here.tag}> is not closed"
    return builder.root
