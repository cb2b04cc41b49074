"""Who may sign in to the demo; nobody is named outside it."""

from django import template
from django.conf import settings
from django.utils.functional import Promise

from programming.demo import DEMO_SIGN_INS

register = template.Library()


@register.simple_tag
def demo_sign_ins() -> list[tuple[Promise, str, str]]:
    """The demo's people as (role, e-mail, password); empty in a deployment."""
    return DEMO_SIGN_INS if settings.DEMO else []
