"""How each thing that a coach does is done on the board."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from playwright.sync_api import Error, Locator

from soak.script import Act
from soak.tablet import BUTTON, SHEET, Tablet

# How often a coach taps again where nobody answers, and milliseconds until then.
TRIES, WRITTEN = 10, 4_000
STATES = ("here", "late", "expected", "no_show")


def do(tablet: Tablet, act: Act, member: str, choice: float) -> bool:
    """Do it with that person; False where no finger landed on what makes a tap."""
    return HOW[act](tablet, member, choice)


def pick(buttons: Locator, choice: float) -> Locator | None:
    """One of these buttons; None where there is none."""
    count = buttons.count()
    return buttons.nth(int(choice * count)) if count else None


def stage(tablet: Tablet, member: str, choice: float) -> bool:
    button = pick(tablet.row(member).locator(".seg button[name=stage]"), choice)
    return button is not None and tablet.finger(button, f"stage of {member}")


def clean(tablet: Tablet, member: str, choice: float) -> bool:
    return tablet.is_placed(member) and tablet.finger(
        tablet.row(member).locator("button[value=clean]"), f"clean of {member}"
    )


def in_sheet(*selectors: str, most: int = 1) -> Callable[[Tablet, str, float], bool]:
    """Open the sheet, tap one of these buttons, or a few in turn, and close it."""

    def tapped(tablet: Tablet, member: str, choice: float) -> bool:
        if not tablet.open_sheet(member):
            return False
        done = False
        for turn in range(1 + int(choice * 10) % most):
            button = pick(tablet.in_sheet(", #sheet:popover-open ".join(selectors)), (choice + turn * 0.37) % 1)
            done = bool(button and tablet.finger(button, f"{selectors[0]} of {member}")) or done
        tablet.close_sheet()
        return done

    return tapped


def attendance(tablet: Tablet, member: str, choice: float) -> bool:
    state = STATES[int(choice * len(STATES))]
    return in_sheet(f".attending button[value={state}]")(tablet, member, choice)


def clear(tablet: Tablet, member: str, choice: float) -> bool:
    """What is written goes straight to the server: the coach tries until it says that it has it."""
    if not tablet.open_sheet(member):
        return False
    try:
        tablet.in_sheet(".clearing textarea").fill("Saw the physio", timeout=BUTTON)
        for _try in range(TRIES):
            tablet.in_sheet(".clearing button").tap(timeout=BUTTON)
            with suppress(Error):
                tablet.in_sheet(".clearing").wait_for(state="detached", timeout=WRITTEN)
                return True
        tablet.unheard.append(f"the hold of {member} could not be cleared")
        return True
    except Error:
        return False
    finally:
        tablet.close_sheet()


def undo(tablet: Tablet, member: str, choice: float) -> bool:
    """A tap that is taken back, where the bar offers it before anybody else's tap."""
    if not tablet.is_placed(member) or not (clean if choice < 0.5 else stage)(tablet, member, choice):
        return False
    made = newest(tablet)
    for _try in range(SHEET // 100):
        if tablet.page.locator("#undo-tap input[name=undone]").input_value() == str(made):
            tablet.finger(tablet.page.locator("#undo-last"), f"undo of {made}")
            break
        tablet.page.wait_for_timeout(100)
    return True


def newest(tablet: Tablet) -> UUID:
    """The key of the last tap that the tablet made. Keys sort by time."""
    return max(made.key for made in tablet.made())


def drop_in(tablet: Tablet, member: str, choice: float) -> bool:
    """Somebody comes whom the server has never heard of, and is placed at once: who they are is made on the tablet."""
    name = f"Guest {int(choice * 10_000)}"
    try:
        tablet.page.locator("#add button.add").tap(timeout=BUTTON)
        tablet.in_sheet("#id_name").press_sequentially(name, timeout=SHEET)
        # As the server offers it for the whole name, or the page itself.
        offered = tablet.in_sheet(f"button.drop-in[value='{name}'], #sheet form[hx-post] button.drop-in:not([value])")
        offered.wait_for(timeout=SHEET)
        if not tablet.finger(offered, "drop-in"):
            return False
    except Error:
        return False
    finally:
        tablet.close_sheet()
    newcomer = str(tablet.drop_in_of(newest(tablet)))
    with suppress(Error):
        tablet.row(newcomer).wait_for(timeout=SHEET)
        stage(tablet, newcomer, choice)
    return True


def rest(tablet: Tablet, member: str, choice: float) -> bool:
    return tablet.finger(tablet.page.locator("#rest button"), "rest clean")


def plan(tablet: Tablet, member: str, choice: float) -> bool:
    """On the plan's page, and back."""
    done = False
    if tablet.go(f"{tablet.board}plan/", "#go-on, #start"):
        button = pick(tablet.page.locator(":is(#start, #go-on, #go-back, #pause) button:enabled"), choice)
        done = button is not None and tablet.finger(button, "a step of the plan")
    tablet.open()
    return done


def switch(tablet: Tablet, member: str, choice: float) -> bool:
    """Another coach takes the tablet: half of the time without a network, and both tap before it is back."""
    if not tablet.hands:
        return False
    tablet.way.is_cut = choice < 0.5 and tablet.has_unlocked(tablet.next_hand)
    try:
        if tablet.way.is_cut:
            clean(tablet, member, choice)
        waiting = len(tablet.waiting())
        if not tablet.give_to(tablet.next_hand):
            return False
        tablet.turned_while_waiting += waiting > 0
        if tablet.way.is_cut:
            clean(tablet, member, choice)
    finally:
        tablet.way.is_cut = False
    return True


def lock(tablet: Tablet, member: str, choice: float) -> bool:
    """A coach locks it with whatever waits, and another one types their PIN."""
    if not tablet.hands or not tablet.lock():
        return False
    tablet.holds = tablet.next_hand.coach
    tablet.open()
    return True


def reload(tablet: Tablet, member: str, choice: float) -> bool:
    tablet.open()
    return True


HOW: dict[Act, Callable[[Tablet, str, float], bool]] = {
    Act.STAGE: stage,
    Act.CLEAN: clean,
    Act.FAULT: in_sheet("#faults button[name=fault]", most=2),
    Act.NOT_YET: in_sheet("#faults button[value=not_yet]"),
    Act.SEEN: in_sheet("#faults button[value=seen]"),
    Act.SETTING: in_sheet("#step-setting button:enabled"),
    Act.DRILL: in_sheet("#step-drill button:enabled"),
    Act.ATTENDANCE: attendance,
    Act.PAIN: in_sheet("#faults button.pain"),
    Act.CLEAR: clear,
    Act.UNDO: undo,
    Act.DROP_IN: drop_in,
    Act.REST: rest,
    Act.PLAN: plan,
    Act.SWITCH: switch,
    Act.LOCK: lock,
    Act.RELOAD: reload,
}
