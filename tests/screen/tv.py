"""A gym's TV as the tests use it: it opens its link once, and asks again and again with the tag it was given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.test import Client

from gym.models import Membership
from gym.scope import in_gym
from programming.models import Attendance, ClassSession, Screen
from tests import make
from tests.coach.screen import page
from tests.page import Element

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer


@dataclass
class Tv:
    """A browser that nobody has signed in to, on a link."""

    screen: Screen
    token: str
    slug: str = "northside-barbell"
    client: Client = field(default_factory=Client)
    tag: str = ""

    @property
    def url(self) -> str:
        return f"/gym/{self.slug}/screen/{self.token}/"

    def open(self) -> Answer:
        """Open the link."""
        answer = self.client.get(self.url)
        self.tag = answer.headers.get("HX-PTag", "")
        return answer

    def ask(self) -> Answer:
        """Ask what is new, as the page does every two seconds."""
        answer = self.client.get(f"{self.url}now/", headers={"HX-Request": "true", "HX-PTag": self.tag})
        self.tag = answer.headers.get("HX-PTag", self.tag)
        return answer

    def shows(self) -> Element:
        """What stands on the screen, newly asked for."""
        self.tag = ""
        return page(self.ask()).one("div", id="tv")

    def columns(self) -> dict[str, list[str]]:
        """The stations with their lines: "Wall" → ["Ana A.", "and 2 more"]."""
        return {
            station.one("h2").text: [line.text for line in station.all("li")]
            for station in self.shows().all("section")
            if "station" in station["class"]
        }

    def with_coach(self) -> list[str]:
        """Those who stand under "With coach"."""
        return [line.text for box in self.shows().all("div", class_="with-coach") for line in box.all("li")]


def agree(*people: Membership) -> None:
    """They may be shown on the TV."""
    for person in people:
        person.tv_consent = True
        person.save(update_fields=["tv_consent"])


def send_to_coach(session: ClassSession, member: Membership) -> None:
    """As a coach's tap leaves it."""
    with in_gym(session.gym):
        Attendance.objects.filter(session=session, member=member).update(with_coach=True)


def hung(cast_gym_owner: Membership, *, room: str = "") -> Tv:
    """A TV that the owner has just made."""
    screen, token = make.screen(cast_gym_owner.gym, cast_gym_owner, room=room)
    return Tv(screen, token, cast_gym_owner.gym.slug)
