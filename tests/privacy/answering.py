"""How tests say yes and no."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.test import Client

from privacy.consents import Channel, Question, purposes
from privacy.cookieless import shared_token
from privacy.cookies import QUESTION
from privacy.models import ConsentEvent
from privacy.services.consent import record_choices
from tests.factories import NOW

SETTINGS = "/privacy/cookies/settings/"


def question(purpose: str, channel: Channel = Channel.EMAIL) -> Question:
    return Question(purposes()[purpose], channel)


def say(subject: UUID, given: bool, *, to: Question | None = None, at: datetime = NOW) -> list[ConsentEvent]:
    """One answer in the privacy centre, to the newsletter by e-mail unless said otherwise."""
    return record_choices(
        subject=subject,
        choices={to or question("newsletter"): given},
        method=ConsentEvent.Method.PRIVACY_CENTRE,
        language="en",
        gpc=False,
        now=at,
    )


def answer(client: Client, every: str, *, at: str = "/leads/", headers: dict[str, str] | None = None) -> Any:
    """Press one of the two buttons of the question on a page."""
    form = {"form_token": shared_token(QUESTION), "in_passing": "yes", "every": every}
    return client.post(SETTINGS, form, headers={"Referer": f"http://testserver{at}", **(headers or {})})
