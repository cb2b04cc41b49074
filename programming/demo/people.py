"""The made-up people of the two demo gyms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from uuid import UUID, uuid5

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programming.demo.story import (
    CLEAN,
    DOWEL,
    LOADED,
    NOT_YET,
    WALL,
    Person,
    Said,
    assign,
    clear,
    drill,
    fault,
    note,
    pain,
    stage,
    wall,
    weight,
)

# Everybody of the demo signs in with it; it is printed at each start and works in the demo only.
PASSWORD = "hips-back-first"  # noqa: S105 - public on purpose

# Everything made for the demo is named within it.
NAMESPACE = UUID("6f5902ac-237f-4b1c-9c1e-2d2c7f0e1a57")

FOUNDATIONS, UNDER_LOAD = "hinge-foundations", "hinge-under-load"


@dataclass(frozen=True, kw_only=True)
class Staff:
    """An owner or a coach."""

    name: str
    email: str
    roles: tuple[str, ...]
    # For a tablet that coaches share; as public as the password, and as dead outside the demo.
    pin: str = ""


@dataclass(frozen=True)
class Slot:
    """A class that comes round each week: weekday from 0 for Monday, template, and which coach."""

    weekday: int
    starts: time
    template: str
    coach: int


@dataclass(frozen=True, kw_only=True)
class House:
    """A demo gym: who is who, and its week."""

    name: str
    slug: str
    time_zone: str
    # The first coaches the class that runs now, the second the one before it.
    staff: tuple[Staff, ...]
    people: tuple[Person, ...]
    slots: tuple[Slot, ...]
    weeks: int = 8
    # People in a class: at least, at most, and in the one that runs now.
    at_least: int = 10
    at_most: int = 14
    running: int = 15
    # Whether a class before and one after the running one belong to the day.
    has_whole_day: bool = True
    room: str = ""
    # What the gym counted, by kind and weight in grams (0: no weight). A dowel too few for those on the floor.
    owned: tuple[tuple[str, int, int], ...] = ()

    @property
    def id(self) -> UUID:
        """The gym's own: the same in every demo, so that a later start knows it again."""
        return uuid5(NAMESPACE, self.slug)

    def person_id(self, person: Person | Staff) -> UUID:
        """The membership's; it tells the demo's own people from those whom a visitor added."""
        nickname = person.fields.get("nickname", "") if isinstance(person, Person) else ""
        return uuid5(self.id, f"{type(person).__name__} {person.name} {nickname}")

    @property
    def coaches(self) -> list[Staff]:
        """Those who coach, in order."""
        return [each for each in self.staff if "coach" in each.roles]


def quiet(*last: Said) -> tuple[Said, ...]:
    """A last visit that leaves nothing to suggest: a set that was not there yet, then what is given."""
    return (NOT_YET, *last)


