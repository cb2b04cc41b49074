"""What no screen of ours sends, and what somebody may paste into one: values, forms, bodies, headers, addresses.

Everything ends as bytes, as it does on the wire. test_hostile.py sends it to every address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

MEGABYTE = 1024 * 1024

TEXTS = [
    *("", " ", "\t\r\n", "null", "None", "undefined", "true", "[]", "{}", "0"),
    # Nothing to see, and what changes what is seen around it.
    *(
        "\u200b",
        "\u2060\ufeff",
        "\u00a0",
        "\u202eשלום",
        "\u2067a\u2066b",
        "\u0301\u0301",
        "\x01\x1b\x7f\x85",
        "\ufffe\uffff",
    ),
    *("a\x00b", "🏋️‍♀️", "🏳️‍🌈" * 40, "ﷺ" * 120, "مرحبا", "Zoë", "Z\u0308", "ſ", "İ", "\U0010ffff"),
    # Numbers that are none, or too many.
    *("-1", "-0", "+1", "1.5", "1e309", "NaN", "Infinity", "0x10", "1_000", "٣٤", "²", "2147483648", "-2147483649"),
    *("9223372036854775808", "1" * 400, "9" * 5000),
    *("2026-02-30", "0000-00-00", "2026-11-21T25:61:00Z", "99999-01-01", "24:00"),
    # Code of somebody's.
    *(
        "' OR 1=1 --",
        "'; DROP TABLE gym_membership; --",
        "%",
        "_",
        "\\",
        "%s %(name)s",
        "{0} {name}",
        "${jndi:ldap://x}",
    ),
    *("{{ 7|add:7 }}{% now 'Y' %}", "<script>alert(1)</script>", "</textarea><b>", '"><img src=x onerror=alert(1)>'),
    *(
        "&lt;&amp;#39;",
        "javascript:alert(1)",
        "//elsewhere.example",
        "../../etc/passwd",
        "a\r\nSet-Cookie: b=c",
        "a; q*=nonsense''x",
    ),
    # Ids of other kinds and spellings.
    *("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    *(
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "{018F0000-0000-7000-8000-00000000BEEF}",
        "018f0000-0000-7000-8000-00000000000",
    ),
    *(
        "urn:uuid:018f0000-0000-7000-8000-00000000cafe",
        "018f0000000070008000００００００００",
        "018f0000_0000_7000_8000_0000dead",
    ),
    # Spaces around, and long.
    *(
        "  both sides  ",
        "x" * 120,
        "x" * 121,
        "x y " * 30,
        "\n" + "x" * 2000,
        "\u05d0" * 2001,
        "a@" + "b" * 400 + ".example",
    ),
]
BYTES = [
    # A lone surrogate and an overlong NUL as UTF-8 would spell them, the beginnings of characters, other encodings.
    *(b"\xed\xa0\x80", b"\xc0\x80", b"\xff\xfe", b"\xe2\x82", "Zoë".encode("latin-1"), "Zoë".encode("utf-16")),
    *(b"x" * MEGABYTE, b"<" * 20_000),
]
VALUES: st.SearchStrategy[bytes] = st.one_of(
    st.sampled_from([*(text.encode() for text in TEXTS), *BYTES]),
    st.text(max_size=30).map(str.encode),
    st.binary(max_size=12),
    st.integers().map(lambda number: str(number).encode()),
    st.uuids().map(lambda key: str(key).encode()),
)

Fields = list[tuple[bytes, bytes]]
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=here"


@dataclass(frozen=True)
class Sent:
    """One request as it goes out. `how` says what was done to its body."""

    how: str
    kind: str
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""

    def __repr__(self) -> str:
        # A failing example is to be read.
        body = f"{self.body[:300]!r} of {len(self.body)}"
        return f"Sent({self.how}, {self.kind!r}, {body}, {self.headers}, {self.query[:200]!r})"


@st.composite
def forms(draw: st.DrawFn, good: Mapping[str, str], names: Sequence[str]) -> Fields:
    """A form that would be taken, with up to three of its fields missing, nasty, or there several times."""
    sent = {name.encode(): [value.encode()] for name, value in good.items()}
    for name in draw(st.lists(st.sampled_from(names), max_size=3, unique=True)):
        sent[name.encode()] = draw(st.lists(VALUES, max_size=2) | st.tuples(VALUES).map(list))
    return [(name, value) for name, values in sent.items() for value in values]


def urlencoded(fields: Fields) -> bytes:
    """The body of an ordinary form."""
    return "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in fields).encode()


def in_parts(fields: Fields, *, as_file: bytes = b"") -> bytes:
    """The body of a form of many parts; the field of that name goes as an uploaded file."""
    lines = []
    for name, value in fields:
        file = b'; filename="a.txt"\r\nContent-Type: text/plain' if name == as_file else b""
        lines.append(b'--here\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (name, file, value))
    return b"".join([*lines, b"--here--\r\n"])


# What may be done to a form on its way: name → content type and body.
def wrapped(how: str, fields: Fields) -> tuple[str, bytes]:
    """The content type and body of a form that was sent in this way."""
    first = fields[0][0] if fields else b""
    match how:
        case "many parts":
            return PARTS, in_parts(fields)
        case "an uploaded file":
            return PARTS, in_parts(fields, as_file=first)
        case "cut off":
            return PARTS, in_parts(fields)[: -len(fields) * 9 - 9]
        case "no boundary":
            return "multipart/form-data", in_parts(fields)
        case "base64":
            return PARTS, in_parts(fields, as_file=first).replace(
                b"text/plain", b"a/b\r\nContent-Transfer-Encoding: base64"
            )
        case "odd names":
            return PARTS, in_parts(fields).replace(b'name="', b"name*=nonsense''x; name=\"")
        case "JSON":
            return "application/json", b'{"stage": "loaded", "note": null, "tap": [1, {"a": "\\u0000"}]}'
        case "nothing":
            return FORM, b""
        case "UTF-16":
            return f"{FORM}; charset=utf-16", urlencoded(fields).decode().encode("utf-16")
        case "no such charset":
            return f"{FORM}; charset=nonsense", urlencoded(fields)
        case "text":
            return "text/plain", urlencoded(fields)
        case "no kind":
            return "", urlencoded(fields)
        case "10,000 fields":
            return FORM, urlencoded(fields) + b"&a=b" * 10_000
        case "separators":
            return FORM, b"&&;;=&%&%zz=%&" + urlencoded(fields) + b"&=%&a[b][c]=d&&"
    return FORM, urlencoded(fields)


WAYS = [
    *["as ever"] * 12,
    *["many parts"] * 3,
    *("an uploaded file", "cut off", "no boundary", "base64", "odd names", "JSON", "nothing", "UTF-16"),
    *("no such charset", "text", "no kind", "10,000 fields", "separators"),
]

# A server hands headers on as latin-1, and refuses line ends and NUL in them itself.
HEADER_VALUES = VALUES.map(lambda value: value[:4000].translate(None, b"\r\n\0").decode("latin-1"))
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("HX-Target", "HX-Current-URL", "HX-PTag", "HX-Trigger", "HX-Trigger-Name", "HX-Prompt", "HX-Boosted"),
            *("HX-Current-URL-URI-AutoEncoded", "HX-History-Restore-Request", "Triggering-Event", "X-CSRFToken"),
            *("Referer", "Accept", "Accept-Language", "X-Forwarded-For", "X-Forwarded-Proto", "User-Agent"),
        ]
    ),
    HEADER_VALUES,
    max_size=3,
)
HTMX = st.sampled_from([{}, {"HX-Request": "true"}, {"HX-Request": "true"}, {"HX-Request": "maybe"}])
COOKIES = st.tuples(
    st.sampled_from(["messages", "csrftoken", "django_language", "anything", "$Path"]),
    HEADER_VALUES.map(lambda value: value.replace(";", "")),
)
ASKED = [b"name", b"opening", b"next", b"before", b"notes_before", b"q", b"o", b"p", b"_to_field", b"a[b][c]"]
QUERIES = st.one_of(
    st.just(""),
    st.lists(st.tuples(st.sampled_from(ASKED), VALUES), max_size=3).map(lambda fields: urlencoded(fields).decode()),
    st.sampled_from(["&" * 500, "a=b&" * 2000, "a[b]" + "[c]" * 500 + "=d", "%", "%zz=%e2%28", "name=%ed%a0%80", "="]),
)


@st.composite
def posts(draw: st.DrawFn, good: Mapping[str, str], names: Sequence[str]) -> Sent:
    """A form on its way to an address, in one of the ways, with one of the odd headers or none."""
    fields = draw(forms(good, names))
    how = draw(st.sampled_from(WAYS))
    kind, body = wrapped(how, fields)
    headers = {**draw(HTMX), **draw(HEADERS)}
    return Sent(how, kind, body, headers, draw(st.just("") | QUERIES))


@st.composite
def visits(draw: st.DrawFn) -> Sent:
    """Somebody asks for a page with an odd query, odd headers and an odd cookie."""
    name, value = draw(COOKIES)
    headers = {**draw(HTMX), **draw(HEADERS), "Cookie": f"{name}={value}"}
    return Sent("asked for", "", b"", headers, draw(QUERIES))
