"""Scripts and stylesheets are sent without what only their readers need, and mean the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from gym.trimming import COMMENT, trimmed

STATIC = Path(settings.BASE_DIR) / "static"
OURS = sorted([*STATIC.glob("js/*.js"), *STATIC.glob("css/*.css")])


@pytest.mark.parametrize(
    ("name", "text", "sent"),
    [
        ("js/a.js", "// Why.\n\n  let a = 1; // kept\n  b();\n", "let a = 1; // kept\nb();\n"),
        ("js/a.js", 'const address = "https://here";\n', 'const address = "https://here";\n'),
        ("css/a.css", "/* Why,\n   in two lines. */\n.a {\n  color: red; }\n", ".a{color:red}\n"),
        (
            "css/a.css",
            "a :hover, .b > i { --x: ; margin: 0 calc(1px + 2px); }\n",
            "a :hover,.b > i{--x:;margin:0 calc(1px + 2px)}\n",
        ),
    ],
)
def test_what_is_left_out(name: str, text: str, sent: str) -> None:
    assert trimmed(name, text) == sent


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_text_goes_over_several_lines(path: Path) -> None:
    text = path.read_text()
    for number, line in enumerate(text.splitlines(), 1):
        assert line.count("`") % 2 == 0, f"{path.name}:{number} begins or ends a text of several lines"
    assert "/*" not in text or path.suffix == ".css"


@pytest.mark.parametrize("path", [path for path in OURS if path.suffix == ".css"], ids=lambda path: path.name)
def test_no_text_in_a_stylesheet_holds_what_is_left_out(path: Path) -> None:
    for text in re.findall(r'"[^"]*"', COMMENT.sub("", path.read_text())):
        assert not re.search(r"[{};,]|: ", text), text
