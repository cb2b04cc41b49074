"""A class template goes from one gym to another, from the editor to a class that is planned of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.utils import timezone
from playwright.sync_api import Page, expect

from gym.models import User
from gym.scope import in_gym
from programming.models import ClassSession, ClassTemplate, Drill
from programming.outline import Block, Line, adding
from tests import make
from tests.browser.conftest import LAPTOP, PHONE, OpenPage
from tests.browser.pages import Floor

SignIn = Callable[[Page, User], None]


def test_a_template_with_an_own_drill_goes_to_another_gym(
    open_page: OpenPage, floor: Floor, sign_in: SignIn, tmp_path: Path
) -> None:
    cast, now = floor.cast, timezone.now()
    make.library(cast.harbour)
    assert cast.olga.user and cast.hana.user
    with in_gym(floor.gym):
        push = Drill.objects.create(key="own_sled", follows_shipped=False)
        push.revise(name="Sled push", cues=["long steps"])
        block = Block(str(uuid4()), "Sleds", 5, lines=(Line(str(uuid4()), "own_sled"),), shared={"box": 2})
        ClassTemplate.objects.get(key="hinge-foundations").rewrite(adding(block), by=cast.olga, at=now)
    page = open_page(LAPTOP, touch=False)
    sign_in(page, cast.olga.user)
    page.goto(f"/gym/{floor.gym.slug}/owner/templates/")
    page.get_by_role("link", name="Hinge Foundations").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Share", exact=True).click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)

    # Another owner, in another gym, on a phone.
    phone = open_page(PHONE)
    sign_in(phone, cast.hana.user)
    phone.goto(f"/gym/{cast.harbour.slug}/owner/templates/")
    phone.get_by_role("link", name="Import a template").click()
    phone.get_by_label("File").set_input_files(file)
    phone.get_by_role("button", name="Look at it").click()
    expect(phone.locator("#tally")).to_contain_text("1 new")
    expect(phone.locator("#tally")).to_contain_text("1 different")
    expect(phone.locator(".differing")).to_contain_text("Sleds")
    expect(phone.get_by_label("What becomes of Hinge Foundations")).to_have_value("copy")
    phone.get_by_role("button", name="Import it").click()
    phone.get_by_role("link", name="Open Hinge Foundations (2)").click()
    expect(phone.locator(".block").last).to_contain_text("2 boxes to lift for all")
    expect(phone.locator(".block").last).to_contain_text("Sled push")

    # A class is planned of it.
    with in_gym(cast.harbour):
        template = ClassTemplate.objects.select_related("progression").get(name="Hinge Foundations (2)")
        session = ClassSession.begin(template, coach=cast.nia_at_harbour, starts_at=now - timedelta(minutes=5))
    phone.goto(f"/gym/{cast.harbour.slug}/class/{session.pk}/plan/")
    sleds = phone.locator("article", has=phone.get_by_role("heading", name="Sleds"))
    expect(sleds).to_contain_text("long steps")
    expect(sleds).to_contain_text("2 boxes to lift for all")
