"""What people type, and what they find in their mailbox."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from mailings.models import Delivery
from privacy.models import PolicyVersion
from privacy.selectors.policies import policy_in_force
from tests.factories import NOW, PASSWORD


def sign_up_answers(**changes: Any) -> dict[str, Any]:
    """A sign-up form filled in completely."""
    terms = policy_in_force(kind=PolicyVersion.Kind.TERMS, at=NOW)
    return {
        "full_name": "Amara Okonkwo",
        "email": "amara@example.com",
        "password1": PASSWORD,
        "title": "",
        "gender": "",
        "company_name": "Đắk Hòa Agricultural Products",
        "country": "VN",
        "city": "Buôn Ma Thuột",
        "address": "12 Lê Duẩn",
        "phone": "+84 262 381 2345",
        "adult": "on",
        "accurate": "on",
        "terms": "on",
        "terms_version": terms.pk,
        **changes,
    }


def log_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    """Through the page, as people do."""
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def mails_to(email: str) -> list[Delivery]:
    """What the outbox holds for the address, in order."""
    return list(Delivery.objects.filter(to=email).order_by("queued_at"))


def link_in(mail: Delivery) -> str:
    """The path of the first link of a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", mail.text)
    assert found is not None
    return found[1]
