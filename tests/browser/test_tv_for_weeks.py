"""A TV that stands for weeks: thousands of polls, and the page holds no more than after the first ones."""

from __future__ import annotations

import os
from typing import Any

from playwright.sync_api import Page

from programming.tv_asking import release
from tests.browser import tv
from tests.browser.tv import tv_page as tv_page

# The first ones are let go by, until everything is compiled. Before a release as many as in 28 hours: POLLS=50000.
POLLS, FIRST = int(os.environ.get("POLLS", "6000")), 2_000
# What a poll may leave behind, in bytes, and what the browser does for itself meanwhile.
A_POLL, ANYWAY = 5, 100_000
# Of those, one in so many brings another screen; the others, that nothing is new.
CHANGED = 20

# Answers of the server in place of its own, at once. Everything between the poll's start and the screen is the page's.
ANSWER = """([release, parts]) => {
  let asked = 0;
  const headers = (tag) => ({ "X-Release": release, "X-Clock": "18:04", "X-Now": String(Date.now()), "HX-PTag": tag });
  globalThis.fetch = async () => {
    asked += 1;
    const isNew = asked % %(changed)s === 0;
    const part = parts[(asked / %(changed)s) % parts.length];
    return new Response(isNew ? part : null, { status: isNew ? 200 : 304, headers: headers(`t-${asked}`) });
  };
  globalThis.pollTimes = async (times) => {
    const live = document.getElementById("live");
    const before = asked;
    for (let time = 0; time < times; time += 1) {
      const done = new Promise((resolve) => document.addEventListener("htmx:finally:request", resolve, { once: true }));
      htmx.trigger(live, "wake");
      await done;
    }
    return asked - before;
  };
}""".replace("%(changed)s", str(CHANGED))


def held(page: Page) -> dict[str, int]:
    """What the page holds once everything is thrown away that can be: bytes, nodes, listeners."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    for _time in range(3):
        session.send("HeapProfiler.collectGarbage")
    metrics: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    found = {each["name"]: int(each["value"]) for each in metrics}
    session.detach()
    return {name: found[name] for name in ("JSHeapUsedSize", "Nodes", "JSEventListeners")}


def test_polls_leave_nothing_behind(tv_page: Page) -> None:
    one, other = tv.a_class(15, stages=3), tv.a_class(40, stages=5)
    tv.show(tv_page, one)
    tv_page.evaluate(ANSWER, [release(), [tv.part_of(one), tv.part_of(other)]])
    # The page's own timer asks as well, meanwhile.
    assert tv_page.evaluate(f"pollTimes({FIRST})") >= FIRST
    early = held(tv_page)
    assert tv_page.evaluate(f"pollTimes({POLLS - FIRST})") >= POLLS - FIRST
    late = held(tv_page)
    assert late["JSHeapUsedSize"] - early["JSHeapUsedSize"] < ANYWAY + A_POLL * (POLLS - FIRST), (early, late)
    assert late["Nodes"] <= early["Nodes"] + 200, (early, late)
    assert late["JSEventListeners"] <= early["JSEventListeners"] + 10, (early, late)
    # They were real: what the last change brought stands on the screen.
    assert tv_page.locator(".station").count() in (3, 5)


def test_a_page_that_keeps_something_is_found(tv_page: Page) -> None:
    tv.show(tv_page, tv.a_class(15, stages=3))
    early = held(tv_page)
    tv_page.evaluate("globalThis.kept = Array.from({ length: 5000 }, (_, number) => document.createElement('p'))")
    late = held(tv_page)
    assert late["JSHeapUsedSize"] - early["JSHeapUsedSize"] > ANYWAY or late["Nodes"] > early["Nodes"] + 200
