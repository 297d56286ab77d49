"""How people without an account ask for removal in tests."""

import re
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from mailings.models import Delivery
from privacy.forms.removals import asked_about
from privacy.models import Removal, SubjectRequest
from privacy.services.removals import ask_for_removal
from tests.factories import NOW

REMOVAL = reverse("privacy:removal")
HIDDEN_FIELDS = re.compile(r'name="(form_token|submission)" value="([^"]+)"')
LINK = re.compile(r"(/privacy/removal/[^/\s]+/)")


def hidden_in(page: Any) -> dict[str, str]:
    """The hidden fields of the page's form; other forms stand before it."""
    return dict(HIDDEN_FIELDS.findall(page.content.decode().partition("<main")[2]))


def send(client: Client | None = None, **answers: str) -> Any:
    """Open the form and send it, as a browser without cookies does."""
    client = client or Client()
    filled = {"about": "mail", "page": "", "email": "linh@example.com", "text": "", **answers}
    return client.post(REMOVAL, hidden_in(client.get(REMOVAL)) | filled)


def ask(email: str, *, page: str = "", text: str = "", now: datetime = NOW) -> str:
    """Ask through the service; the path of the link in the mail."""
    ask_for_removal(asked=asked_about(page, email=email, text=text, language="en"), submission=uuid4(), now=now)
    return link_to(email)


def link_to(email: str) -> str:
    """The link in the newest mail to the address, as it goes out."""
    mail = Delivery.objects.filter(to=email, template="removal_link").latest("queued_at")
    found = LINK.search(mail.text)
    assert found is not None
    return found[1]


def press(link: str, client: Client | None = None) -> Any:
    """Open the link's page and press its button."""
    client = client or Client()
    return client.post(link, hidden_in(client.get(link)))


def states() -> list[str]:
    """Where all requests stand, the oldest first."""
    kinds = SubjectRequest.objects.order_by("received_at", "pk").values_list("kind", "state")
    assert {kind for kind, _state in kinds} <= {"removal"}
    return [state for _kind, state in kinds]


def the_removal() -> Removal:
    """The only one."""
    return Removal.objects.select_related("request").get()
