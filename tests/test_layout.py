"""Everything in its place: imports run one way, names say what is meant, templates hold no code."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
MODULES = sorted(
    path for room in ("gym", "programming") for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# An answer puts several parts together and has nothing of its own; every other `_noun.html` is one part.
ANSWERS = sorted(path for path in TEMPLATES if path.name.startswith("_") and path.stem.endswith("_answer"))
PARTS = sorted(path for path in TEMPLATES if path.name.startswith("_") and path not in ANSWERS)

# Imports go down these floors, or stay on one. What is not named here is about data and stands with the models.
FLOORS = {
    "management": 5,
    "urls": 4,
    "admin": 4,
    "views": 3,
    "forms": 2,
    # What a page is drawn from.
    "at_hand": 2,
    "audit_list": 2,
    "calendar_feed": 2,
    "week": 2,
    "board": 2,
    "equipment_list": 2,
    "item_page": 2,
    "check_in": 2,
    "dead_letters": 2,
    "my_drills": 2,
    "my_history": 2,
    "plan_page": 2,
    "preview": 2,
    "member_sheet": 2,
    "sheet": 2,
    "station_list": 2,
    "summary": 2,
    "swapping": 2,
    "today": 2,
    "template_checks": 2,
    "template_list": 2,
    "template_page": 2,
    "template_versions": 2,
    "template_words": 2,
    "tv": 2,
    "tv_asking": 2,
    "access": 2,
    "templatetags": 2,
    "models": 1,
    "clock": 0,
    "ladder": 0,
    "outline": 0,
    "plan": 0,
    "steps": 0,
}
DATA = 1
# The application's outer walls, which Django itself puts together: they belong to no floor.
WALLS = {"apps", "authentication", "gunicorn", "middleware", "settings", "wsgi"}
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "config", "common", "misc", "base", "services"}


def name_of(path: Path) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_by(path: Path) -> Iterator[str]:
    """The dotted names a module imports, wherever in it, except those for types alone."""
    tree = ast.parse(path.read_text())
    for_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if node in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name instead of a relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor_of(name: str) -> int | None:
    """On which floor a module of ours stands; None for others and for the outer walls."""
    room, _dot, rest = name.partition(".")
    word = rest.partition(".")[0]
    if room not in {"gym", "programming"} or not word or word in WALLS:
        return None
    return FLOORS.get(word, DATA)


def imports(paths: list[Path]) -> list[tuple[str, str]]:
    """Every import of these modules as (importing module, imported name)."""
    return sorted({(name_of(path), imported) for path in paths for imported in imported_by(path)})


def test_imports_run_one_way() -> None:
    upward = [
        f"{importer} imports {imported}"
        for importer, imported in imports(MODULES)
        if (there := floor_of(imported)) is not None and (here := floor_of(importer)) is not None and there > here
    ]
    assert not upward, "\n".join(upward)


def test_the_rules_stand_alone() -> None:
    pure = [ROOT / "programming" / f"{name}.py" for name in ("ladder", "slots")]
    foreign = {
        imported
        for _importer, imported in imports(pure)
        if imported.partition(".")[0] in {"django", "gym", "programming"}
    }
    assert foreign == set()


def test_the_plan_and_its_clock_are_plain_values() -> None:
    modules = [ROOT / "programming" / f"{name}.py" for name in ("plan", "clock", "steps", "outline")]
    known = {f"programming.{name}" for name in ("plan", "clock", "steps")}
    foreign = {
        imported
        for _importer, imported in imports(modules)
        if imported.partition(".")[0] in {"django", "gym", "programming"}
        and not any(imported == each or imported.startswith(f"{each}.") for each in known)
    }
    assert foreign == set()


def test_the_house_does_not_know_the_teaching() -> None:
    knowing = [
        f"{importer} imports {imported}"
        for importer, imported in imports(MODULES)
        if importer.startswith("gym")
        and imported.startswith("programming")
        and not importer.startswith(("gym.urls", "gym.management."))
    ]
    assert not knowing, "\n".join(knowing)


def test_this_file_can_tell_up_from_down() -> None:
    assert (floor_of("gym.urls"), floor_of("programming.views.coach"), floor_of("programming.ladder")) == (4, 3, 0)
    assert (floor_of("programming.library.reader"), floor_of("gym.settings"), floor_of("django.urls")) == (
        1,
        None,
        None,
    )
    assert ("gym.access", "gym.models") in imports([ROOT / "gym" / "access.py"])
    assert len(MODULES) > 20


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_short_and_says_what_it_is_about(path: Path) -> None:
    # The rules of the ladder are read as one text.
    longest = 520 if path.name == "ladder.py" else 400
    assert len(path.read_text().splitlines()) <= longest, "split it by noun"
    assert path.stem not in VAGUE


# --- Templates ---------------------------------------------------------------------------------------------------


def without_template_code(source: str) -> str:
    """The HTML of a template, with template code replaced by a letter so that its marks do not disturb."""
    source = re.sub(r"{% comment.*?endcomment %}|{#.*?#}", "", source, flags=re.DOTALL)
    return re.sub(r"{%.*?%}|{{.*?}}", "x", source, flags=re.DOTALL)


class Reader(HTMLParser):
    """What a template must not hold, and its outermost elements."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.first: dict[str, str | None] | None = None
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.add(tag)
        if self.first is None:
            self.first = attributes
        if tag == "style":
            self.wrong.append("<style>")
        if tag == "script" and "src" not in attributes and attributes.get("type") != "application/json":
            self.wrong.append("<script> without src")
        for name, value in attributes.items():
            if name == "style" or name.startswith(("on", "hx-on")):
                self.wrong.append(f"{name}= on <{tag}>")
            if (value or "").strip().startswith(("javascript:", "js:")):
                self.wrong.append(f"script in {name}= on <{tag}>")
            if name.startswith("hx-trigger") and "[" in (value or ""):
                self.wrong.append(f"a filter in {name}= on <{tag}>")


def read(source: str) -> Reader:
    reader = Reader()
    reader.feed(without_template_code(source))
    reader.close()
    return reader


# A letter has its style with it: whoever reads it has no page of ours, and its mail program fetches nothing.
LETTERS = ROOT / "templates" / "mail" / "layout.html"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_a_template_holds_no_script_and_no_style(path: Path) -> None:
    assert read(path.read_text()).wrong == (["<style>"] if path == LETTERS else [])


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_the_root_of_a_part_owns_an_id(path: Path) -> None:
    first = read(path.read_text()).first
    assert first is not None
    # A picture is drawn many times on a page and never exchanged for another.
    assert first.get("id") or (path.name == "_icon.html" and first.get("aria-hidden") == "true")


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_an_answer_has_nothing_of_its_own(path: Path) -> None:
    assert read(path.read_text()).tags <= {"hx-partial"}


@pytest.mark.parametrize(
    "source",
    [
        "<p style='color: red'>",
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        "<button onclick='go()'>",
        "<button hx-on:click='go()'>",
        "<a href='javascript:go()'>",
        "<form hx-vals='js:{now: Date.now()}'>",
        "<div hx-trigger='click[ctrlKey]'>",
        '<p class="{% if a > b %}c{% endif %}" style="{{ d }}">',
    ],
)
def test_each_kind_of_code_in_a_template_is_found(source: str) -> None:
    assert len(read(source).wrong) == 1
