"""A coach's screen as the tests use it: it opens pages and presses buttons, with htmx or without scripts.

It sends what a browser would send: the form's fields, the button, and with htmx the request's headers and target.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

from django.apps import apps
from django.db import connection
from django.test import Client

from gym.models import Gym, Membership
from gym.scope import in_gym
from programming.models import ClassSession, Placement
from tests import make
from tests.page import Element, read
from tests.people import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

HTMX = {"HX-Request": "true"}


@dataclass
class Screen:
    """The board of one class on one tablet. Without `htmx` it is a browser without scripts."""

    client: Client
    session: ClassSession
    coach: Membership
    htmx: bool = False

    @property
    def board_url(self) -> str:
        return f"/gym/{self.session.gym.slug}/class/{self.session.pk}/"

    def url(self, member: Membership, kind: str = "") -> str:
        """The address of a member's taps of one kind."""
        return f"{self.board_url}{member.pk}/{kind}/" if kind else f"{self.board_url}{member.pk}/"

    # Looking ----------------------------------------------------------------------------------------

    def get(self, path: str = "", *, target: str = "") -> Answer:
        """Ask for something below the board's address."""
        return self.client.get(self.board_url + path, headers=self._headers(target))

    def board(self) -> Element:
        """The whole board, newly loaded."""
        answer = self.client.get(self.board_url)
        assert answer.status_code == 200
        return page(answer)

    def row(self, member: Membership) -> Element:
        """The member's row on the board, newly loaded."""
        return self.board().one("li", id=f"m-{member.pk}")

    def line(self, member: Membership) -> str:
        """What the row says below the name."""
        return self.row(member).one("small").text

    def said(self, member: Membership) -> str:
        """What the row shows there where the whole sentence has no room."""
        return self.row(member).all("span", class_="narrow")[0].text

    def sentence(self, member: Membership) -> str:
        """The whole sentence of it."""
        return self.row(member).all("span", class_="wide")[0].text

    def sheet(self, member: Membership, opening: str = "") -> Element:
        """The member's sheet, newly opened."""
        answer = self.get(f"{member.pk}/sheet/" + (f"?opening={opening}" if opening else ""))
        assert answer.status_code == 200
        return page(answer)

    # Tapping ----------------------------------------------------------------------------------------

    def tap(self, member: Membership, kind: str, **values: Any) -> Answer:
        """Send a tap with just these values."""
        target = "sheet" if values.get("from") == "sheet" else f"m-{member.pk}"
        return self.client.post(self.url(member, kind), values, headers=self._headers(target))

    def press(self, button: Element, *, tap: UUID | None = None, **typed: str) -> Answer:
        """Press a button that a page or part shows, having typed into the form's fields."""
        form = form_of(button)
        assert "disabled" not in button
        sent: dict[str, Any] = inputs_of(form)
        sent |= {field["name"]: field.text for field in form.all("textarea")}
        sent |= {field["name"]: field.all("option")[0]["value"] for field in form.all("select")}
        assert typed.keys() <= sent.keys()
        sent |= typed
        if "name" in button:
            sent[button["name"]] = button["value"]
        if self.htmx:
            # Scripts give every tap a key of its own, whatever the form brings.
            sent["tap"] = str(tap or uuid4())
        method, address = form.attributes.get("method", "get"), form["action"]
        # Where htmx sends it, a browser without scripts sends it too.
        assert address == form[f"hx-{method}"]
        send = self.client.get if method == "get" else self.client.post
        return send(address, sent, headers=self._headers(self._target(form)))

    def _target(self, form: Element) -> str:
        for element in form.up:
            target = element.attributes.get("hx-target") or element.attributes.get("hx-target:inherited", "")
            if target == "closest .row":
                return next(row["id"] for row in form.up if "row" in row.attributes.get("class", "").split())
            if target:
                return target.removeprefix("#")
        return ""

    def _headers(self, target: str = "") -> dict[str, str]:
        return {**HTMX, "HX-Target": f"div#{target}", "HX-Current-URL": self.board_url} if self.htmx else {}

    # What came of it ----------------------------------------------------------------------------------

    def answer_is_own_row(self, answer: Answer, member: Membership, status: int = 200) -> Element:
        """The answer holds the member's own row with the counts and the bar, and nothing else; returns the row.

        Without htmx it leads back to that row on the board.
        """
        if not self.htmx:
            assert (answer.status_code, answer.headers["Location"]) == (302, f"{self.board_url}#m-{member.pk}")
            return self.row(member)
        assert answer.status_code == status
        parts = page(answer).children
        assert [part["id"] for part in parts] == [f"m-{member.pk}", "counts", "bar"]
        assert ["hx-swap-oob" in part for part in parts] == [False, True, True]
        return parts[0]

    def answer_is_sheet(self, answer: Answer, member: Membership, opening: str = "", status: int = 200) -> Element:
        """The answer holds the member's sheet, and beside it their row, the counts and the bar; returns the sheet.

        Without htmx it leads back to the sheet, in the same opening.
        """
        if not self.htmx:
            assert answer.status_code == 302
            there = urlsplit(answer.headers["Location"])
            assert there.path == self.url(member, "sheet")
            assert not opening or there.query == f"opening={opening}"
            answer = self.client.get(answer.headers["Location"])
            assert answer.status_code == 200
            return page(answer).one("div", id="sheet-content")
        assert answer.status_code == status
        sheet, partial, counts, bar = page(answer).children
        assert (sheet["id"], sheet["data-row"]) == ("sheet-content", f"m-{member.pk}")
        assert (partial.tag, partial["hx-target"], partial["hx-swap"]) == (
            "hx-partial",
            f"#m-{member.pk}",
            "outerMorph",
        )
        assert [row["id"] for row in partial.children] == [f"m-{member.pk}"]
        assert [counts["id"], bar["id"]] == ["counts", "bar"]
        assert "hx-swap-oob" in counts and "hx-swap-oob" in bar
        return sheet

    def refusal(self, answer: Answer, status: int = 422) -> str:
        """The sentence of a refusal, the same wherever it is said: the sheet, the field, the row, the bar."""
        assert answer.status_code == status
        shown = page(answer)
        if not self.htmx:
            assert shown.all("html"), "a whole page for a browser without scripts"
        said = [element.text for element in shown.all("p", role="alert")]
        said += [row.one("small").text for row in shown.all("li", data_refused="")]
        said += [element.text for element in shown.all("span", data_refused="")]
        said += [element.text for element in shown.all("ul", class_="errorlist")]
        assert said, shown.text[:500]
        sentence = said[-1]
        assert all(sentence in each for each in said), said
        return sentence

    def takes_it_once(self, member: Membership, kind: str, **values: str) -> None:
        """The same tap again, with its key, writes nothing and is answered in the same way."""
        key = str(uuid4())
        first = self.tap(member, kind, tap=key, **values)
        assert first.status_code == (200 if self.htmx else 302), first.content
        with nothing_written():
            again = self.tap(member, kind, tap=key, **values)
        assert again.status_code == first.status_code
        assert again.headers["X-Op"] == first.headers["X-Op"] == key

    def takes_it_from_coaches_only(self, cast: Cast, member: Membership, kind: str, **values: str) -> None:
        """Posted, by a coach of this gym, for somebody on this roster: anything else is refused and writes nothing."""
        with nothing_written():
            assert self.get(f"{member.pk}/{kind}/?{urlencode(values)}").status_code == 405
            away = make.person(cast.northside, "Away Abel")
            with nothing_written():
                assert self.tap(away, kind, **values).status_code == 404
                assert self.tap(away, kind, tap="nonsense").status_code == 404
                assert self.tap(cast.sam, kind, **values).status_code == 404
                for person, status in ((cast.hana, 404), (cast.ana, 403), (cast.nia, 403)):
                    assert person.user is not None
                    self.client.force_login(person.user)
                    key = str(uuid4())
                    answer = self.tap(member, kind, tap=key, **values)
                    assert (answer.status_code, answer.headers["X-Op"]) == (status, key)
                self.client.logout()
                answer = self.tap(member, kind, tap=str(uuid4()), **values)
                assert answer.status_code == (401 if self.htmx else 302)
                # The tap is not settled: it waits until somebody has signed in.
                assert "X-Op" not in answer.headers
            away.delete()

    def refusals(self, member: Membership, kind: str, table: list[dict[str, str]]) -> set[str]:
        """Each of these taps is refused and leaves everything as it was; returns the sentences."""
        said = set()
        with nothing_written():
            for values in table:
                answer = self.tap(member, kind, **values)
                said.add(self.refusal(answer))
                # What makes no sense is not sent back.
                assert len(answer.content) < 60_000, str(values)[:80]
        return said


