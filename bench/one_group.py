"""The figures of one group, in a process of its own: `python -m bench.one_group NAME FILE`. `python -m bench` calls it.

DATABASE_URL names an empty database. The figures go to the file as JSON, the database's version to a file beside it.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import sys
from pathlib import Path

import django


def prepare() -> str:
    """Django, the tables and the static files as `make run` makes them; returns the name of the database."""
    from django.core.management import call_command
    from django.db import connection

    from gym.management.commands.start import collect_static_files

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    collect_static_files()
    version = ".".join(str(part) for part in connection.get_database_version())
    return f"{connection.display_name} {version}"


def main() -> None:
    """Measure the group that is named."""
    from bench.groups import chosen

    (group,), answer = chosen(sys.argv[1]), Path(sys.argv[2])
    django.setup()
    answer.with_suffix(".version").write_text(f"Django {django.get_version()}\n{prepare()}\n")
    figures = []
    for figure in importlib.import_module(group.module).figures():
        print(f"  {figure.name}: {figure.measured:.3g}{figure.unit}", file=sys.stderr, flush=True)
        figures.append(dataclasses.asdict(figure))
    answer.write_text(json.dumps(figures))


if __name__ == "__main__":
    main()
