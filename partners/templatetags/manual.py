"""`{{ text|coded }}`: what stands between backticks as code."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def coded(text: str) -> SafeString:
    """Escaped; every second part is code."""
    parts = enumerate(str(text).split("`"))
    shown = ((format_html("<code>{}</code>", part) if at % 2 else part,) for at, part in parts)
    return format_html_join("", "{}", shown)
