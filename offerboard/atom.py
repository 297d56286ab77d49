"""Feeds of leads as Atom (RFC 4287)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language

from offerboard.selectors.feeds import LeadFeed

# Everything that XML 1.0 (section 2.2) allows; anything else would make the whole feed unreadable.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Feed(Atom1Feed):
    """Says when its leads last changed, and without any says the same all day long, so that its ETag holds."""

    def __init__(self, *, updated_at: datetime, **about: Any) -> None:
        super().__init__(**about)
        self.updated_at = updated_at

    def latest_post_date(self) -> datetime:
        """What stands as the feed's `updated`."""
        return self.updated_at


def write_feed(feed: LeadFeed, *, now: datetime) -> str:
    """The feed as XML. The author of an entry is its company; nobody's address or telephone is in it."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    atom = _Feed(
        title=_text(f"{feed.title} · {settings.SITE_NAME}"),
        link=feed.url,
        feed_url=feed.feed_url,
        feed_guid=feed.feed_url,
        description=None,
        language=get_language() or settings.LANGUAGE_CODE,
        author_name=_text(settings.SITE_NAME),
        updated_at=feed.updated_at or today - timedelta(days=1),
    )
    for entry in feed.entries:
        atom.add_item(
            title=_text(entry.title),
            link=entry.url,
            unique_id=entry.url,
            description=escape(_text(entry.summary)),  # the generator declares summaries to be HTML; ours are text
            author_name=_text(entry.company_name),
            author_link=entry.company_url,
            categories=[_text(entry.category)] if entry.category else [],
            pubdate=entry.posted_at,
            updateddate=entry.updated_at,
        )
    return atom.writeString("utf-8")


def _text(text: str) -> str:
    """Without the characters that no XML document may hold."""
    return NOT_XML.sub("", text)
