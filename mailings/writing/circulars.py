"""A campaign's words in one language, rendered once; a reader's name and link are filled in for each."""

from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from mailings.models import Campaign, CampaignText
from mailings.topics import topics
from mailings.writing.languages import is_rtl
from mailings.writing.markup import as_html, as_text
from mailings.writing.rendering import render_mail
from mailings.writing.texts import Unsendable

TEMPLATES = {Campaign.Kind.ANNOUNCEMENT: "announcement", Campaign.Kind.MARKETING: "newsletter"}
GREETING, STOP = "__GREETING__", "https://stop.invalid/"  # stand where each reader gets their own


@dataclass(frozen=True, slots=True)
class Circular:
    """Subject, text and HTML with places for the greeting and the link to unsubscribe."""

    language: str
    subject: str
    text: str
    html: str
    greeting: str  # with %(name)s
    greeting_without_name: str

    def filled(self, *, name: str, unsubscribe_url: str) -> tuple[str, str]:
        """Text and HTML for one reader."""
        greeting = self.greeting % {"name": name} if name else self.greeting_without_name
        text = self.text.replace(GREETING, greeting).replace(STOP, unsubscribe_url)
        html = self.html.replace(GREETING, escape(greeting)).replace(STOP, escape(unsubscribe_url))
        return text, html


def circular_of(campaign: Campaign, words: CampaignText) -> Circular:
    """Render what a reader of this language gets. Raises Unsendable."""
    with translation.override(words.language):
        greeting, without_name = _("Dear %(name)s,"), _("Good day,")
    context = {
        "campaign": campaign,
        "words": words,
        "direction": "rtl" if is_rtl(words.language) else "ltr",
        "greeting": GREETING,
        "body_text": as_text(words.body),
        "body_html": as_html(words.body),
        "offer_text": as_text(words.offer_text),
        "offer_html": as_html(words.offer_text),
        "reason": Campaign.Reason(campaign.reason).label if campaign.reason else "",
        "topic": topics()[campaign.topic].title if campaign.topic in topics() else campaign.topic,
        "unsubscribe_url": STOP,
        "archive_url": archive_url(campaign, words.language) if campaign.is_archived and campaign.began_at else "",
    }
    template = TEMPLATES[Campaign.Kind(campaign.kind)]
    made = render_mail(template=template, language=words.language, context=context)
    found = Circular(words.language, made.subject, made.text, made.html, greeting, without_name)
    _examine(campaign, found)
    return found


def archive_url(campaign: Campaign, language: str) -> str:
    """The whole address of the page that shows it without names, in a language; it is there once it has begun."""
    address: str = urljoin(settings.SITE_URL, reverse("mailings:archived", args=[campaign.slug]))
    return address if language == campaign.default_language else f"{address}?language={language}"


def _examine(campaign: Campaign, made: Circular) -> None:
    """Whatever its template has become: marketing says how to stop it and who sends it, in both of its halves."""
    halves = (made.text, made.html)
    if any(GREETING not in half for half in halves):
        raise Unsendable(_("a greeting"))
    if campaign.kind != Campaign.Kind.MARKETING:
        if any(STOP in half for half in halves):
            raise Unsendable(_("nothing, but it offers to unsubscribe, which nobody can from a service announcement"))
        return
    if any(STOP not in half for half in halves):
        raise Unsendable(_("the link to unsubscribe"))
    address = " ".join(settings.OPERATOR["address"].split())
    if not address or any(address not in " ".join(unescape(half).split()) for half in halves):
        raise Unsendable(_("our postal address (OPERATOR_ADDRESS)"))