# The fifteen of the class that runs now, as the board shows them.
ON_THE_FLOOR = (
    Person(
        name="Aaliyah Mensah",
        is_on=True,
        top=DOWEL,
        weak=("chin-up", "head-off-dowel"),
        last=(stage(DOWEL), *quiet(CLEAN)),
        today=(fault("chin-up"),),
    ),
    Person(name="Ben Turner", is_on=True, top=WALL, skill=0.4, weak=("squats-it",), last=(wall(40), *quiet())),
    Person(
        name="Chiara Rinaldi",
        is_on=True,
        start=DOWEL,
        skill=0.85,
        last=(stage(LOADED), drill("sternum-hinge"), weight(12), *quiet()),
        today=(CLEAN,),
    ),
    Person(
        name="Dmitri Kozlov",
        is_on=True,
        top=DOWEL,
        weak=("squats-it", "head-off-dowel"),
        besides={4: (note("Drives a van all day; give him a longer couch stretch."),)},
        last=(stage(DOWEL), fault("squats-it"), assign("block-in-front-of-knees", "squats-it"), CLEAN),
        today=(CLEAN,),
        email="dmitri@northside.example",
        practised=(
            (5, 20, "cat-cow"),
            (4, 7, "block-in-front-of-knees"),
            (2, 19, "block-in-front-of-knees"),
            (2, 20, "dowel-hinge"),
            (1, 7, "block-in-front-of-knees"),
        ),
        checked=((6, "three-contacts", ("head", "sacrum")), (1, "three-contacts", ("sacrum",))),
    ),
    Person(
        name="Elena Sánchez",
        is_on=True,
        top=WALL,
        skill=0.3,
        weak=("squats-it",),
        last=(wall(30), fault("squats-it"), assign("hands-above-knees", "squats-it"), NOT_YET),
        today=(fault("squats-it"),),
    ),
    Person(
        name="Farid Haddad",
        is_on=True,
        top=DOWEL,
        weak=("sacrum-off-dowel",),
        last=(stage(DOWEL), *quiet()),
        practised=((2, 20, "dowel-hinge"), (1, 20, "dowel-hinge"), (1, 21, "cat-cow")),
    ),
    Person(
        name="Grace Osei",
        is_on=True,
        start=DOWEL,
        skill=0.9,
        last=(stage(LOADED), drill("romanian-deadlift"), weight(16), *quiet()),
        today=(CLEAN,),
    ),
    Person(
        name="Hannah Lowe",
        is_on=True,
        top=DOWEL,
        weak=("rounds-low-back",),
        last=(stage(DOWEL), fault("rounds-low-back"), pain("low_back"), note("Sent to her physio. Wait for word.")),
    ),
    Person(
        name="Isaac Whitfield",
        is_on=True,
        weeks=3,
        top=WALL,
        skill=0.5,
        last=(wall(30), *quiet()),
        today=(CLEAN,),
    ),
    Person(name="Jun Park", is_on=True, weeks=0, today=(stage(WALL),)),
    Person(name="Katarzyna Zielińska", is_on=True, top=DOWEL, last=(stage(DOWEL), *quiet()), today=(CLEAN,)),
    Person(
        name="Liam Doyle",
        is_on=True,
        top=DOWEL,
        skill=0.45,
        weak=("head-off-dowel", "chin-up"),
        besides={3: (note("Old shoulder injury, dowel low grip only."),)},
        last=(stage(DOWEL), CLEAN, fault("head-off-dowel"), assign("wrong-then-right", "head-off-dowel")),
        today=(fault("head-off-dowel"),),
        fields={"standing_limits": "low grip only"},
    ),
    Person(
        name="Maximiliano Villanueva",
        is_on=True,
        start=DOWEL,
        skill=0.8,
        away=16,
        last=(stage(LOADED), weight(16), *quiet()),
        fields={"shown_name": "Maximiliano Villanueva", "nickname": "Max"},
    ),
    Person(
        name="Noor Bakker",
        is_on=True,
        fields={"tv_consent": False},
        weeks=5,
        top=WALL,
        skill=0.7,
        last=(wall(60), *quiet(CLEAN)),
        today=(CLEAN,),
    ),
    Person(name="Olu Adeyemi", is_on=True, top=DOWEL, weak=("upper-back-off-dowel",), last=(stage(DOWEL), *quiet())),
)

OTHERS = (
    Person(name="Ольга Смирнова", skill=0.8),
    Person(name="佐藤 美咲", start=DOWEL, skill=0.85, fields={"shown_name": "美咲"}),
    Person(name="عمر الخطيب", top=DOWEL, weak=("chin-up",), fields={"shown_name": "عمر"}),
    Person(name="Łukasz Nowak", skill=0.75, weak=("ribs-flare",)),
    Person(name="Zoë Vandenberghe", top=DOWEL, skill=0.6),
    # The second Ben.
    Person(name="Ben Okonkwo", skill=0.7),
    # Two who are both called so; the app tells them apart by their nicknames where it has them.
    Person(name="Sarah Jones", top=DOWEL, weak=("locks-knees",)),
    Person(name="Sarah Jones", weeks=4, top=WALL, fields={"nickname": "Saz", "shown_name": "Saz J."}),
    Person(name="Anneliese Oberhauser-Krämer", skill=0.7, fields={"shown_name": "Anneliese Oberhauser"}),
    Person(
        name="Thiruvananthapuram Subramaniam Venkataraghavan",
        top=DOWEL,
        fields={"nickname": "Venkat", "shown_name": "Venkat"},
    ),
    Person(
        name="Marta Ferreira",
        skill=0.7,
        besides={
            2: (pain("knee"),),
            4: (clear("Knee settled after ten days off squatting; physio is happy for her to hinge."),),
        },
    ),
    Person(name="Priya Raman", start=DOWEL, skill=0.9, comes_down=True),
    Person(name="Callum Fraser", skill=0.94, weak=("squats-it",), comes_down=True),
    Person(name="Ingrid Solberg", skill=0.75, weak=("no-glute-finish",)),
    Person(name="Mateo Rossi", weeks=6, top=DOWEL, skill=0.5, weak=("rounds-low-back",)),
    Person(name="Yusuf Demir", weeks=5, top=WALL, skill=0.2, weak=("weight-on-toes",)),
    Person(name="Beatriz Carvalho", skill=0.94, comes_down=True),
    Person(name="Nguyễn Thị Hồng", skill=0.7, fields={"shown_name": "Hồng N."}),
    Person(
        name="Harry Bell",
        weeks=7,
        top=DOWEL,
        fields={"is_minor": True, "guardian_email": "bell.family@northside.example"},
    ),
    Person(
        name="Ivy Castellanos",
        weeks=3,
        top=WALL,
        skill=0.5,
        fields={"is_minor": True, "guardian_email": "castellanos@northside.example", "tv_consent": False},
    ),
    Person(name="Ruairí Ó Súilleabháin", skill=0.7, weak=("starts-with-back",)),
    Person(
        name="Gwen Pritchard",
        top=DOWEL,
        skill=0.55,
        weak=("sacrum-off-dowel",),
        besides={5: (note("New job on her feet, comes tired. Short sets."),)},
    ),
    Person(name="Desmond Clarke", start=DOWEL, skill=0.9, comes_down=True),
    Person(name="Sofia Papadopoulou", weeks=6, skill=0.7),
    Person(name="Tom Ashworth", weeks=2, top=WALL, skill=0.4, weak=("locks-knees",)),
    Person(name="Femi Balogun", weeks=1, top=WALL, skill=0.6),
    Person(name="Lena Hoffmann", skill=0.65, away=23),
)

