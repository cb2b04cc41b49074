#!/usr/bin/env python
"""Every command of the project: `python manage.py help` lists them."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from gym.origin import coming_from


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gym.settings")
    try:
        with coming_from("".join(sys.argv[1:2])):
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        # The settings word their refusals for whoever runs the server; a traceback would hide the sentence.
        sys.exit(f"Rung cannot start: {problem}")


if __name__ == "__main__":
    main()
