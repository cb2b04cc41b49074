"""Words in a template that nobody can translate: between its tags, and in attributes that are read aloud or shown."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from django.template.base import Lexer, TokenType

# Names and marks that are the same in every language.
SAME_EVERYWHERE = {"Rung", "QR", "PIN", "CSV", "JSON", "PDF", "TV", "cm", "kg"}
SHOWN = {"alt", "aria-description", "aria-label", "aria-roledescription", "aria-valuetext", "placeholder", "title"}
WORD = re.compile(r"[^\W\d_]{2,}")
ATTRIBUTES = re.compile(r'(\s*[a-z-]+="[^"]*"|\s*data-[a-z-]+)+\s*')
SENTENCE = re.compile(r"[\w\x00]\S* +\S")
# Stands for what Django puts in.
PUT_IN = "\x00"


class Reader(HTMLParser):
    """Collects the words of a page that stand there for people."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"script", "style"}
        for name, value in attrs:
            # A sentence that a script shows stands in an attribute of ours; keys and numbers do so as well.
            is_sentence = name.startswith("data-") and SENTENCE.match(value or "")
            if name in SHOWN or is_sentence:
                self._look_at(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._look_at(data)

    def _look_at(self, text: str) -> None:
        # A block that puts attributes into a tag is none.
        if not ATTRIBUTES.fullmatch(text) and any(word not in SAME_EVERYWHERE for word in WORD.findall(text)):
            self.found.append(" ".join(text.replace(PUT_IN, "…").split()))


def untranslated_in(source: str) -> list[str]:
    """The words of that template that are not marked for translation."""
    pieces, until = [], ""
    for token in Lexer(source).tokenize():
        name = token.contents.split(maxsplit=1)[0] if token.token_type == TokenType.BLOCK and token.contents else ""
        if until:
            until = "" if name == until else until
        elif name in {"comment", "blocktranslate", "blocktrans"}:
            until = f"end{name}"
        elif token.token_type == TokenType.TEXT:
            pieces.append(token.contents)
        elif token.token_type == TokenType.VAR or name in {"translate", "url", "static"}:
            pieces.append(PUT_IN)
    reader = Reader()
    reader.feed("".join(pieces))
    reader.close()
    return reader.found
