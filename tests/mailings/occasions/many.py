"""Mails to many, as a member of staff has them sent for a test, and the question whether somebody subscribed."""

from django.conf import settings
from django.utils import timezone

from mailings.services.campaigns import send_test
from mailings.services.subscriptions import ask_for_topics
from tests.mailings.campaigning import write
from tests.mailings.occasions.cast import READER, Cast, occasion

BODY = """%(words)s

## What is new

1. A filter by **Incoterm**, and *one* by port: [the board](%(site)s/leads/)
2. %(title)s

- mails about new leads
- [help](%(site)s/help/)"""


def _send(kind: str, cast: Cast, **offer: str) -> None:
    body = BODY % {"words": cast.words.partition("\n")[0], "title": cast.title, "site": settings.SITE_URL}
    campaign = write(kind, texts={cast.language: {"subject": cast.title[:120], "body": body, **offer}})
    send_test(campaign=campaign, words=campaign.texts.get(), to=READER, name=cast.name, now=timezone.now())


@occasion
def announcement(cast: Cast) -> None:
    _send("announcement", cast)


@occasion
def newsletter(cast: Cast) -> None:
    button = {"offer_button": "Choose a date", "offer_link": f"{settings.SITE_URL}/about/"}
    _send("marketing", cast, offer_title=cast.title[:120], offer_text=f"At {cast.company}.", **button)


@occasion
def confirm_subscription(cast: Cast) -> None:
    wanted = ["newsletter", "events"]
    ask_for_topics(email=READER, wanted=wanted, language=cast.language, gpc=False, now=timezone.now())
