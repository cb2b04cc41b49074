"""The stations on a tablet: what is short, a way that fits, somebody to the coach; and forty people at five stages."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from gym.models import User
from gym.scope import in_gym
from programming.models import Equipment, Progression, Stage
from tests import make
from tests.browser.conftest import TABLET, OpenPage, Trouble
from tests.browser.pages import SEEN_BY_OTHERS, Board, Floor

Keep = Callable[[Page, str], None]
SignIn = Callable[[Page, User], None]

SIDEWAYS = "document.scrollingElement.scrollWidth - innerWidth"
# Names and words that are cut, or that stick out of their card.
CUT = """() => [...document.querySelectorAll(".station .name, .station h2, .station p, .station button")]
  .filter(each => each.scrollWidth - each.clientWidth > 1 ||
    each.getBoundingClientRect().right > each.closest(".station").getBoundingClientRect().right)
  .map(each => each.innerText)"""
TOO_SMALL = """() => [...document.querySelectorAll("#stations button")].map(each => each.getBoundingClientRect())
  .filter(({width, height}) => width < 52 || height < 52).length"""


def own(floor: Floor, **counts: int) -> None:
    """The gym owns so many of each."""
    with in_gym(floor.gym):
        for key, owned in counts.items():
            Equipment.objects.filter(key=key).update(owned=owned)


def no_posts(route: Route) -> None:
    """Pages come, taps do not go."""
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def test_people_stand_where_taps_that_wait_send_them(
    page: Page, floor: Floor, sign_in: SignIn, trouble: Trouble, keep: Keep
) -> None:
    trouble.expect("ERR_FAILED|INTERNET_DISCONNECTED|Failed to fetch")
    assert floor.cast.carla.user
    sign_in(page, floor.cast.carla.user)
    make.tap(floor.session, floor.people["Olu A."], "with_coach", by=floor.cast.carla, wanted=True)
    page.context.route("**/class/**", no_posts)
    board = Board(page, floor).open()
    # Tapped on the board: both are at the wall.
    board.stage("Ben T.", "Loaded").tap()
    board.stage("Isaac W.", "Loaded").tap()
    board.undo.tap()
    page.goto(f"{floor.url}stations/")

    def stands(name: str, station: str) -> None:
        expect(page.locator(f"#{station} #at-{floor.people[name].pk}")).to_be_visible()

    stands("Ben T.", "station-loaded")
    expect(page.locator(f"#at-{floor.people['Ben T.'].pk}")).to_have_attribute("data-waiting", "")
    stands("Isaac W.", "station-wall-tap")
    # And here: to the coach, and back to one's own station.
    page.locator(f"#send-{floor.people['Farid H.'].pk} button").tap()
    stands("Farid H.", "at-with_coach")
    expect(page.locator(f"#send-{floor.people['Farid H.'].pk} button")).to_contain_text("Back")
    page.locator(f"#send-{floor.people['Olu A.'].pk} button").tap()
    stands("Olu A.", "station-dowel")
    shown, unshown = page.get_by_text("People stand where taps"), page.get_by_text("do not show here yet")
    expect(shown).to_be_visible()
    expect(unshown).to_be_hidden()
    names = page.locator("#station-loaded .name")
    expect(page.locator("#station-loaded .count")).to_have_text(str(names.count()))
    keep(page, "stations-wait")
    page.context.unroute("**/class/**")
    expect(shown).to_be_hidden(timeout=20_000)
    expect(page.locator("[data-waiting]")).to_have_count(0)
    for name, station in (("Ben T.", "station-loaded"), ("Farid H.", "at-with_coach"), ("Olu A.", "station-dowel")):
        stands(name, station)


def test_nothing_older_is_undone_while_taps_wait(page: Page, floor: Floor, sign_in: SignIn, trouble: Trouble) -> None:
    trouble.expect("INTERNET_DISCONNECTED|Failed to fetch")
    assert floor.cast.carla.user
    sign_in(page, floor.cast.carla.user)
    make.tap(floor.session, floor.people["Olu A."], "with_coach", by=floor.cast.carla, wanted=True)
    page.goto(f"{floor.url}stations/")
    undo, waits = page.locator("#undo-here button"), page.get_by_text("They are undone on the board").first
    expect(undo).to_be_enabled()
    expect(waits).to_be_hidden()
    page.context.set_offline(True)
    page.locator(f"#send-{floor.people['Farid H.'].pk} button").tap()
    expect(waits).to_be_visible()
    expect(undo).to_be_disabled()
    page.context.set_offline(False)
    expect(page.locator("#at-with_coach .name")).to_contain_text(["Farid H."], timeout=20_000)
    expect(waits).to_be_hidden()
    expect(undo).to_be_enabled()
    assert floor.taps_of("Olu A.")[-1][0] == "with_coach"


def test_a_way_that_fits_on_two_tablets(open_page: OpenPage, floor: Floor, sign_in: SignIn, keep: Keep) -> None:
    own(floor, dowel=5)
    carlas, kims = open_page(TABLET), open_page(TABLET, scheme="dark")
    assert floor.cast.carla.user and floor.cast.kim.user
    sign_in(carlas, floor.cast.carla.user)
    sign_in(kims, floor.cast.kim.user)
    Board(carlas, floor).open()
    carlas.get_by_role("button", name="Stations", exact=True).tap()
    kims.goto(f"{floor.url}stations/")
    dowel, others = carlas.locator("#station-dowel"), kims.locator("#station-dowel")
    expect(dowel).to_contain_text("6 dowels needed, 5 here")
    keep(carlas, "stations-short")
    dowel.get_by_role("button", name="Do so today").tap()
    expect(dowel).to_contain_text("In pairs: two share and take turns.")
    expect(others).to_contain_text("In pairs: two share and take turns.", timeout=SEEN_BY_OTHERS)
    # Somebody to the coach, where those who are held stand without being sent.
    coach = kims.locator("#at-with_coach")
    expect(coach.locator(".name")).to_have_text(["Hannah L."])
    carlas.locator(f"#send-{floor.people['Olu A.'].pk} button").tap()
    expect(coach.locator(".name")).to_have_text(["Hannah L.", "Olu A."], timeout=SEEN_BY_OTHERS)
    keep(kims, "stations-with-coach-dark")
    expect(kims.locator(".bar .last")).to_contain_text("Olu A. · to the coach")
    kims.locator("#undo-here button").tap()
    expect(carlas.locator("#at-with_coach .name")).to_have_text(["Hannah L."], timeout=SEEN_BY_OTHERS)
    others.get_by_role("button", name="Back to the plan").tap()
    expect(dowel).to_contain_text("6 dowels needed, 5 here", timeout=SEEN_BY_OTHERS)


def test_by_station_and_by_name_again(open_page: OpenPage, floor: Floor, sign_in: SignIn, keep: Keep) -> None:
    page = open_page(TABLET)
    assert floor.cast.carla.user
    sign_in(page, floor.cast.carla.user)
    board = Board(page, floor).open()
    by_name = page.locator(".row .name").all_inner_texts()
    page.get_by_role("button", name="By station").tap()
    expect(page.get_by_role("button", name="By name")).to_be_visible()
    by_station = page.locator(".row .name").all_inner_texts()
    assert by_station != by_name and sorted(by_station) == sorted(by_name)
    assert (by_station[0], by_station[-1]) == ("Ben T.", "Hannah L.")
    keep(page, "board-by-station")
    # A stage moves nobody, here or when the tablet asks again.
    board.stage("Ben T.", "Dowel").tap()
    board.is_saved()
    page.wait_for_timeout(SEEN_BY_OTHERS)
    assert page.locator(".row .name").all_inner_texts() == by_station
    page.get_by_role("button", name="By name").tap()
    expect(page.get_by_role("button", name="By station")).to_be_visible()
    assert page.locator(".row .name").all_inner_texts() == by_name


def test_forty_people_at_five_stages(open_page: OpenPage, floor: Floor, sign_in: SignIn, keep: Keep) -> None:
    own(floor, dowel=3)
    with in_gym(floor.gym):
        ladder = Progression.objects.get(key="hip-hinge")
        for position, key in enumerate(["single-leg", "explosive"], start=3):
            words = {"name": key.title(), "short_name": key.title(), "figure": "loaded", "colour": "loaded"}
            Stage.objects.create(progression=ladder, key=key, position=position).revise(**words)
    names = ["Maximiliano Villanueva-Wolfeschlegel", *(f"Person {number:02} Example" for number in range(39))]
    people = [make.person(floor.gym, name) for name in names]
    with in_gym(floor.gym):
        session = make.class_session(floor.gym, people, coach=floor.cast.carla)
    for number, stage in enumerate(["wall-tap", "dowel", "loaded", "single-leg", "explosive"]):
        make.several(session, people[number * 8 : number * 8 + 8], by=floor.cast.carla, stage=stage)
    make.tap(session, people[0], "pain", by=floor.cast.carla)
    for size in (TABLET, (768, 1024), (390, 844), (320, 640)):
        page = open_page(size)
        assert floor.cast.carla.user
        sign_in(page, floor.cast.carla.user)
        page.goto(f"/gym/{floor.gym.slug}/class/{session.pk}/stations/")
        keep(page, f"stations-40-{size[0]}")
        assert page.locator("#stations .name").count() == 40
        assert page.evaluate(SIDEWAYS) <= 0, size
        assert page.evaluate(CUT) == [], size
        assert page.evaluate(TOO_SMALL) == 0, size
        page.context.close()
