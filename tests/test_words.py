"""Rung in its languages: nothing is said that cannot be translated, and no translation says something else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext

from programming.shipped import CONTEXT, shown, within
from words.catalogues import PLURALS, brought_up, compiled, mo_path, po_path, read, template_of
from words.checking import faults_of, untranslated
from words.collecting import Sentence, in_template, marked, sentences
from words.untranslated import untranslated_in

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_everything_in_a_template_can_be_translated(path: Path) -> None:
    assert untranslated_in(path.read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Saved.</p>", ["Saved."]),
        ("<p>{{ count }} here</p>", ["… here"]),
        ('<button aria-label="Close">×</button>', ["Close"]),
        ('<form data-said="Nobody was marked.">', ["Nobody was marked."]),
        ('<form data-key="wall-tap" data-finds=".swap button">', []),
        ("<b>Rung</b> {% translate 'Saved.' %} {{ name }} · 3 × 8", []),
        ("{% comment %}Why so.{% endcomment %}{% blocktranslate %}{{ name }} is here{% endblocktranslate %}", []),
    ],
)
def test_a_word_that_nobody_can_translate_is_found(source: str, found: list[str]) -> None:
    assert untranslated_in(source) == found


# What a script throws is read by whoever looks for a mistake of ours; everything else comes from the page.
SAID = re.compile(r"""(["'`])([A-Z][a-z]+(?: [\w’,]+)+[^"'`]*)\1""")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_has_no_words_of_its_own(path: Path) -> None:
    source = re.sub(r"/\*.*?\*/|//[^\n]*|new \w*Error\([^)]*\)", "", path.read_text(), flags=re.DOTALL)
    assert [words for _mark, words in SAID.findall(source)] == []


def modules() -> Iterator[Path]:
    for room in ("gym", "programming"):
        yield from (path for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)


def said_at_once(source: str) -> list[int]:
    """Lines at which a module translates while it is imported: whoever reads it later has another language."""
    tree = ast.parse(source)
    now = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in {"gettext", "ngettext", "pgettext", "npgettext"}
    }
    found, todo = [], list(ast.iter_child_nodes(tree))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            # What stands in its defaults and decorators is worked out at once.
            defaults = [each for each in (*node.args.defaults, *node.args.kw_defaults) if each]
            todo += [*defaults, *getattr(node, "decorator_list", [])]
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in now:
            found.append(node.lineno)
        todo += ast.iter_child_nodes(node)
    return sorted(found)


def test_nothing_is_translated_before_it_is_known_for_whom() -> None:
    wrong = {path.name: lines for path in modules() if (lines := said_at_once(path.read_text()))}
    assert wrong == {}


def test_a_sentence_that_is_translated_too_early_is_found() -> None:
    header = "from django.utils.translation import gettext as _\n"
    assert said_at_once(header + "WORDS = {'a': _('Saved.')}") == [2]
    assert said_at_once(header + "def say(words=_('Saved.')):\n    return _('Gone.')") == [2]
    assert said_at_once(header.replace("gettext", "gettext_lazy") + "WORDS = _('Saved.')") == []


@pytest.mark.parametrize("language", PLURALS)
def test_everything_that_rung_says_is_translated(language: str) -> None:
    catalog = brought_up(read(language), template_of(sentences()))
    assert untranslated(catalog) == [], "make words, then translate what is new"


def test_sentences_are_collected_from_everywhere() -> None:
    found = set(sentences())
    assert Sentence("programming/words.py", "%(count)s person", "%(count)s people") in found
    assert Sentence("programming/library/hinge.toml", "Wall tap", context=CONTEXT) in found
    assert len(found) > 1000
    source = (
        "<p>\n  {% blocktranslate count n=2 %}one{% plural %}{{ n }} of them{% endblocktranslate %}\n</p>{% if a %}\n"
    )
    assert list(in_template(source + "  {{ b|default:_('None') }}", "a.html")) == [
        Sentence("a.html", "one", "%(n)s of them"),
        Sentence("a.html", "None"),
    ]
    assert list(marked(b"from x import pgettext\npgettext('a', 'b')", "a.py")) == [Sentence("a.py", "b", context="a")]


@pytest.mark.parametrize("language", PLURALS)
def test_values_plurals_and_marks_are_those_of_the_sentence(language: str) -> None:
    assert faults_of(read_po(BytesIO(po_path(language).read_bytes()), locale=language)) == []


@pytest.mark.parametrize(
    ("sentence", "translated", "is_right"),
    [
        ("%(name)s is here", "%(name)s ist da", True),
        ("%(name)s is here", "%(nam)s ist da", False),
        ("%(name)s is here", "ist da", False),
        ("<b>Seen</b> twice", "Zweimal <b>gesehen</b>", True),
        ("<b>Seen</b> twice", "Zweimal gesehen", False),
        (("%(days)s day", "%(days)s days"), ("ein Tag", "%(days)s Tage"), True),
        (("%(days)s day", "%(days)s days"), ("%(days)s Tag", "Tage"), False),
        (("%(days)s day", "%(days)s days"), ("%(days)s Tag",), False),
        ("Saved.", "Gespeichert!", False),
        (" at", "um", False),
        ("{n} taps wait", "Tipps warten", False),
        ("one|{n} of them", "einer, {n} davon", False),
        ("here=here;late=late", "da=da;late=verspätet", False),
        ("here=here;late=late", "here=da;late=verspätet", True),
    ],
)
def test_a_translation_that_cannot_be_right_is_found(
    sentence: str | tuple[str, str], translated: str | tuple[str, ...], is_right: bool
) -> None:
    catalog = Catalog(locale="de")
    catalog.add(sentence, translated)
    assert (faults_of(catalog) == []) is is_right


@pytest.mark.parametrize("language", PLURALS)
def test_what_django_reads_is_what_people_wrote(language: str) -> None:
    assert mo_path(language).read_bytes() == compiled(language), "make words"


def test_days_and_numbers_are_written_as_the_language_does() -> None:
    day = date(2026, 11, 21)
    said = {}
    for language in ("en", "de", "fr"):
        with translation.override(language):
            said[language] = (date_format(day, gettext("l j F")), number_format(17.5))
    assert said == {
        "en": ("Saturday 21 November", "17.5"),
        "de": ("Samstag, 21. November", "17,5"),
        "fr": ("samedi 21 novembre", "17,5"),
    }


def test_a_gyms_own_words_stay_as_typed() -> None:
    with translation.override("de"):
        assert shown("Sandbag carry of ours") == "Sandbag carry of ours"
        assert shown("") == ""
        assert within("Wandtippen") == "Wandtippen"
    with translation.override("fr"):
        assert within("Bâton") == "bâton"
