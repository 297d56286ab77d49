"""A campaign's mail as one reader would find it; nothing is sent."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailings.models import Campaign, CampaignText
from mailings.stopping.unsubscribe_links import NOBODY, unsubscribe_link
from mailings.writing.circulars import circular_of
from mailings.writing.languages import language_name
from mailings.writing.texts import texts_by_language


@dataclass(frozen=True, slots=True)
class Preview:
    """Both halves of the mail in one language; the link to unsubscribe stops nothing."""

    language: str
    language_name: str
    subject: str
    text: str
    html: str


def preview(campaign: Campaign, *, language: str, name: str = "") -> Preview:
    """How a campaign arrives for a reader of this language, who may have a name. Raises Unsendable."""
    return _preview(campaign, texts_by_language(campaign)(language), name)


def all_previews(campaign: Campaign) -> Iterator[Preview]:
    """How a campaign arrives in each of its languages, its own first. Raises Unsendable."""
    own = texts_by_language(campaign)(campaign.default_language)
    others = (words for words in campaign.texts.order_by("language") if words.pk != own.pk)
    for words in (own, *others):
        yield _preview(campaign, words, "")


def _preview(campaign: Campaign, words: CampaignText, name: str) -> Preview:
    made = circular_of(campaign, words)
    stop = unsubscribe_link(NOBODY, campaign.topic, "") if campaign.topic else ""
    text, html = made.filled(name=name, unsubscribe_url=stop)
    return Preview(words.language, language_name(words.language), made.subject, text, html)
