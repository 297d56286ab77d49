"""Who stands in a mail, and the list of occasions."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.test import Client

from accounts.models import Member
from mailings.models import Delivery
from tests.accounts.people import log_in
from tests.factories import PASSWORD, CompanyFactory, MemberFactory

READER = "reader@example.com"
TEMPLATES = Path(settings.BASE_DIR) / "templates" / "mail"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who stands in a mail, and what they have written."""

    name: str = "Amara Okonkwo"
    company: str = "Savanna Spice Mills Ltd"
    title: str = "Robusta green coffee, grade 1, screen 18"
    words: str = "What is your best price for one container, CIF Mombasa?\nWe would need it in March."
    language: str = "en"

    def reader(self, **values: Any) -> Member:
        """Who gets the mail."""
        return MemberFactory(email=READER, full_name=self.name, language=self.language, password=PASSWORD, **values)

    def owner(self) -> Member:
        """Who gets the mail, and owns a company."""
        return self.reader(company=CompanyFactory(legal_name=self.company))

    def browser(self, member: Member | None = None) -> Client:
        """A browser that asks for the cast's language; with a member, one that has logged in."""
        client = Client(headers={"accept-language": self.language})
        if member is not None:
            log_in(client, member.email)
        return client


HOSTILE = Cast(
    name='<script>alert("O\'Neil")</script> & Söhne',
    company=("Handelsgesellschaft für Erzeugnisse & <b>Gewürze</b> " + "Donaudampfschifffahrt" * 9)[:200],
    title=("Coffee </p><img src=https://evil.example/x.png> {{ settings }} " + "Arabica" * 20)[:160],
    words="Log in here:\nhttps://evil.example/" + "a" * 200 + "\n\n\n\n<img src=x onerror=alert(1)>\n-- \nThe staff",
)
ARABIC = Cast(
    name="عبد الرحمن القسطنطيني",
    company="شركة البحر الأحمر للتوابل والحبوب المحدودة",
    title="بن أخضر روبوستا، درجة أولى",
    words="ما هو أفضل سعر لديكم لحاوية واحدة؟\nنحتاجها في مارس.",
    language="ar",
)

Told = TypeVar("Told")
OCCASIONS: dict[str, Callable[[Cast], object]] = {}


def occasion(happens: Callable[[Cast], Told]) -> Callable[[Cast], Told]:
    """A function that makes the mail of its own name be written, to READER."""
    OCCASIONS[happens.__name__] = happens
    return happens


def written(template: str, cast: Cast) -> Delivery:
    """The mail as it is in the outbox once its occasion has come."""
    OCCASIONS[template](cast)
    return Delivery.objects.filter(template=template, to=READER).latest("queued_at")
