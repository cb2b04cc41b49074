"""A whole class on everybody's screens at once: from check-in to the summary, an hour that a moved clock makes short.

Two coaches' tablets, a member's phone and the gym's TV; fourteen regulars of the slot and a member who checks in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect

from gym.models import User
from gym.scope import in_gym
from programming.check_in import address
from programming.models import Attendance, ClassSession, WeeklySlot
from programming.models.coming import make_coming
from tests import make
from tests.browser.conftest import LAPTOP, PHONE, TABLET, TV, OpenPage
from tests.browser.pages import SEEN_BY_OTHERS, Clock
from tests.people import Cast, make_cast

Keep = Callable[[Page, str], None]
SignIn = Callable[[Page, User], None]

# A Tuesday in the gym's time zone, which is that of London; the class begins at six.
BEFORE = datetime(2026, 11, 24, 17, 50, tzinfo=UTC)
NAMES = [
    "Aaliyah",
    "Ben",
    "Chiara",
    "Elena",
    "Farid",
    "Grace",
    "Hannah",
    "Isaac",
    "Jun",
    "Katarzyna",
    "Liam",
    "Noor",
    "Olu",
    "Petra",
]
PLAN_SEEN = 2 * SEEN_BY_OTHERS


@dataclass(frozen=True)
class Evening:
    """The class of tonight, made by its slot, and the link of the TV in its room."""

    cast: Cast
    session: ClassSession
    tv: str

    @property
    def url(self) -> str:
        return f"/gym/{self.cast.northside.slug}/class/{self.session.pk}/"


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(BEFORE, tick=True) as traveller:
        yield Clock(traveller)


@pytest.fixture
def evening(transactional_db: None, clock: Clock) -> Evening:
    """A slot of four weeks, its fourteen regulars on the ladder, and tonight's class with an empty roster."""
    cast = make_cast()
    gym = cast.northside
    make.library(gym)
    people = [make.person(gym, f"{name} Regular", tv_consent=name != "Petra") for name in NAMES]
    slot: WeeklySlot | None = None
    for weeks in (4, 3, 2, 1):
        begun = BEFORE + timedelta(minutes=10) - timedelta(weeks=weeks)
        held = make.class_session(gym, people, coach=cast.carla, starts_at=begun, finished_at=begun, room="Floor")
        with in_gym(gym):
            slot = slot or make.weekly_slot(held, weekday=1, room="Floor")
            held.slot, held.slot_date = slot, begun.date()
            held.save(update_fields=["slot", "slot_date"])
    for number, member in enumerate(people):
        make.tap(held, member, "stage", by=cast.carla, stage=("wall-tap", "dowel", "loaded")[number % 3])
    with in_gym(gym):
        make_coming(gym, BEFORE)
        session = ClassSession.objects.get(slot=slot, slot_date=BEFORE.date())
    _screen, token = make.screen(gym, cast.olga, room="Floor")
    return Evening(cast, session, f"/gym/{gym.slug}/screen/{token}/")


def seconds(page: Page) -> int:
    minutes, rest = page.locator("[data-clock]").inner_text().split(":")
    return int(minutes) * 60 + int(rest)


def agree(*pages: Page) -> None:
    """All show the same second, or some of them the next one already."""
    shown = [seconds(page) for page in pages]
    assert max(shown) - min(shown) <= 1, shown


