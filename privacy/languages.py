"""In which language our own words reach somebody: people choose among more languages than the site speaks."""

from django.conf import settings
from django.utils.translation import get_supported_language_variant


def site_language(wanted: str) -> str:
    """The wanted language (BCP 47) or a near relative of it where the site is translated into it; else the site's own.

    Django would take any that it has words for itself: its dates, numbers and month names amid sentences in English.
    """
    try:
        return get_supported_language_variant(wanted)
    except (LookupError, ValueError):
        return settings.LANGUAGE_CODE
