"""From a draft to a mail that many get: who may release it, when it goes, and how it is stopped."""

import secrets
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mailings import tasks
from mailings.models import Campaign, CampaignText, CampaignWriter
from mailings.selectors.campaigns import wrote_in
from mailings.services.queueing import queue_message
from mailings.stopping.unsubscribe_links import NOBODY, unsubscribe_link
from mailings.topics import topics
from mailings.writing.circulars import TEMPLATES, circular_of
from mailings.writing.promotion import promotion_in
from mailings.writing.texts import Unsendable, texts_by_language

State, Kind = Campaign.State, Campaign.Kind
WHAT_AND_WHO = (
    *("kind", "title", "topic", "reason", "default_language", "is_archived"),
    *("countries", "industries", "business_types", "tiers", "languages"),
)
WRITTEN = (*WHAT_AND_WHO, "written_by", "written_at")
STOPPABLE = [State.APPROVED, State.MATERIALISING, State.SENDING, State.PAUSED]


class WrongState(Exception):
    """Somebody else was quicker, or the page was old: the campaign is not where this step begins."""


class Rewritten(Exception):
    """Somebody else has changed it since it was read."""


class OwnWords(Exception):
    """Nobody who wrote in an announcement releases it."""


class Promotes(Exception):
    """A service announcement that sells something; `found` says where."""

    def __init__(self, found: Mapping[str, list[str]]) -> None:
        super().__init__(found)
        self.found = found  # by language


def examine_words(*, campaign: Campaign, texts: Iterable[CampaignText]) -> None:
    """Whether these texts may be saved as this campaign's, and sent. Raises Promotes or Unsendable."""
    if campaign.kind == Kind.ANNOUNCEMENT:
        listed = ((words.language, promotion_in(words, reason=campaign.reason)) for words in texts)
        found = {language: promotes for language, promotes in listed if promotes}
        if found:
            raise Promotes(found)
    elif campaign.topic not in topics():
        raise Unsendable(_("a topic that people are asked about"))
    for words in texts:
        circular_of(campaign, words)


def new_slug(*, now: datetime) -> str:
    """Of a new campaign's address in the archive: everybody reads it, so that it holds nothing of the title."""
    return f"{now:%Y-%m}-{secrets.token_hex(4)}"


@transaction.atomic
def add_campaign(*, campaign: Campaign, writer: Any, now: datetime) -> None:
    """Keep a new draft; its texts follow."""
    campaign.slug = campaign.slug or new_slug(now=now)
    campaign.written_by, campaign.written_at = writer, now
    campaign.save(force_insert=True)
    _note_writer(campaign, writer.pk)


@transaction.atomic
def change_campaign(*, campaign: Campaign, writer: Any, seen: datetime, now: datetime) -> None:
    """Keep a draft as it stands in this object, also where only its texts are changed, which follow.

    `seen` is when the draft that was changed had been written. Raises Rewritten where it was written anew or released
    since; until the caller's transaction ends, nobody else can do either.
    """
    drafts = Campaign.objects.filter(pk=campaign.pk, state=State.DRAFT, written_at=seen)
    campaign.written_by, campaign.written_at = writer, now
    if not drafts.update(**{name: getattr(campaign, name) for name in WRITTEN}):
        raise Rewritten
    _note_writer(campaign, writer.pk)


@transaction.atomic(durable=True)
def copy_campaign(*, campaign: Campaign, writer: Any, now: datetime) -> Campaign:
    """A new draft with its texts, filters and topic, whatever state it is in.

    Whoever copies it is its author, and whoever wrote in the original wrote in the copy, too: a copy is no way to
    release one's own announcement.
    """
    title = _("Copy of %(title)s") % {"title": campaign.title}
    draft = Campaign(**{name: getattr(campaign, name) for name in WHAT_AND_WHO}, written_by=writer, written_at=now)
    draft.title = title[: Campaign._meta.get_field("title").max_length]
    add_campaign(campaign=draft, writer=writer, now=now)
    for words in campaign.texts.order_by("pk"):
        words.pk, words.campaign = None, draft
        words.save(force_insert=True)
    writers = {*campaign.writers.values_list("member", flat=True), campaign.written_by_id}
    for wrote in filter(None, writers):
        _note_writer(draft, wrote)
    return draft