def form_of(button: Element) -> Element:
    """The form that the button sends: the one it names, else the one around it."""
    *_inner, root = button.up
    if "form" in button:
        return root.one("form", id=button["form"])
    return next(element for element in button.up if element.tag == "form")


def inputs_of(form: Element) -> dict[str, Any]:
    """What the form's inputs send, those that stand elsewhere and name it too; a list where a name comes twice."""
    *_inner, root = form.up
    elsewhere = root.all("input", form=form["id"]) if "id" in form else []
    sent: dict[str, Any] = {}
    for field in [*form.all("input"), *elsewhere]:
        if "name" in field and (field.attributes.get("type") != "checkbox" or "checked" in field):
            unsaid = "on" if field.attributes.get("type") == "checkbox" else ""
            sent.setdefault(field["name"], []).append(field.attributes.get("value", unsaid))
    return {name: values if len(values) > 1 else values[0] for name, values in sent.items()}


def page(answer: Answer) -> Element:
    """The page or parts of an answer, whose ids are all different."""
    tree = read(answer.content.decode())
    ids = [element["id"] for element in tree.walk() if "id" in element]
    twice = {each for each in ids if ids.count(each) > 1}
    assert not twice, twice
    return tree


def everything() -> dict[str, list[Any]]:
    """Every row of every gym, sessions and sign-ins aside."""
    models: list[Any] = [*apps.get_app_config("programming").get_models(), Membership, Gym]
    # As the database has them: a test reads them again and again, and only compares.
    with connection.cursor() as cursor:
        return {model.__name__: sorted(map(repr, rows_of(cursor, model._meta.db_table))) for model in models}


def rows_of(cursor: Any, table: str) -> list[tuple[Any, ...]]:
    """Every row of the table."""
    cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a model's own name
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


@contextmanager
def nothing_written(*but: str) -> Iterator[None]:
    """Whatever happens inside leaves every row as it was, but those of the models named."""
    before = everything()
    yield
    after = everything()
    for name, rows in before.items():
        assert name in but or after[name] == rows, name


def standing(member: Membership) -> Any:
    """Where the member stands on the gym's one ladder, as stored now, whenever something was last said of it."""
    with in_gym(member.gym):
        placement = Placement.objects.select_related("progression").filter(member=member).first()
        return replace(placement.position, last=None) if placement else None
