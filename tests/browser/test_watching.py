"""The net under all journeys: each kind of error is caught, and fingers are counted."""

from collections.abc import Callable

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from playwright.sync_api import Page

from gym.models import User
from tests.browser.conftest import OpenPage, Trouble

pytestmark = pytest.mark.urls(__name__)


@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>Quiet</title><link rel=icon href=data:,><button>Clean</button>")


@login_not_required
def show_refused_style(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>Loud</title><link rel=icon href=data:,><p style='color: red'>Red")


@login_not_required
def show_failure(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>Broken</title><link rel=icon href=data:,>", status=500)


def show_name(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"<!doctype html><title>{request.user}</title><link rel=icon href=data:,>")


urlpatterns = [
    path("quiet/", show),
    path("style/", show_refused_style),
    path("failure/", show_failure),
    path("name/", show_name),
    path("account/login/", show, name="account_login"),
]


def test_a_quiet_page_leaves_nothing(page: Page, trouble: Trouble) -> None:
    page.goto("/quiet/")
    assert page.title() == "Quiet"
    assert trouble.found == []


@pytest.mark.parametrize(
    ("address", "script", "words"),
    [
        ("/style/", "0", "CSP: style-src-attr refused"),
        ("/failure/", "0", "500 from GET"),
        ("/quiet/", "console.error('lost')", "console: lost"),
        ("/quiet/", "void setTimeout(() => { throw new Error('torn') })", "script error: torn"),
        ("/quiet/", "fetch('/nowhere/').then(() => 0)", "status of 404"),
    ],
)
def test_every_kind_of_error_is_caught(page: Page, trouble: Trouble, address: str, script: str, words: str) -> None:
    page.goto(address)
    page.evaluate(script)
    page.wait_for_timeout(100)
    assert any(words in text for text in trouble.left()), trouble.found
    # What this test brought about on purpose must not fail it at its end.
    trouble.expect(".*")


def test_an_expected_error_excuses_no_other(trouble: Trouble) -> None:
    trouble.found = ["console: status of 401", "console: status of 500"]
    trouble.expect("status of 401")
    assert trouble.left() == ["console: status of 500"]


def test_fingers_are_counted_across_pages(page: Page, taps: Callable[[Page], int]) -> None:
    page.goto("/quiet/")
    page.get_by_role("button").tap()
    page.get_by_role("button").click()
    page.get_by_role("button").press("Enter")
    page.evaluate("document.querySelector('button').click()")
    assert taps(page) == 2
    page.goto("/quiet/")
    assert taps(page) == 2
    page.get_by_role("button").tap()
    assert taps(page) == 3


def test_screens_have_the_sizes_people_use(
    tablet: Page, tablet_short: Page, phone: Page, laptop: Page, tv: Page
) -> None:
    sizes = [screen.evaluate("[innerWidth, innerHeight]") for screen in (tablet, tablet_short, phone, laptop, tv)]
    assert sizes == [[1024, 768], [1024, 704], [390, 844], [1440, 900], [1920, 1080]]


def test_two_people_in_two_browsers(open_page: OpenPage, sign_in: Callable[[Page, User], None]) -> None:
    first, second = open_page(), open_page(scheme="dark")
    users = User.objects
    sign_in(first, users.create(email="ada@example.org"))
    sign_in(second, users.create(email="bo@example.org"))
    first.goto("/name/")
    second.goto("/name/")
    assert (first.title(), second.title()) == ("ada@example.org", "bo@example.org")
    assert second.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")


def test_a_page_without_javascript(open_page: OpenPage) -> None:
    page = open_page(javascript=False)
    page.goto("/quiet/")
    assert page.get_by_role("button").is_visible()
