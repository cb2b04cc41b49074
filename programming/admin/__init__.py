"""Whom and what every gym teaches, and what was seen there, for the operator to read. Only people are changed here.

History stays as it was seen, and what it makes (placements, rosters) only a tap may change.
"""

from programming.admin import (
    audit,
    classes,
    exercises,
    history,
    invitations,
    letters,
    library,
    people,
    people_files,
    sign_ins,
    tablets,
    template_files,
)

__all__ = [
    "audit",
    "classes",
    "exercises",
    "history",
    "invitations",
    "letters",
    "library",
    "people",
    "people_files",
    "sign_ins",
    "tablets",
    "template_files",
]
