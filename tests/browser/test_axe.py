"""No page breaks a rule that axe knows, and none says an id twice, in light and in dark."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from gym.models import Letter, User
from gym.post import post
from gym.post.switching import link_to_switch_off
from gym.scope import in_gym
from gym.tablets import COOKIE
from programming import check_in
from programming.models import ClassSession, Tap
from tests import make
from tests.browser.conftest import LAPTOP, TABLET, OpenPage, Trouble
from tests.browser.pages import Board, Floor
from tests.exercise_files import SMALL
from tests.letters import every_letter
from tests.lists_of_people import HOSTILE
from tests.photographs import photograph

Keep = Callable[[Page, str], None]
SignIn = Callable[[Page, User], None]
Screens = Iterator[str]
Scheme = Literal["light", "dark"]

# In the dark the same page has other colours, and nothing else.
SCHEMES: dict[Scheme, dict[str, Any]] = {"dark": {"runOnly": ["color-contrast"]}, "light": {}}
# Of what a rule passed only that it did: describing each such element takes longer than looking at it.
BRIEF = {"resultTypes": ["violations"]}

DOUBLE_IDS = """() => {
  const ids = [...document.querySelectorAll("[id]")].map(each => each.id);
  return ids.filter((id, place) => ids.indexOf(id) !== place); }"""


def signed_out_screens(page: Page) -> Screens:
    """The door."""
    page.goto("/account/login/")
    yield "sign-in"
    page.get_by_text("Use my password").click()
    page.get_by_role("button", name="Sign in", exact=True).click()
    yield "sign-in-with-errors"
    page.goto("/account/login/code/")
    yield "sign-in-by-code"
    page.get_by_label("Email").fill("carla@northside.example")
    page.get_by_role("button").last.click()
    expect(page.get_by_label("Code")).to_be_visible()
    yield "code"


def coach_screens(page: Page, floor: Floor) -> Screens:
    """Today, the board, and everything that stands over it."""
    gym = f"/gym/{floor.gym.slug}"
    page.goto(f"{gym}/today/")
    yield "today"
    board = Board(page, floor).open()
    yield "board"
    board.clean("Hannah L.").tap(force=True)
    expect(board.last).to_contain_text("is held")
    yield "board-refused"
    for name in ("Elena S.", "Liam D.", "Grace O.", "Hannah L."):
        board.open_sheet(name)
        yield f"sheet-{name.split()[0].lower()}"
        if name == "Elena S.":
            board.chip("over-arches").tap()
            expect(board.sheet.locator("#lead")).to_contain_text("Say")
            board.sheet.get_by_text("Write a note").tap()
            yield "sheet-with-cue-and-note"
        board.close_sheet()
    page.get_by_role("button", name="Add someone").tap()
    board.sheet.get_by_label("Name").fill("chi")
    expect(board.sheet.get_by_role("button", name="Chiara Conti")).to_be_visible()
    yield "add"
    board.close_sheet()
    slot = make.weekly_slot(floor.session)
    for weeks in (1, 2):
        begun = timezone.now() - timedelta(weeks=weeks)
        make.class_session(floor.gym, [floor.cast.olga], starts_at=begun, slot=slot, slot_date=begun.date())
    page.reload()
    page.get_by_role("button", name="Who?").tap()
    expect(board.sheet.get_by_role("button", name="Not today")).to_be_visible()
    yield "regulars"
    board.close_sheet()
    page.get_by_role("button", name="Select").tap()
    board.sheet.get_by_label("Ben T.").tap()
    yield "select"
    board.close_sheet()
    page.get_by_role("button", name="Rest clean", exact=True).tap()
    expect(board.last).to_contain_text("Rest clean")
    page.get_by_role("button", name="Last taps").tap()
    expect(board.sheet.get_by_role("heading", name="Last taps")).to_be_visible()
    board.sheet.get_by_text("One by one").tap()
    yield "taps"
    board.sheet.get_by_role("button", name="Wrong person").first.tap()
    expect(board.sheet.get_by_role("heading", name="Who was meant?")).to_be_visible()
    yield "wrong-person"

    make.step(floor.session, "block", by=floor.cast.carla, block=0)
    page.goto(f"{floor.url}plan/")
    expect(page.locator(".interval [data-part=words]")).to_be_visible()
    page.locator(".block summary").first.tap()
    yield "plan"
    # The same as pages of their own.
    with in_gym(floor.gym):
        tap = Tap.objects.filter(session=floor.session, kind="saw").first()
    assert tap
    pages = {
        "sheet": f"{floor.people['Grace O.'].pk}/sheet/",
        "held": f"{floor.people['Hannah L.'].pk}/sheet/",
        "member": f"{floor.people['Grace O.'].pk}/member/",
        "member-held": f"{floor.people['Hannah L.'].pk}/member/",
        "hand-out": f"{floor.people['Grace O.'].pk}/hand-out/",
        "add": "add/?name=chi",
        "select": "several/?everyone",
        "regulars": "regulars/",
        "taps": "taps/",
        "swap": "plan/drill/?block=2&place=1",
        "summary": "summary/",
        "stations": "stations/",
        "wrong-person": f"taps/{tap.key}/wrong-person/",
    }
    for name, address in pages.items():
        page.goto(floor.url + address)
        for folded in page.locator("#member summary").all():
            folded.click()
        yield f"page-{name}"
    page.goto(f"{gym}/class/{floor.gym.pk}/")
    yield "404"


def member_screens(page: Page, floor: Floor) -> Screens:
    """A member, who is of two gyms."""
    page.goto(f"/gym/{floor.gym.slug}/my/")
    expect(page.get_by_role("heading", name="Nia, you are on the dowel")).to_be_visible()
    yield "my"
    page.goto(f"/gym/{floor.gym.slug}/my/history/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    yield "my-history"
    page.goto(f"/gym/{floor.gym.slug}/my/self-check/")
    yield "self-checks"
    page.locator("main a[href*='/my/self-check/']").first.click()
    expect(page.locator("form input[type=radio]").first).to_be_attached()
    yield "self-check"
    for name in ("hurts", "data", "data/leave"):
        page.goto(f"/gym/{floor.gym.slug}/my/{name}/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        yield f"my-{name.replace('/', '-')}"
    page.goto(f"/gym/{floor.gym.slug}/check-in/nothing/")
    yield "check-in-refused"
    with in_gym(floor.gym):
        code = check_in.address(floor.session, floor.gym.slug)
    page.goto(code)
    expect(page.get_by_text("You are checked in: Hinge Foundations")).to_be_visible()
    yield "check-in"
    page.goto(f"/gym/{floor.gym.slug}/my/")
    with in_gym(floor.gym):
        session = ClassSession.objects.filter(attendances__member=floor.cast.nia).latest("starts_at")
    make.tap(session, floor.cast.nia, "pain", by=floor.cast.carla)
    page.reload()
    expect(page.get_by_role("heading", name="On hold")).to_be_visible()
    yield "my-held"
    page.goto("/")
    yield "gyms"
    page.goto(f"/gym/{floor.gym.slug}/today/")
    yield "403"


def screens_of_the_owner(page: Page, floor: Floor) -> Screens:
    """The schedule, one class, the gym’s equipment, and its TVs."""
    gym = f"/gym/{floor.gym.slug}"
    page.goto(f"{gym}/owner/schedule/")
    page.get_by_role("link", name="+ Class every week").click()
    page.get_by_label("Minutes").fill("0")
    page.locator("#slot").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Save").click()
    yield "slot-refused"
    page.get_by_label("Minutes").fill("60")
    page.get_by_label("Room").fill("Loft")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("table")).to_have_count(1)
    yield "schedule"
    for place, heading in (("closed", "Closed days"), ("away", "Coaches who are away"), ("copy", "Copy a week")):
        page.goto(f"{gym}/owner/schedule/{place}/")
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        yield f"schedule-{place}"
    page.goto(f"{gym}/my/calendar/")
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_label("Link", exact=True)).to_be_visible()
    yield "calendar"
    page.goto(f"{gym}/owner/schedule/")
    page.get_by_role("table").first.get_by_role("link").first.click()
    page.get_by_role("link", name="End this class").click()
    yield "end-slot"
    page.goto(f"{gym}/owner/schedule/")
    page.locator(".day a[href*='/class/']").last.click()
    yield "class-alone"
    page.get_by_role("button", name="Cancel this class").click()
    yield "class-cancelled"
    page.goto(f"{gym}/owner/people/?unseen=x")
    yield "people"
    page.goto(f"{gym}/owner/people/{floor.cast.ana.pk}/")
    yield "person"
    page.goto(f"{gym}/owner/people/{floor.cast.dev.pk}/merge/{floor.cast.ana.pk}/")
    yield "merge"
    page.goto(f"{gym}/owner/people/import/")
    page.get_by_label("File").set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": HOSTILE})
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("6 wrong")).to_be_visible()
    yield "import"
    page.goto(f"{gym}/owner/exercises/")
    page.get_by_label("File").set_input_files({"name": "x.json", "mimeType": "application/json", "buffer": SMALL})
    for label, words in (("What it is called", "A"), ("Who wrote it", "B"), ("Licence", "CC0")):
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("4 wrong")).to_be_visible()
    page.get_by_text("What its fields become").click()
    yield "exercises"
    page.goto(f"{gym}/owner/templates/")
    yield "templates"
    page.get_by_role("link", name="Hinge Foundations").click()
    page.locator(".block > details > summary").nth(2).click()
    page.get_by_text("Numbers: Wall tap").click()
    yield "template-open"
    page.get_by_label("One more drill for Dowel, Hinge ladder").fill("no such drill")
    page.get_by_label("One more drill for Dowel, Hinge ladder").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "template-refused"
    for way in ("As the tablet", "As the TV", "On paper"):
        page.get_by_role("link", name=way).click()
        expect(page.get_by_role("link", name="Back to the template")).to_be_visible()
        yield f"template: {way}"
        page.get_by_role("link", name="Back to the template").click()
    page.goto(f"{gym}/owner/drills/")
    page.get_by_label("Name").press_sequentially("horizontal")
    # While it is typed.
    expect(page.locator("#found tbody tr")).to_have_count(1)
    yield "drills-while-typing"
    page.get_by_role("link", name="Horizontal dowel hinge").click()
    page.get_by_role("link", name="Change").click()
    page.get_by_label("How it is done").fill("Ours.")
    page.get_by_label("Video").fill("http://nowhere")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Give a whole link")).to_be_visible()
    yield "drill-refused"
    page.get_by_label("Video").fill("")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Give it a picture").click()
    drawn: FilePayload = {"name": "x.png", "mimeType": "image/png", "buffer": photograph("PNG", (400, 300))}
    page.get_by_label("Picture").set_input_files(drawn)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Say what it shows.")).to_be_visible()
    yield "picture-refused"
    page.get_by_label("Picture").set_input_files(drawn)
    page.get_by_label("What it shows").fill("A dowel across, a hinge beside it")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("img", name="A dowel across")).to_be_visible()
    page.locator("#versions summary").click()
    yield "drill"
    page.get_by_role("link", name="Follow the shipped one again").click()
    yield "drill-beside-the-shipped"
    page.go_back()
    page.get_by_role("link", name="Teach it no more").click()
    yield "drill-to-retire"
    page.goto(f"{gym}/owner/faults/")
    yield "faults"
    page.get_by_role("link", name="chin up").click()
    page.get_by_role("link", name="Change").click()
    yield "fault-form"
    page.goto(f"{gym}/owner/templates/import/{make.template_file(floor.cast.olga).pk}/")
    expect(page.get_by_role("button", name="Import it")).to_be_visible()
    yield "template-file"
    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_role("link", name="Take it back")).to_be_visible()
    yield "template-taken-in"
    page.goto(f"{gym}/owner/templates/import/")
    yield "template-import"
    page.goto(f"{gym}/owner/equipment/")
    page.get_by_label("Dowels").fill("six")
    page.get_by_role("button", name="Save the counts").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "equipment-with-errors"
    page.goto(f"{gym}/owner/screens/")
    page.get_by_label("Name").fill("Front wall")
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_label("Link", exact=True)).to_have_value(re.compile("/screen/"))
    yield "tv-link"
    page.get_by_role("link", name="All TVs").click()
    expect(page.get_by_role("row", name=re.compile("Front wall"))).to_be_visible()
    yield "tvs"
    page.get_by_role("link", name="Front wall", exact=True).click()
    yield "tv-name"
    page.get_by_role("link", name="Revoke its link").click()
    expect(page.get_by_role("button", name="Revoke the link")).to_be_visible()
    yield "tv-revoke"
    make.tablet(floor.gym, floor.cast.olga)
    page.goto(f"{gym}/owner/tablets/")
    yield "tablets"
    page.get_by_role("link", name=re.compile("^Rack tablet")).first.click()
    yield "tablet-name"
    page.go_back()
    page.get_by_role("link", name="Revoke Rack tablet").click()
    yield "tablet-revoke"
    page.goto(f"{gym}/pin/")
    yield "pin"
    letter = post("new_drill", key="1", person=floor.cast.ana)
    Letter.across_gyms.filter(pk=letter.pk).update(
        state="dead", settled_at=timezone.now(), problem="away", error="Connection refused"
    )
    page.goto(f"{gym}/owner/audit/")
    expect(page.get_by_role("heading", name="Audit")).to_be_visible()
    yield "audit"
    page.goto(f"{gym}/owner/everything/")
    page.get_by_label("Password").fill(make.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take the file")).to_be_visible()
    yield "everything"
    page.goto(f"{gym}/owner/mail/")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    yield "mail"
    page.goto(link_to_switch_off(floor.cast.ana, "mail_moves").removeprefix(settings.SITE_URL))
    page.get_by_role("button", name="Write no more about it").click()
    expect(page.get_by_role("button", name="Put it back")).to_be_visible()
    yield "mail-switch"


def shared_tablet_screens(page: Page, floor: Floor) -> Screens:
    """A tablet that coaches share: locked, wrong PIN, unlocked, in two coaches' hands, revoked."""
    gym = f"/gym/{floor.gym.slug}"
    tablet, secret = make.tablet(floor.gym, floor.cast.olga)
    for coach, digits in ((floor.cast.carla, "4711"), (floor.cast.kim, "80632")):
        make.pin(coach, digits)
    page.context.add_cookies([{"name": COOKIE, "value": secret, "domain": "localhost", "path": "/"}])
    page.goto(f"{gym}/tablet/?next={floor.url}")
    page.get_by_text("CC", exact=True).tap()
    page.get_by_role("button", name="9", exact=True).click(click_count=4)
    page.get_by_role("button", name="Unlock").tap()
    expect(page.get_by_text("That is not your PIN.")).to_be_visible()
    yield "lock-screen-wrong-pin"
    with in_gym(floor.gym):
        for coach in (floor.cast.kim, floor.cast.carla):
            tablet.held().begin(coach, timezone.now())
    page.goto(floor.url)
    page.locator("#hands summary").tap()
    yield "board-in-two-coaches-hands"
    with in_gym(floor.gym):
        tablet.revoke(at=timezone.now())
    page.goto(floor.url)
    expect(page.get_by_role("heading", name="no longer enrolled")).to_be_visible()
    yield "tablet-revoked"