def test_from_check_in_to_the_summary(
    open_page: OpenPage, evening: Evening, sign_in: SignIn, clock: Clock, keep: Keep
) -> None:
    cast = evening.cast
    # The tablets keep their pages, as they do in a gym.
    carla, kim = (open_page(TABLET, worker=True) for _each in range(2))
    phone, tv = open_page(PHONE), open_page(TV, touch=False)
    for page, person in ((carla, cast.carla), (kim, cast.kim), (phone, cast.ana)):
        assert person.user
        sign_in(page, person.user)

    # Ten minutes before: the TV says what is next, and the board proposes the regulars.
    tv.goto(evening.tv)
    expect(tv.locator("#tv[data-kind=next] .qr")).to_be_visible()
    carla.goto(evening.url)
    kim.goto(evening.url)
    expect(carla.locator("#proposed")).to_contain_text("Aaliyah R.")
    keep(carla, "evening-regulars")
    carla.get_by_role("button", name=re.compile("14 regulars")).tap()
    for tablet in (carla, kim):
        expect(tablet.locator(".row")).to_have_count(14, timeout=SEEN_BY_OTHERS)
        expect(tablet.locator("#counts")).to_contain_text("0 here")

    # A member scans the code with her phone; both boards and the head count know.
    with in_gym(cast.northside):
        code = address(evening.session, cast.northside.slug)
    phone.goto(code)
    expect(phone.get_by_role("heading", name="You are in")).to_be_visible()
    keep(phone, "evening-phone")
    for tablet in (carla, kim):
        expect(tablet.locator(".row", has_text=cast.ana.short_name)).to_be_visible(timeout=SEEN_BY_OTHERS)
        expect(tablet.locator("#counts")).to_contain_text("1 here")

    # Six o'clock: one coach starts the plan, and everybody's clock is the same.
    clock.forward(10 * 60)
    carla.goto(f"{evening.url}plan/")
    carla.get_by_role("button", name=re.compile("^Start: Couch stretch")).tap()
    for page in (kim, tv):
        expect(page.locator("[data-clock]")).to_have_text(re.compile("^03:"), timeout=PLAN_SEEN)
    agree(carla, kim, tv)

    # Everybody else is here; one is not.
    kim.get_by_role("button", name="Select").tap()
    kim.get_by_role("link", name="Everyone").tap()
    expect(kim.locator("#several input:checked")).to_have_count(15)
    kim.get_by_role("button", name="Here", exact=True).tap()
    expect(kim.locator("#counts")).to_contain_text("15 here")

    # To the ladder, block by block, with the time that each of them takes.
    for minutes, title in ((4, "Prep"), (4, "Hinge ladder")):
        clock.forward(minutes * 60)
        carla.get_by_role("button", name=re.compile(rf"^Next\s*: {title}")).tap()
        expect(tv.locator("#tv h1")).to_have_text(title, timeout=PLAN_SEEN)
        expect(kim.locator("#strip [data-present]")).to_contain_text(title, timeout=PLAN_SEEN)
    agree(carla, kim, tv)
    expect(tv.locator(".station .names li").filter(has_text="Aaliyah R.")).to_be_visible()
    expect(tv.locator("#tv")).not_to_contain_text("Petra")
    keep(tv, "evening-tv")
    carla.goto(evening.url)
    keep(carla, "evening-board")

    # A fault, a move, everyone else clean: each tablet shows what the other tapped.
    kim.locator(".row", has_text="Ben R.").locator("[data-saw=fault]").tap()
    kim.locator("#sheet .faults button").first.tap()
    carla.locator(".row", has_text="Elena R.").get_by_role("button", name="Loaded").tap()
    expect(kim.locator(".row", has_text="Elena R.").get_by_role("button", name="Loaded")).to_have_attribute(
        "aria-pressed", "true", timeout=SEEN_BY_OTHERS
    )
    expect(carla.locator("#counts")).to_contain_text("1 seen", timeout=SEEN_BY_OTHERS)
    carla.get_by_role("button", name="Rest clean").tap()
    for tablet in (carla, kim):
        expect(tablet.locator("#counts")).to_contain_text("14 seen", timeout=SEEN_BY_OTHERS)

    # The rest of the hour, and the end.
    carla.goto(f"{evening.url}plan/")
    for minutes, title in ((12, "Strength by stage"), (20, "Cool-down")):
        clock.forward(minutes * 60)
        carla.get_by_role("button", name=re.compile(rf"^Next\s*: {title}")).tap()
        expect(tv.locator("#tv h1")).to_have_text(title, timeout=PLAN_SEEN)
    clock.forward(5 * 60)
    carla.get_by_role("button", name="Finish the class").tap()
    expect(tv.locator("#tv[data-kind=class]")).to_have_count(0, timeout=PLAN_SEEN)
    carla.goto(f"{evening.url}summary/")
    expect(carla.get_by_text("15 here · 14 seen")).to_be_visible()
    taken = [row.split("\t")[-2:] for row in carla.locator("section", has_text="Taught").last.inner_text().splitlines()]
    assert [each for each in taken if each[0].isdigit()] == [
        ["4", "4"],
        ["4", "4"],
        ["12", "12"],
        ["20", "20"],
        ["5", "5"],
    ]
    keep(carla, "evening-summary")

    # What the screens said is what is stored.
    with in_gym(cast.northside):
        roster = Attendance.objects.filter(session=evening.session)
        assert roster.filter(state__in=["here", "late"]).count() == 15
        assert roster.filter(seen_at__isnull=False).count() == 14


@pytest.mark.parametrize(("size", "name"), [(TV, "full"), ((1280, 720), "small"), (LAPTOP, "laptop")])
def test_the_tv_needs_no_scrolling(
    open_page: OpenPage, evening: Evening, keep: Keep, size: tuple[int, int], name: str
) -> None:
    with in_gym(evening.cast.northside):
        Attendance.objects.bulk_create(
            Attendance(session=evening.session, member_id=member, state="here")
            for member in Attendance.objects.values_list("member_id", flat=True).distinct()
        )
    make.step(evening.session, "block", by=evening.cast.carla, block=2)
    tv = open_page(size, touch=False)
    tv.goto(evening.tv)
    expect(tv.locator("#tv[data-kind]")).to_be_visible()
    fits = "({scrollHeight: high, scrollWidth: wide}) => high <= innerHeight && wide <= innerWidth"
    assert tv.evaluate(f"({fits})(document.documentElement)")
    keep(tv, f"evening-tv-{name}")
