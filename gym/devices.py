"""What a browser calls itself, in words that somebody recognises their own device by."""

from __future__ import annotations

from django.utils.translation import gettext as _

# The first that occurs counts: each of the later ones calls itself by several.
BROWSERS = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("FxiOS", "Firefox")),
    *(("Firefox", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)
SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("CrOS", "ChromeOS"), ("Macintosh", "Mac"), ("Linux", "Linux")),
)


def device_words(user_agent: str) -> str:
    """ "Safari, iPhone"; what is not known is left out."""
    return named_device(user_agent) or _("another browser")


def named_device(user_agent: str) -> str:
    """The same in every language; empty where nothing is known."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return ", ".join(each for each in (browser, system) if each)
