"""Collect what is to be translated, and compile what is: `python -m words`, or `make words`."""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gym.settings")
os.environ.setdefault("DEMO", "true")
django.setup()

from words.catalogues import PLURALS, brought_up, compiled, mo_path, po_path, read, template_of, written  # noqa: E402
from words.checking import faults_of, untranslated  # noqa: E402
from words.collecting import sentences  # noqa: E402


def main() -> int:
    """Write every catalogue anew. Exit code 1 where a translation cannot be right."""
    template, wrong = template_of(sentences()), 0
    for language in PLURALS:
        catalog = brought_up(read(language), template)
        po_path(language).parent.mkdir(parents=True, exist_ok=True)
        po_path(language).write_text(written(language, catalog))
        mo_path(language).write_bytes(compiled(language))
        faults = faults_of(catalog)
        left = len(untranslated(catalog))
        print(f"{language}: {len(catalog) - left} of {len(catalog)} translated")
        print("".join(f"  {fault}\n" for fault in faults), end="")
        wrong += len(faults)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
