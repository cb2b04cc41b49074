"""From an invitation to My drills, and a passkey in place of codes, on a phone."""

import re
from collections.abc import Callable

from django.core.cache import cache
from playwright.sync_api import Page, expect

from gym.models import Invitation, Letter, Membership, User
from gym.scope import in_gym
from tests.browser.conftest import LAPTOP, PHONE, OpenPage
from tests.browser.pages import Floor

SignIn = Callable[[Page, User], None]
Keep = Callable[[Page, str], None]

# A phone whose owner shows a finger whenever it asks for one.
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def type_code(page: Page, email: str) -> None:
    """Type the code that was mailed to this address."""
    expect(page.get_by_label("Code")).to_be_visible()
    letter = Letter.across_gyms.filter(kind="login_code", to=email).latest("made_at")
    page.get_by_label("Code").fill(letter.about["code"])
    page.get_by_role("button", name="Sign in").tap()


def test_from_the_invitation_to_my_drills_and_back_by_passkey(
    open_page: OpenPage, floor: Floor, sign_in: SignIn, keep: Keep
) -> None:
    cache.clear()
    owner, phone = open_page(LAPTOP, touch=False), open_page(PHONE)
    assert floor.cast.olga.user
    sign_in(owner, floor.cast.olga.user)
    owner.goto(f"/gym/{floor.gym.slug}/owner/invitations/")
    owner.get_by_role("link", name="Invite Dev Das").click()
    owner.get_by_role("button", name="Show a code").click()
    expect(owner.get_by_role("img", name="The invitation of Dev Das as a QR code")).to_be_visible()
    keep(owner, "invitation-code")
    with in_gym(floor.gym):
        token = Invitation.objects.get(person__name="Dev Das").token

    phone.goto(f"/gym/{floor.gym.slug}/invitation/{token}/")
    expect(phone.get_by_text("Olga of Northside Barbell invites Dev.")).to_be_visible()
    phone.get_by_label("Email").fill("dev@home.example")
    phone.get_by_role("button", name="Send me a code").tap()
    type_code(phone, "dev@home.example")
    phone.get_by_role("button", name="Join with this address").tap()
    expect(phone.get_by_role("heading", level=1, name="Dev", exact=True)).to_be_visible()
    assert phone.url.endswith(f"/gym/{floor.gym.slug}/my/")
    with in_gym(floor.gym):
        assert Membership.objects.get(name="Dev Das").user == User.objects.get(email="dev@home.example")

    device = phone.context.new_cdp_session(phone)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    phone.get_by_role("link", name="Your sign-in").tap()
    phone.get_by_role("link", name="Passkeys").tap()
    phone.get_by_role("link", name="Add a passkey").tap()
    phone.get_by_role("button", name="Add a passkey").tap()
    expect(phone.locator("#recovery-codes li")).to_have_count(10)
    phone.get_by_role("link", name="I have kept them").tap()
    phone.get_by_role("button", name="Sign out").tap()

    phone.get_by_role("button", name="Use a passkey").tap()
    phone.wait_for_url(re.compile(r"/my/$"))
    # By the code it would not be enough any more: the passkey is the second step as well.
    cache.clear()
    other = open_page(PHONE)
    other.goto("/account/login/")
    other.get_by_label("E-mail").fill("dev@home.example")
    other.get_by_role("button", name="Send me a code").tap()
    type_code(other, "dev@home.example")
    expect(other.get_by_role("heading", name="Second step")).to_be_visible()


def test_a_tab_says_when_somebody_else_has_signed_in_beside_it(page: Page, floor: Floor, sign_in: SignIn) -> None:
    assert floor.cast.nia.user and floor.cast.olga.user
    sign_in(page, floor.cast.nia.user)
    page.goto(f"/gym/{floor.gym.slug}/my/")
    note = page.locator("#signed-in")
    expect(note).to_be_hidden()
    sign_in(page, floor.cast.olga.user)
    page.goto(f"/gym/{floor.gym.slug}/my/")
    expect(note).to_contain_text("You are now signed in as olga@northside.example.")
    page.reload()
    expect(note).to_be_hidden()
