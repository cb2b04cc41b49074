"""Names in the middle of a sentence, as templates write them."""

from django import template

from programming.shipped import within

register = template.Library()
register.filter("within", within)
