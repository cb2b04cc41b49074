"""locale/*/LC_MESSAGES/django.po: brought up to what the code says, and compiled into what Django reads.

Nothing in them changes with the day or with a line's number, so that two people's changes meet without a clash.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

from words.collecting import Sentence

ROOT = Path(settings.BASE_DIR)
# As Django's own catalogues count: a language of ours that counts otherwise could not be joined with them.
PLURALS = {"de": "nplurals=2; plural=(n != 1);", "fr": "nplurals=2; plural=(n > 1);"}
# Babel notes when it wrote a file; ours are the same on every day.
NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def po_path(language: str) -> Path:
    """The translations as people write them."""
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def mo_path(language: str) -> Path:
    """The translations as Django reads them."""
    return po_path(language).with_suffix(".mo")


def template_of(sentences: Iterable[Sentence]) -> Catalog:
    """Everything to translate, without translations."""
    catalog = Catalog()
    for file, one, many, context in sentences:
        catalog.add((one, many) if many else one, locations=[(file, 1)], context=context)
    return catalog


def read(language: str) -> Catalog:
    """The translations there are."""
    path = po_path(language)
    text = path.read_bytes() if path.exists() else b""
    return read_po(BytesIO(text or header(language).encode()), locale=language)


def header(language: str) -> str:
    """What a catalogue begins with. Babel's own would name the hour at which it was written."""
    lines = [f"Language: {language}", "Content-Type: text/plain; charset=UTF-8", f"Plural-Forms: {PLURALS[language]}"]
    return "\n".join(['msgid ""', 'msgstr ""', *(f'"{line}\\n"' for line in lines), "", ""])


def brought_up(old: Catalog, template: Catalog) -> Catalog:
    """The translations of what is said now; the rest is left out. Nothing is guessed from what reads alike."""
    new = Catalog(locale=old.locale)
    for message in template:
        if not message.id:
            continue
        known = old.get(message.id, message.context)
        empty = ("", "") if message.pluralizable else ""
        is_same = known is not None and known.pluralizable == message.pluralizable and known.id == message.id
        string = known.string if known is not None and is_same and not known.fuzzy else empty
        new.add(message.id, string, locations=message.locations, flags=message.flags, context=message.context)
    return new


def written(language: str, catalog: Catalog) -> str:
    """The text of a .po file."""
    file = BytesIO()
    write_po(file, catalog, width=116, omit_header=True, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    return header(language) + file.getvalue().decode().strip() + "\n"


def compiled(language: str) -> bytes:
    """The .mo file that the .po file makes."""
    file, catalog = BytesIO(), read_po(BytesIO(po_path(language).read_bytes()), locale=language)
    catalog.creation_date = catalog.revision_date = NO_DAY
    write_mo(file, catalog)
    return file.getvalue()
