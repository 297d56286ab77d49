"""`{% drawn "components/lead_card.html" card=card %}` in templates: an include that draws equal things once."""

from typing import Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from marketplace.memory import Memory

register = template.Library()
_drawings: Memory[SafeString] = Memory(most=settings.DRAWINGS_BYTES)
OVERHEAD = 1024  # bytes of a key, more or less


@register.simple_tag
def drawn(name: str, **values: Any) -> SafeString:
    """The template `name` with these values and no others, like `include … only`, remembered by this process.

    The values say everything that the drawing shows: words, frozen dataclasses of words, lists of either. So nothing
    ever has to be forgotten: what changed is another value. Forms and requests have no place among them.
    """
    # With their types: escaped and plain text are equal as values, 1 and True too, and draw differently.
    said = (
        (known_as, type(value), tuple(value) if isinstance(value, list) else value)
        for known_as, value in values.items()
    )
    key = (name, get_language(), get_current_timezone_name(), *said)
    drawing = _drawings.get(key)
    if drawing is None:
        drawing = mark_safe(get_template(name).render(values))  # noqa: S308  # a template's own, escaped output
        _drawings.put(key, drawing, size=2 * len(drawing) + OVERHEAD)
    return drawing