@transaction.atomic
def delete_draft(*, campaign: Campaign) -> None:
    """With its texts. Raises WrongState.

    Locked before Django collects what goes with it: whoever releases it at this moment is awaited, and then it stays.
    """
    draft = Campaign.objects.select_for_update().filter(pk=campaign.pk, state=State.DRAFT).first()
    if draft is None:
        raise WrongState
    draft.delete()


@transaction.atomic
def approve_campaign(*, campaign: Campaign, approver: Any, starts_at: datetime, now: datetime) -> None:
    """Release it, to begin at a time or at once; it cannot be changed from then on. A million readers cost no more.

    `campaign` is what the approver has read. Raises WrongState, Rewritten, OwnWords for an announcement, Promotes,
    Unsendable.
    """
    locked = Campaign.objects.select_for_update().filter(pk=campaign.pk, state=State.DRAFT).first()
    if locked is None:
        raise WrongState
    if locked.written_at != campaign.written_at:
        raise Rewritten
    if locked.kind == Kind.ANNOUNCEMENT and wrote_in(locked, approver):
        raise OwnWords
    texts_by_language(locked)
    examine_words(campaign=locked, texts=list(locked.texts.all()))
    Campaign.objects.filter(pk=campaign.pk).update(
        state=State.APPROVED, approved_by=approver, approved_at=now, starts_at=max(starts_at, now)
    )
    transaction.on_commit(tasks.wake_campaigns)


@transaction.atomic
def take_back_approval(*, campaign: Campaign) -> None:
    """Back to the draft, while it has not begun. Raises WrongState."""
    _move(campaign, [State.APPROVED], State.DRAFT, approved_by=None, approved_at=None, starts_at=None)


@transaction.atomic
def pause_campaign(*, campaign: Campaign) -> None:
    """Each worker hands over the mail it has begun, and no more. Raises WrongState."""
    _move(campaign, [State.SENDING], State.PAUSED, halt="")


@transaction.atomic
def resume_campaign(*, campaign: Campaign) -> None:
    """Go on where it stopped. Raises WrongState."""
    _move(campaign, [State.PAUSED], State.SENDING, halt="", failures=0)
    transaction.on_commit(tasks.wake_campaigns)


@transaction.atomic
def cancel_campaign(*, campaign: Campaign, now: datetime) -> None:
    """Hand over no more; what has left cannot be called back. Raises WrongState."""
    _move(campaign, STOPPABLE, State.DRAINING, cancelled_at=now)
    transaction.on_commit(tasks.wake_campaigns)


@transaction.atomic
def send_test(*, campaign: Campaign, words: CampaignText, to: str, name: str, now: datetime) -> None:
    """Send it to a member of staff, marked as a test; its link to unsubscribe stops nothing. Raises Unsendable."""
    marked = copy(words)
    marked.subject = _("[Test] %(subject)s") % {"subject": words.subject}
    made = circular_of(campaign, marked)
    stop = unsubscribe_link(NOBODY, campaign.topic, "") if campaign.topic else ""
    text, html = made.filled(name=name, unsubscribe_url=stop)
    queue_message(
        template=TEMPLATES[Kind(campaign.kind)],
        to=to,
        language=words.language,
        subject=made.subject,
        text=text,
        html=html,
        now=now,
        asked_for=True,
    )


def _note_writer(campaign: Campaign, writer: int) -> None:
    """Kept for good: also words that were released and taken back are somebody's own."""
    CampaignWriter.objects.bulk_create([CampaignWriter(campaign=campaign, member_id=writer)], ignore_conflicts=True)


def _move(campaign: Campaign, before: Iterable[Campaign.State], after: Campaign.State, **changes: Any) -> None:
    """Of two clicks, one wins."""
    rows = Campaign.objects.filter(pk=campaign.pk, state__in=list(before))
    if not rows.update(state=after, **changes):
        raise WrongState
