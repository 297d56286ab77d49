"""Times are shown in the reader's own zone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from mailings.times import zone_of


class OwnTimeZone:
    """For members the zone of their profile, for visitors UTC; a zone this machine does not know counts as UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the member's zone, and leave none behind for the next request of this thread."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(zone_of(request.user.time_zone)):
            return self.get_response(request)