NORTHSIDE = House(
    name="Northside Barbell",
    slug="northside-barbell",
    time_zone="Europe/London",
    room="Main floor",
    staff=(
        Staff(name="Carla Mendes", email="carla@northside.example", roles=("coach",), pin="4711"),
        Staff(name="Kim Lindqvist", email="kim@northside.example", roles=("coach",), pin="8064"),
        Staff(name="Tomasz Wójcik", email="tomasz@northside.example", roles=("coach",), pin="2917"),
        Staff(name="Ruth Okafor", email="ruth@northside.example", roles=("owner",)),
    ),
    people=ON_THE_FLOOR + OTHERS,
    slots=(
        Slot(1, time(18), FOUNDATIONS, 0),
        Slot(1, time(19, 15), UNDER_LOAD, 0),
        Slot(3, time(7), FOUNDATIONS, 1),
        Slot(4, time(18), UNDER_LOAD, 2),
        Slot(5, time(10), FOUNDATIONS, 2),
    ),
    owned=(
        ("wall-spot", 0, 8),
        ("dowel", 0, 5),
        ("band", 0, 20),
        ("anchor", 0, 10),
        ("mat", 0, 20),
        ("bench", 0, 6),
        ("kettlebell", 8_000, 4),
        ("kettlebell", 12_000, 4),
        ("kettlebell", 16_000, 3),
        ("kettlebell", 20_000, 2),
        ("barbell", 0, 6),
    ),
)

HARBOUR = House(
    name="Harbour Strength",
    slug="harbour-strength",
    time_zone="Europe/London",
    room="Loft",
    staff=(
        Staff(name="Jonas Weber", email="jonas@harbour.example", roles=("coach",)),
        Staff(name="Sinéad O’Rourke", email="sinead@harbour.example", roles=("owner",)),
    ),
    people=(
        # Coaches at Northside and trains here: one sign-in, two memberships.
        Person(name="Kim Lindqvist", is_on=True, start=DOWEL, skill=0.9, email="kim@northside.example"),
        Person(name="Alba Serrano", is_on=True, skill=0.7, today=(CLEAN,)),
        Person(
            name="Bram de Vries", is_on=True, skill=0.9, top=DOWEL, last=(stage(DOWEL), *quiet(CLEAN)), today=(CLEAN,)
        ),
        Person(name="Chidi Eze", is_on=True, skill=0.8, fields={"tv_consent": False}),
        Person(name="Derya Aksoy", is_on=True, top=WALL, skill=0.4, today=(fault("squats-it"),)),
        Person(name="Edda Magnúsdóttir", is_on=True, top=DOWEL),
        Person(name="Finn Gallagher", is_on=True, weeks=2, top=WALL),
        Person(name="Gita Sharma", is_on=True, skill=0.75),
        Person(name="Hugo Lambert", top=DOWEL, skill=0.5, weak=("chin-up",)),
        Person(name="Ines Moreau", weeks=2, top=WALL),
        Person(name="Jack Nolan", skill=0.6),
    ),
    slots=(Slot(0, time(18, 30), FOUNDATIONS, 0), Slot(3, time(18, 30), FOUNDATIONS, 0)),
    owned=(("wall-spot", 0, 4), ("dowel", 0, 6), ("band", 0, 8), ("anchor", 0, 4)),
    weeks=3,
    at_least=6,
    at_most=9,
    running=8,
    has_whole_day=False,
)

HOUSES = (NORTHSIDE, HARBOUR)

DEMO_SIGN_INS: list[tuple[Promise, str, str]] = [
    (_("owner"), "ruth@northside.example", PASSWORD),
    (_("coach"), "carla@northside.example", PASSWORD),
    (_("coach"), "kim@northside.example", PASSWORD),
    (_("coach"), "tomasz@northside.example", PASSWORD),
    (_("member"), "dmitri@northside.example", PASSWORD),
    (_("Harbour’s owner"), "sinead@harbour.example", PASSWORD),
    (_("Harbour’s coach"), "jonas@harbour.example", PASSWORD),
]
