"""`manage.py create_gym`: a real gym with the shipped library, its owner, and nobody else."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from gym.models import Gym, Membership, User
from gym.scope import in_gym
from programming.models import ClassSession, ClassTemplate, Drill, Progression, Tap
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def deployed(settings: Settings) -> None:
    """As on a gym's own server."""
    settings.DEMO = False


def create(name: str = "Iron Works", email: str = "ruth.okafor@ironworks.example", **options: str) -> str:
    """What the command says."""
    said = StringIO()
    call_command("create_gym", name, email, stdout=said, **options)
    return said.getvalue()


def refusal(*words: str, **options: str) -> str:
    """The sentence of a refusal, which has left no trace."""
    gyms, users = Gym.objects.count(), User.objects.count()
    with pytest.raises(CommandError) as refused:
        create(*words, **options)
    assert (Gym.objects.count(), User.objects.count()) == (gyms, users)
    return str(refused.value)


def test_a_gym_with_its_library_and_its_owner() -> None:
    said = create()
    assert "Iron Works is ready" in said
    assert "ruth.okafor@ironworks.example asks for a code by e-mail" in said
    gym = Gym.objects.get()
    assert (gym.name, gym.slug, gym.time_zone, gym.is_demo) == ("Iron Works", "iron-works", "Europe/London", False)
    with in_gym(gym):
        owner = Membership.objects.get()
        assert (owner.name, owner.is_owner, owner.is_coach, owner.is_member) == ("Ruth Okafor", True, True, False)
        assert (owner.user.email, owner.user.is_demo) == ("ruth.okafor@ironworks.example", False)
        assert not owner.user.has_usable_password()
        shipped = make.shipped()
        assert Drill.objects.count() == len(shipped.drills)
        assert {each.key for each in Progression.objects.all()} == {each.key for each in shipped.progressions}
        assert {each.key for each in ClassTemplate.objects.all()} == {each.key for each in shipped.templates}
        assert not ClassSession.objects.exists()
        assert not Tap.objects.exists()


def test_name_address_and_time_zone_can_be_given() -> None:
    create("Зал на Речной", "o@zal.example", owner="Ольга Петрова", slug="zal", time_zone="Europe/Riga")
    gym = Gym.objects.get(slug="zal")
    assert (gym.name, gym.time_zone) == ("Зал на Речной", "Europe/Riga")
    with in_gym(gym):
        assert Membership.objects.get().name == "Ольга Петрова"


def test_an_owner_who_is_known_in_whatever_case_owns_a_second_gym() -> None:
    create()
    create("Harbour Hall", "Ruth.Okafor@IRONWORKS.example")
    user = User.objects.get()
    assert Membership.across_gyms.filter(user=user, is_owner=True).count() == 2


def test_a_known_owner_keeps_their_password() -> None:
    user = User.objects.create_user("ruth@ironworks.example", make.PASSWORD)
    create(email="RUTH@ironworks.example")
    user.refresh_from_db()
    assert user.check_password(make.PASSWORD)


@pytest.mark.parametrize("name", ["Iron Works", "IRON  works"])
def test_a_taken_name(name: str) -> None:
    create()
    assert refusal(name, "other@example.org", slug="other") == "There is a gym called “Iron Works” already."


def test_a_taken_address() -> None:
    create()
    assert refusal("Iron-Works", "other@example.org") == "The address “iron-works” is taken; give another with --slug."


@pytest.mark.parametrize(
    ("words", "options", "sentence"),
    [
        (("Iron Works", "nobody"), {}, "“nobody” is no e-mail address."),
        (("Iron Works", ""), {}, "“” is no e-mail address."),
        (("Iron Works", "a@b@c.example"), {}, "“a@b@c.example” is no e-mail address."),
        (("  ", "o@example.org"), {}, "A gym needs a name."),
        (("力", "o@example.org"), {}, "No address can be made of “力”; give one, such as --slug iron-works."),
        (("a" * 101, "o@example.org"), {"slug": "a"}, "The name is too long: 100 characters at most."),
        (
            ("Iron Works", "o@example.org"),
            {"slug": "iron works"},
            "The address “iron works” will not do: up to 60 letters a to z, digits, - and _.",
        ),
        (
            ("Iron Works", "o@example.org"),
            {"time_zone": "Europe/Londres"},
            "There is no time zone “Europe/Londres”; write one such as Europe/London.",
        ),
    ],
)
def test_what_will_not_do(words: tuple[str, ...], options: dict[str, str], sentence: str) -> None:
    assert refusal(*words, **options) == sentence


def test_a_sign_in_of_the_demo_owns_a_gym_in_the_demo_only(settings: Settings) -> None:
    User.objects.create_user("carla@northside.example", make.PASSWORD, is_demo=True)
    sentence = "carla@northside.example is a sign-in of the demo and works there only; give another e-mail."
    assert refusal("Iron Works", "carla@northside.example") == sentence
    settings.DEMO = True
    assert "Iron Works is ready" in create(email="carla@northside.example")


def test_a_sign_in_that_is_switched_off() -> None:
    User.objects.create_user("ruth@ironworks.example", make.PASSWORD, is_active=False)
    sentence = "The sign-in of ruth@ironworks.example has been switched off; give another e-mail."
    assert refusal("Iron Works", "ruth@ironworks.example") == sentence
