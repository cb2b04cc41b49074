"""The entrance for the web server: `gym.wsgi:application`."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gym.settings")

django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Rung, for a web server.

    Django reads the content type before anything of ours stands around it, and fails on a parameter that comes in a
    made-up encoding of its own (charset*=nonsense''x). No browser sends one: it goes on as a charset to be refused.
    """
    if "*" in environ.get("CONTENT_TYPE", ""):
        environ["CONTENT_TYPE"] = "text/plain; charset=unknown"
    return django(environ, start_response)
