"""The Nu checker: what the HTML standard says of a page.

It is a Java program, which `make test` installs from the package.json beside this file. One start reads a whole folder.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

from tests.page import VOID

JAR = Path(__file__).parent / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"

# Attributes of htmx, which no standard knows; those with a colon are no XML either. And the role without which Safari
# does not tell that a list is one where the stylesheet takes its bullets away. Nothing else is excused.
EXCUSED = re.compile(
    r"Attribute “hx-[a-z-]+(:[a-z-]+)*” not allowed on element “[a-z0-9]+” at this point\."
    r"|Attribute “hx-[a-z-]+(:[a-z-]+)+” is not serializable as XML 1\.0\."
    r"|The “list” role is unnecessary for element “[uo]l”\."
)
# Around a part that cannot stand just anywhere.
AROUND = {"li": "ul"}


def has_checker() -> bool:
    """Whether the checker is installed, and Java to run it."""
    return JAR.exists() and shutil.which("java") is not None


class Roots(HTMLParser):
    """Finds the outermost elements: their tags, and where each begins as (line, column)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[int, int]]] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        self.depth += tag not in VOID

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.depth:
            self.found.append((tag, self.getpos()))

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1


def document(html: str) -> str:
    """A page as it is; parts in the smallest page around them.

    Each stands where it may stand: htmx takes <hx-partial> away and puts what was in it there.
    """
    if html.lstrip().lower().startswith("<!doctype"):
        return html
    html = re.sub(r"</?hx-partial[^>]*>", "\n", html)
    reader = Roots()
    reader.feed(html)
    reader.close()
    lines = [0, *(found.end() for found in re.finditer("\n", html))]
    begins = [lines[line - 1] + column for _tag, (line, column) in reader.found]
    parts = [
        f"<{AROUND[tag]}>{html[begin:end]}</{AROUND[tag]}>" if tag in AROUND else html[begin:end]
        for (tag, _place), begin, end in zip(reader.found, begins, [*begins[1:], len(html)], strict=True)
    ]
    head = '<!doctype html><html lang="en"><head><title>Parts</title></head>'
    # A part that begins with a heading of the third level stands in a section of the second.
    first = re.search(r"<h([1-6])", html)
    section = "<h2>Part</h2>" if first and first[1] == "3" else ""
    # One that holds the page's own heading brings it along; a list of words to choose from stands on the page.
    heading = "" if "<h1" in html else "<h1>Parts</h1>"
    words = '<datalist id="drills"></datalist>' if 'list="drills"' in html else ""
    return f"{head}<body><main>{heading}{section}\n{''.join(parts)}{words}</main></body></html>"


def faults(pages: Mapping[str, str]) -> list[str]:
    """Every error and warning in these pages and parts, each with the first page that has it. Starts Java once."""
    with tempfile.TemporaryDirectory() as folder:
        names = {f"{number}.html": where for number, where in enumerate(pages)}
        for name, where in names.items():
            (Path(folder) / name).write_text(document(pages[where]))
        checked = subprocess.run(
            # The language of a part of ten words is a guess.
            ["java", "-jar", JAR, "--format", "json", "--stdout", "--exit-zero-always", "--no-langdetect", folder],
            check=True,
            capture_output=True,
            text=True,
        )
    found: dict[str, str] = {}
    for each in json.loads(checked.stdout)["messages"]:
        # "info" without a kind is a remark, not a warning.
        if (each["type"] != "info" or "subType" in each) and not EXCUSED.fullmatch(each["message"]):
            said = f"{each['message']} {' '.join(each.get('extract', '').split())}"
            found.setdefault(said, names[each["url"].rpartition("/")[2]])
    return [f"{where}: {said}" for said, where in found.items()]
