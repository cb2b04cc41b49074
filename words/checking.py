"""What can be wrong with a translation without knowing the language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from babel.messages.catalog import Catalog, Message

# Where a value stands, here or for a script; marks of HTML; and in a list of words for a script its marks and keys.
PLACES = re.compile(r"%\(\w+\)[a-z]|%%|%[sd]|\{\w*\}|</?[a-z][^>]*>|\||(?:^|;)[\w-]+=")
ONE_OF_MANY = re.compile(r"%\((count|number|days|times|minutes|seconds|hours|people|taps|weeks|months)\)[a-z]")


def untranslated(catalog: Catalog) -> list[str]:
    """What has no translation, or one that somebody only guessed."""
    return [one(message) for message in catalog if message.id and (message.fuzzy or not all(strings(message)))]


def faults_of(catalog: Catalog) -> list[str]:
    """What is wrong with the translations there are, each in a line."""
    return [fault for message in catalog if message.id for fault in faults_in(message, catalog.num_plurals)]


def faults_in(message: Message, plurals: int) -> Iterator[str]:
    """What is wrong with one translation."""
    given = strings(message)
    if not any(given):
        return
    if len(given) != (plurals if message.pluralizable else 1):
        yield f"{one(message)!r} has {len(given)} forms"
    originals = forms_of(message.id)
    for place, text in enumerate(given):
        original = originals[min(place, len(originals) - 1)]
        if text and places(text) != places(original) and not (place == 0 and is_one(text, originals)):
            yield f"{original!r}: {text!r} has other places for values, or other marks"
        if text and ends(text) != ends(original):
            yield f"{original!r}: {text!r} begins or ends with other spaces"
        if "!" in text and "!" not in original:
            yield f"{original!r}: {text!r} shouts"


def is_one(text: str, originals: tuple[str, ...]) -> bool:
    """Whether the form for one leaves out the number that the form for many has, as "ein Tag" does."""
    left_out = places(originals[-1]) - places(text)
    is_more = places(text) - places(originals[-1])
    return len(originals) > 1 and not is_more and all(ONE_OF_MANY.fullmatch(place) for place in left_out)


def strings(message: Message) -> tuple[str, ...]:
    """The translation's forms."""
    return forms_of(message.string)


def forms_of(text: Any) -> tuple[str, ...]:
    """A text's forms: for one and for many, or one for all."""
    return tuple(text) if isinstance(text, tuple | list) else (text or "",)


def one(message: Message) -> str:
    """The sentence itself."""
    return forms_of(message.id)[0]


def places(text: str) -> Counter[str]:
    """Where values stand, and marks of HTML, in whatever order."""
    return Counter(PLACES.findall(text))


def ends(text: str) -> tuple[bool, bool]:
    """Whether a text begins and ends with space: it is put between others."""
    return text[:1].isspace(), text[-1:].isspace()
