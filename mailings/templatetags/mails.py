"""What templates of mails need besides Django's own."""

from django import template
from django.template.defaultfilters import stringfilter

register = template.Library()


@register.filter(is_safe=True)
@stringfilter
def quoted(words: str) -> str:
    """Marked line by line as somebody else's words, so that in a text nobody can pass theirs off as ours."""
    return "\n".join(f"> {line}".rstrip() for line in words.splitlines())
