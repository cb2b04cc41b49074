"""A process of its own that posts one form to Rung, and says what became of it: `another_process.py URL name=value …`.

It has the settings of a deployment, but for what no test waits for: hashed passwords as the tests store them, and files
that nobody has collected.
"""

from __future__ import annotations

import sys

import django
from django.conf import settings
from django.test import Client


def main(url: str, *fields: str) -> None:
    """Print the status and where it leads, or the page."""
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()
    answer = Client(SERVER_NAME="localhost").post(url, dict(field.split("=", 1) for field in fields))
    print(answer.status_code, answer.headers.get("Location", answer.content.decode()))


if __name__ == "__main__":
    main(*sys.argv[1:])
