"""How a member answers the page of a service, and what that leaves behind."""

from typing import Any

from django.test import Client

from partners.models import ConnectedService
from partners.terms import version_of
from privacy.models import ConsentEvent
from tests.partners.calling import Caller


def page(service: ConnectedService) -> str:
    return f"/my/services/{service.partner.slug}/"


def answer(browser: Client, service: ConnectedService, said: str, **more: str) -> Any:
    """Press a button of the page as it is now."""
    form = {"answer": said, "version": version_of(service), **more}
    return browser.post(f"{page(service)}answer/", form, follow=True)


def contacts(crm: Caller) -> list[dict[str, Any]]:
    return list(crm.get("contacts/").json()["results"])


def events() -> list[tuple[str, bool]]:
    return list(ConsentEvent.objects.order_by("pk").values_list("purpose", "given"))
