"""Every page and part that the application draws is valid HTML, as the Nu checker reads the standard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test.signals import template_rendered

from programming.models import ClassSession
from tests.html.checker import document, faults, has_checker
from tests.letters import every_letter
from tests.test_access import HOUSE, INVITED, OF_THE_GYM, OPEN, SIGN_IN, Asking, World, address, new_world
from tests.test_pages import OURS
from tests.test_pages import board as board

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytest_plugins = ["tests.people"]
world = new_world
pytestmark = pytest.mark.skipif(not has_checker(), reason="there is no Nu checker, or no Java to run it")

TEMPLATES = Path(settings.BASE_DIR) / "templates"
# Django draws these where no request can be trusted any more.
ERRORS = ["400.html", "429.html", "500.html", "503.html"]
# In place of allauth's own, should one of its pages be opened that is closed today.
NEVER_DRAWN = {
    "account/email.html",
    "account/email_confirm.html",
    "account/verification_sent.html",
    "account/verified_email_required.html",
    *(f"allauth/layouts/{name}.html" for name in ("base", "entrance", "manage")),
}


def by_address(world: World) -> Iterator[tuple[str, Answer]]:
    """What every address answers, whoever asks and however: the table that names them all is never behind."""
    # Coaches are shown what owners are shown, and strangers that nothing is there.
    for role in ("owner", "member", "anonymous"):
        asking = Asking(world.browser(role))
        for route, door in {**HOUSE, **SIGN_IN, **OF_THE_GYM, **OPEN, **INVITED}.items():
            url, filled = address(route, world.own), world.fill(door.body, world.own)
            for kind, headers in (("page", {}), ("part", {"HX-Request": "true"})):
                for method, body in (("GET", {}), ("POST", filled), ("POST", {})):
                    where = f"{method} {route} of a {role}, as a {kind}{', with nothing in it' * (not body)}"
                    yield where, asking.ask(method, url, body, **headers)


def every_answer(world: World, board: str) -> Iterator[tuple[str, Answer]]:
    """Everything on a board with a row of each kind, what else test_pages looks at, and every address."""
    for answers in OURS:
        cache.clear()
        yield from answers(world.cast, board)
    yield from by_address(world)


def test_every_page_and_part_is_valid(world: World, board: str) -> None:
    pages: dict[str, str] = {}
    seen: set[str] = set()
    answered: set[str] = set()
    templates: set[str | None] = set()

    def see(template: Any, **kwargs: Any) -> None:
        templates.add(template.name)

    template_rendered.connect(see)
    try:
        for where, answer in every_answer(world, board):
            if answer.status_code == 200:
                answered.add(answer.resolver_match.route)
            html = answer.content.decode() if answer.headers["Content-Type"].startswith("text/html") else ""
            # What differs in its token and keys alone is no other page.
            known = re.sub(r'"X-CSRFToken": "\w+"|value="[\w-]{36,64}"|opening=[\w-]{36}', "", html)
            if html and known not in seen:
                seen.add(known)
                pages[where] = html
        pages.update({name: render_to_string(name) for name in ERRORS})
        pages.update(every_letter(world.cast, ClassSession.across_gyms.get(pk=world.own["session_id"])))
    finally:
        template_rendered.disconnect(see)

    # Nothing is left out: no address of the gym that answers, and no template.
    assert {route for route, door in OF_THE_GYM.items() if 200 in door.get.values()} - answered == set()
    every = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}
    assert every - templates == NEVER_DRAWN
    found = faults(pages)
    assert not found, "\n".join(found)


BROKEN = {
    "an element that is not closed": "<p><b>Clean</p>",
    "an id twice": '<p id="a"></p><p id="a"></p>',
    "an attribute of nobody": '<button hxx-post="/">Clean</button>',
    "a style": '<p style="colour: red">Clean</p>',
    "a block in a line": "<span><div>Clean</div></span>",
    "a label for nothing": '<label for="b">Name</label>',
    "a button in a button": "<button>Clean<button>Fault</button></button>",
    "a time that is none": '<time datetime="18.00 o\'clock">18:00</time>',
    "a role that an element cannot have": '<h2 role="checkbox">Clean</h2>',
    "something in a list that is no item": "<ul><p>Clean</p></ul>",
    "broken in a partial": '<hx-partial hx-target="#a"><li>Clean</b></li></hx-partial>',
    "an element of nobody": "<clean>Clean</clean>",
    "a warning": "<section><p>Clean</p></section>",
    "a page without a title": '<!doctype html><html lang="en"><head></head><body><h1>Board</h1></body></html>',
}
SOUND = {
    "htmx": '<form hx-post="/" hx-target:inherited="#a" hx-swap-oob="true"><button>Clean</button></form>',
    "an item": '<li hx-sync:inherited="this">Clean</li>\n<p>Two seen</p>',
    "a partial": '<p>Clean</p><hx-partial hx-target="#a"><li>Clean<br>again</li></hx-partial>',
    "a list that shows no bullets": '<ul role="list"><li>Clean</li></ul>',
    "a figure": '<svg aria-hidden="true"><use href="#check"/></svg><p>Clean &amp; seen</p>',
}


def test_the_checker_finds_what_is_wrong_and_nothing_else() -> None:
    found = faults({**BROKEN, **SOUND})
    said = {each.partition(":")[0] for each in found}
    assert said == set(BROKEN), "\n".join(found)


def test_a_part_gets_the_smallest_page_around_it() -> None:
    whole = document('<li id="a"><b>A</b></li>\n<hx-partial hx-target="#b"><li>B</li></hx-partial><p>C<br>D</p>')
    assert '<ul><li id="a"><b>A</b></li>' in whole
    assert "<ul><li>B</li>" in whole
    assert whole.endswith("<p>C<br>D</p></main></body></html>")
    page = "<!DOCTYPE html><title>Board</title>"
    assert document(page) == page
