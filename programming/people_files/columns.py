"""What a column of somebody's list holds, guessed from its heading in the languages that gym software writes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from gym.models import fold

# Column → what an owner reads; the order is that of the list to choose from.
COLUMNS: Final = {
    "": _("not imported"),
    "name": _("whole name"),
    "first_name": _("first name"),
    "last_name": _("last name"),
    "nickname": _("nickname"),
    "shown_name": _("shown on screens as"),
    "email": _("e-mail"),
    "born": _("date of birth: says only who is a minor"),
    "is_minor": _("a minor: yes or no"),
    "guardian_email": _("guardian’s e-mail"),
    "state": _("active or left"),
    "tags": _("tags"),
    "standing_limits": _("standing limits"),
    "tv_consent": _("named on the TV: yes or no"),
    "language": _("language"),
    "units": _("units"),
    "id": _("Rung’s own id"),
}

# What headings say, folded: English, German, French, Spanish, Italian, Dutch, Portuguese.
WORDS: Final[dict[str, tuple[str, ...]]] = {
    "id": ("rung id",),
    "first_name": (
        *("first name", "first", "firstname", "given name", "forename", "vorname", "prenom", "nombre de pila"),
        *("nombres", "voornaam", "primeiro nome", "client first name", "member first name", "athlete first name"),
    ),
    "last_name": (
        *("last name", "last", "lastname", "surname", "family name", "nachname", "familienname", "zuname"),
        *("nom de famille", "apellido", "apellidos", "cognome", "achternaam", "sobrenome", "apelido"),
        *("client last name", "member last name", "athlete last name"),
    ),
    "name": (
        *("name", "full name", "fullname", "client name", "member name", "client", "member", "athlete", "customer"),
        *(
            "customer name",
            "display name",
            "mitglied",
            "kunde",
            "name vollstandig",
            "vollstandiger name",
            "nom complet",
        ),
        *("nom", "nom et prenom", "membre", "adherent", "nombre", "nombre completo", "socio", "nome", "nome completo"),
        *("naam", "volledige naam", "lid"),
    ),
    "nickname": (
        "nickname",
        "nick",
        "preferred name",
        "known as",
        "spitzname",
        "rufname",
        "surnom",
        "apodo",
        "bijnaam",
    ),
    "shown_name": ("shown name", "screen name", "anzeigename", "nom affiche"),
    "email": (
        *("email", "e mail", "email address", "e mail address", "mail", "primary email", "member email"),
        *("client email", "e mail adresse", "emailadresse", "e mailadresse", "mailadresse", "courriel"),
        *(
            "adresse e mail",
            "adresse email",
            "adresse mail",
            "correo",
            "correo electronico",
            "correo e",
            "posta elettronica",
        ),
        *("indirizzo email", "endereco de email", "main email"),
    ),
    "born": (
        *("date of birth", "birth date", "birthdate", "birthday", "dob", "born", "geburtsdatum", "geburtstag"),
        *("geboren", "date de naissance", "naissance", "ne le", "fecha de nacimiento", "nacimiento"),
        *("data di nascita", "geboortedatum", "data de nascimento"),
    ),
    "is_minor": ("minor", "is minor", "a minor", "under 18", "minderjahrig", "mineur", "menor", "menor de edad"),
    "guardian_email": (
        *("guardian email", "guardian s e mail", "guardian s email", "guardians e mail", "guardians email"),
        *("guardian e mail", "parent email", "parent e mail", "parents email", "emergency contact email"),
        *("e mail der eltern", "eltern e mail", "e mail erziehungsberechtigte", "email du tuteur", "email parent"),
        *("e mail du tuteur", "email des parents", "correo del tutor"),
    ),
    "state": (
        *("status", "state", "client status", "member status", "membership status", "account status", "active"),
        *("is active", "mitgliedsstatus", "mitgliedschaftsstatus", "statut", "etat", "estado", "actif", "activo"),
        *("aktiv", "stato"),
    ),
    "tags": ("tags", "tag", "labels", "groups", "group", "schlagworter", "etiquettes", "etiquetas", "gruppen"),
    "standing_limits": ("standing limits", "limits", "einschrankungen", "restrictions"),
    "tv_consent": ("named on the tv", "tv", "tv consent", "may be shown on the tv"),
    "language": ("language", "preferred language", "sprache", "langue", "idioma", "lingua", "taal"),
    "units": ("units", "einheiten", "unites", "unidades"),
}
FIELD_OF: Final = {word: field for field, words in WORDS.items() for word in words}
# A first name beside which such a heading is the last one, and the other way round.
LAST_BESIDE_FIRST: Final = ("name", "nom", "naam", "client", "nome")
FIRST_BESIDE_LAST: Final = ("nombre", "nome", "nom")


def heard(heading: str) -> str:
    """A heading as it is compared: letters alone."""
    return " ".join(re.sub(r"[^\w]+|_", " ", fold(heading)).split())


def known(headings: Sequence[str]) -> int:
    """How many of these are understood."""
    return sum(heard(each) in FIELD_OF for each in headings)


def guess(headings: Sequence[str]) -> list[str]:
    """What each column holds, "" where nobody knows; nothing is guessed twice."""
    said = [heard(each) for each in headings]
    fields = [FIELD_OF.get(each, "") for each in said]
    if "first_name" in fields and "last_name" not in fields:
        fields = _instead(fields, said, LAST_BESIDE_FIRST, "last_name")
    elif "last_name" in fields and "first_name" not in fields:
        fields = _instead(fields, said, FIRST_BESIDE_LAST, "first_name")
    met: set[str] = set()
    for place, field in enumerate(fields):
        if field in met:
            fields[place] = ""
        met.add(field)
    if {"first_name", "last_name"} <= met:
        fields = ["" if each == "name" else each for each in fields]
    return fields


def _instead(fields: list[str], said: list[str], words: Sequence[str], field: str) -> list[str]:
    """The same with the first whole name that is called so taken for a part of it."""
    for place, each in enumerate(fields):
        if each == "name" and said[place] in words:
            return [*fields[:place], field, *fields[place + 1 :]]
    return fields
