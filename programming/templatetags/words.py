"""Words that templates write: names in the middle of a sentence, names as they are read, and the day."""

from datetime import date

from django import template
from django.utils import timezone

from programming.shipped import shown, within

register = template.Library()
register.filter("within", within)
register.filter("in_language", shown)


@register.simple_tag
def today() -> date:
    """The day by the gym's clock, to be shown in a format of the reader's."""
    return timezone.localdate()