def tv_screens(page: Page, floor: Floor) -> Screens:
    """What the room sees: a class, and nothing."""
    for person in floor.people.values():
        person.tv_consent = True
        person.save()
    _screen, link = make.screen(floor.gym, floor.cast.olga)
    page.goto(f"/gym/{floor.gym.slug}/screen/{link}/")
    expect(page.get_by_text("Scan to check in")).to_be_visible()
    yield "tv"
    page.goto(f"/gym/{floor.gym.slug}/screen/nothing/")
    yield "tv-closed"


def test_axe_finds_nothing(open_page: OpenPage, floor: Floor, sign_in: SignIn, trouble: Trouble, keep: Keep) -> None:
    trouble.expect("status of (401|403|404|422)")
    axe, problems = Axe(), []
    nobody, coach, member, shared = (open_page(TABLET) for _each in range(4))
    owner, tv = open_page(LAPTOP, touch=False), open_page((1280, 720), touch=False)
    cast = floor.cast
    assert cast.carla.user and cast.nia.user and cast.olga.user
    sign_in(owner, cast.olga.user)
    nias = make.class_session(floor.gym, [cast.nia])
    make.place(nias, cast.nia, "dowel", by=cast.carla)
    make.tap(nias, cast.nia, "assign", by=cast.carla, drill="wrong-then-right", fault="chin-up", wanted=True)
    sign_in(coach, cast.carla.user)
    sign_in(member, cast.nia.user)
    everything = (
        (nobody, signed_out_screens(nobody)),
        (coach, coach_screens(coach, floor)),
        (member, member_screens(member, floor)),
        (shared, shared_tablet_screens(shared, floor)),
        (owner, screens_of_the_owner(owner, floor)),
        (tv, tv_screens(tv, floor)),
    )
    for page, screens in everything:
        for name in screens:
            for scheme, rules in SCHEMES.items():
                page.emulate_media(color_scheme=scheme)
                keep(page, f"axe-{name}-{scheme}")
                found = axe.run(page, options=rules | BRIEF)
                if found.violations_count:
                    problems.append(f"{name}, {scheme}:\n{found.generate_report()}")
            double = page.evaluate(DOUBLE_IDS)
            if double:
                problems.append(f"{name}: said twice: {double}")
    assert not problems, "\n\n".join(problems)


def test_letters_read_well_in_the_light_and_in_the_dark(page: Page, floor: Floor, keep: Keep) -> None:
    letters, fetched, problems = every_letter(floor.cast, floor.session), [], []
    page.on("request", lambda request: fetched.append(request.url))
    for title in ("Your code for Rung", "Olga invites you", "News from Northside", "A new password"):
        page.set_content(next(html for subject, html in letters.items() if subject.startswith(title)))
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            keep(page, f"letter-{title.split()[1].lower()}-{scheme}")
            found = Axe().run(page)
            problems += [found.generate_report()] if found.violations_count else []
    assert problems == []
    # Nothing of a letter is fetched from anywhere, and so nobody learns that it was read.
    assert fetched == []


def test_axe_would_find_something(page: Page) -> None:
    page.goto("/account/login/")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert [each["id"] for each in Axe().run(page).response["violations"]] == ["image-alt"]
