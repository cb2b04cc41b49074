"""One class on three screens at once, over HTTP: honest taps, the same again, other bodies, and what makes no sense.

After every step the board draws, what is stored is what replaying the history gives, and every tap that was
acknowledged is there, once.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from gym.models import Membership
from gym.scope import in_gym
from programming.models import Note, Tap
from tests import hostile, make
from tests.coach.screen import HTMX, everything, page
from tests.hostile import Sent
from tests.people import Cast
from tests.test_access import CLASS, OF_THE_GYM
from tests.test_hostile import BESIDE, fields_of, form_of, send, takes_a_form
from tests.test_ladder_properties import check_stored

pytest_plugins = ["tests.people"]

STAGES = st.sampled_from(["wall-tap", "dowel", "loaded"])
WORDS = st.sampled_from(["Left shoulder stiff.", "🏋️‍♀️ “{{ 7 }}”", "</textarea>\r\nשלום"])
# What the screens send, by kind of tap.
HONEST: dict[str, st.SearchStrategy[dict[str, str]]] = {
    "stage": st.fixed_dictionaries({"stage": STAGES}),
    "saw": st.fixed_dictionaries({"saw": st.sampled_from(["clean", "not_yet", "seen"]), "stage": STAGES}),
    "fault": st.fixed_dictionaries({"fault": st.sampled_from(["squats-it", "chin-up"]), "stage": STAGES}),
    "setting": st.fixed_dictionaries({"setting": st.sampled_from(["200", "300"]), "stage": st.just("wall-tap")}),
    "drill": st.fixed_dictionaries({"drill": st.just("horizontal-dowel-hinge"), "stage": st.just("dowel")}),
    "pain": st.fixed_dictionaries({"where": st.sampled_from(["", "knee"])}),
    "clear": st.fixed_dictionaries({"note": WORDS}),
    "note": st.fixed_dictionaries({"note": WORDS}),
    "assign": st.fixed_dictionaries({"drill": st.just("cat-cow"), "wanted": st.sampled_from(["yes", "no"])}),
    "attendance": st.fixed_dictionaries({"state": st.sampled_from(["here", "no_show"])}),
}
TAPS = st.sampled_from([*HONEST, "stage", "stage", "saw", "saw"]).flatmap(
    lambda kind: st.tuples(st.just(kind), HONEST[kind])
)
COACH = st.integers(0, 2)
WHO = st.integers(0, 4)
AGE = st.sampled_from(["0", "0", "40", "60000", "7200000"])
# Where nonsense goes: taps, limits, and everything for several.
ADDRESSES = [route for route in OF_THE_GYM if route.startswith(CLASS) and route != f"{CLASS}add/"]
ADDRESSES = [route for route in ADDRESSES if takes_a_form(route)]


class Evening(RuleBasedStateMachine):
    """Carla's and Olga's tablets, and Kim's browser without scripts, on a class of five."""

    cast: ClassVar[Cast]
    browsers: ClassVar[list[Client]]

    def __init__(self) -> None:
        super().__init__()
        self.undone_at_the_end = transaction.atomic()
        self.undone_at_the_end.__enter__()
        cache.clear()
        self.members = self.cast.members
        self.session = make.class_session(self.cast.northside, self.members, coach=self.cast.carla)
        self.board = f"/gym/{self.cast.northside.slug}/class/{self.session.pk}/"
        # Every tap that was settled: its key, and the coach, address and body that brought it, with the status.
        self.settled: list[tuple[UUID, int, str, dict[str, str], int]] = []
        self.written: list[str] = []
        self.touched = self.members[0]

    def teardown(self) -> None:
        for member in self.members:
            self.is_what_history_makes(member)
        transaction.set_rollback(True)
        self.undone_at_the_end.__exit__(None, None, None)

    # What coaches do --------------------------------------------------------------------------------

    def post(self, coach: int, url: str, body: dict[str, str]) -> int:
        """Send a form as that coach's screen does; the status of the answer."""
        headers = HTMX if coach != 1 else {}
        return self.browsers[coach].post(url, body, headers=headers).status_code

    def tap(
        self, coach: int, member: Membership, kind: str, values: dict[str, str], sheet: bool = False, age: str = "0"
    ) -> None:
        self.touched = member
        more = {"age": age, **({"from": "sheet"} if sheet else {})}
        status = self.settle(coach, f"{self.board}{member.pk}/{kind}/", {**values, **more})
        assert status in (302 if coach == 1 else 200, 422)
        if status != 422 and "note" in values:
            self.written.append(values["note"])

    def settle(self, coach: int, url: str, values: dict[str, Any]) -> int:
        """Send a tap with a key of its own."""
        key = uuid4()
        body = {**values, "tap": str(key)}
        status = self.post(coach, url, body)
        self.settled.append((key, coach, url, body, status))
        return status

    def several(self, coach: int, url: str, values: dict[str, Any]) -> None:
        """A tap for several people; without scripts the board itself says whom a rule kept out."""
        assert self.settle(coach, url, values) in (200, 302, 422)
        for member in self.members:
            self.is_what_history_makes(member)

    @rule(coach=COACH, who=WHO, tap=TAPS, sheet=st.booleans(), age=AGE)
    def taps(self, coach: int, who: int, tap: tuple[str, dict[str, str]], sheet: bool, age: str) -> None:
        self.tap(coach, self.members[who], *tap, sheet, age)

    @rule(coach=COACH, people=st.sets(WHO, max_size=5), wanted=st.sampled_from(["wall-tap", "loaded", "clean", "seen"]))
    def selects_several(self, coach: int, people: set[int], wanted: str) -> None:
        """Whoever is selected gets a stage or was seen; nobody selected is the rest, clean."""
        chosen = [str(self.members[who].pk) for who in people]
        how = {"saw" if wanted in ("clean", "seen") else "stage": wanted}
        address, values = ("several/", {**how, "member": chosen}) if chosen else ("rest/", {})
        self.several(coach, f"{self.board}{address}", values)

    @rule(coach=COACH)
    def presses_undo(self, coach: int) -> None:
        """The tap that the bar names, on the board as it is now."""
        for field in page(self.browsers[coach].get(self.board)).one("footer").all("input", name="undone"):
            form = next(element for element in field.up if element.tag == "form")
            # Where nothing was tapped yet nothing can be pressed.
            if "disabled" not in form.one("button"):
                self.several(coach, form["action"], {"undone": field["value"]})

    @precondition(lambda self: self.settled)
    @rule(coach=COACH, which=st.integers(0, 50), to=WHO)
    def moves_a_tap(self, coach: int, which: int, to: int) -> None:
        """Any tap so far, to anyone."""
        tap = Tap.across_gyms.select_related("member").get(key=self.settled[which % len(self.settled)][0])
        if tap.member is None:
            return
        values = {"undone": str(tap.key), "to": str(self.members[to].pk)}
        self.tap(coach, tap.member, "move", values)
        self.is_what_history_makes(self.members[to])

    # What networks and strangers do -------------------------------------------------------------------

    @precondition(lambda self: self.settled)
    @rule(which=st.integers(0, 50))
    def the_same_arrives_again(self, which: int) -> None:
        _key, coach, url, body, status = self.settled[which % len(self.settled)]
        before = everything()
        assert self.post(coach, url, {**body, "age": "100"}) == status
        assert everything() == before

    @precondition(lambda self: self.settled)
    @rule(which=st.integers(0, 50), coach=COACH)
    def a_key_comes_with_another_body(self, which: int, coach: int) -> None:
        key, _coach, _url, _body, _status = self.settled[which % len(self.settled)]
        before = everything()
        body = {"note": "Of another tap.", "tap": str(key)}
        assert self.post(coach, f"{self.board}{self.touched.pk}/note/", body) == 409
        assert everything() == before

    @rule(data=st.data(), coach=COACH, who=WHO, route=st.sampled_from(ADDRESSES))
    def nonsense_arrives(self, data: st.DataObject, coach: int, who: int, route: str) -> None:
        self.touched = self.members[who]
        known = [str(key) for key, *_rest in self.settled] or [str(uuid4())]
        ids = {"TAP": known[-1], "GROUP": known[-1], "MEMBER": str(self.touched.pk)}
        ids["OTHER"] = str(self.members[who - 1].pk)
        good = {name: ids.get(value, value) for name, value in OF_THE_GYM[route].body.items()}
        names = [*fields_of(form_of(route)), *BESIDE]
        sent: Sent = data.draw(hostile.posts(good, names))
        url = route.replace(CLASS, self.board).replace("<uuid:member_id>", str(self.touched.pk))
        with in_gym(self.cast.northside):
            before = Note.objects.count()
            answer = send(self.browsers[coach], "POST", url, sent)
            assert answer.status_code in (200, 302, 400, 409, 422)
            if Note.objects.count() > before:
                self.written.append(Note.objects.latest("recorded_at").body)

    @rule(coach=COACH, name=hostile.VALUES)
    def somebody_is_added(self, coach: int, name: bytes) -> None:
        sent = Sent("added", hostile.FORM, hostile.urlencoded([(b"name", name), (b"tap", str(uuid4()).encode())]))
        answer = send(self.browsers[coach], "POST", f"{self.board}add/", sent)
        assert answer.status_code in (200, 302, 400, 422)

    # What holds ------------------------------------------------------------------------------------------

    @invariant()
    def the_board_draws(self) -> None:
        answer = self.browsers[len(self.settled) % 3].get(self.board)
        assert answer.status_code == 200
        rows = {row["id"] for row in page(answer).all("li", class_="row")}
        assert {f"m-{member.pk}" for member in self.members} <= rows

    @invariant()
    def what_is_stored_is_what_history_makes(self) -> None:
        self.is_what_history_makes(self.touched)

    def is_what_history_makes(self, member: Membership) -> None:
        if member not in self.members:
            # Put on the roster by a tap, which may have been undone.
            return
        with in_gym(self.cast.northside):
            check_stored([self.session], member)

    @invariant()
    def every_settled_tap_is_there_once(self) -> None:
        taps = {tap.key: tap for tap in Tap.across_gyms.filter(session=self.session)}
        for key, _coach, _url, _body, status in self.settled:
            assert (taps[key].outcome == Tap.Outcome.REFUSED) == (status == 422)

    @invariant()
    def no_word_is_lost_or_doubled(self) -> None:
        bodies = Note.across_gyms.filter(member__in=self.members).values_list("body", flat=True)
        assert sorted(bodies) == sorted(self.written)


def test_an_evening(cast: Cast, evening: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    browsers = []
    for coach in (cast.carla, cast.kim, cast.olga):
        assert coach.user is not None
        browser = Client()
        browser.force_login(coach.user)
        browsers.append(browser)
    monkeypatch.setattr(Evening, "cast", cast, raising=False)
    monkeypatch.setattr(Evening, "browsers", browsers, raising=False)
    run_state_machine_as_test(
        Evening,
        settings=settings(
            # More of them before a release: EXAMPLES=500.
            max_examples=int(os.environ.get("EXAMPLES", "8")),
            stateful_step_count=12,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
