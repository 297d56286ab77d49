"""A worker's shift: cut stretches, claim messages, send several at once, note how each ended, until nothing is due."""

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime

import structlog
from django.conf import settings
from django.utils import timezone

from partners.delivery.claiming import claim
from partners.delivery.messages import write_message
from partners.delivery.posting import Outcome, post
from partners.delivery.settling import give_up, note_outcome
from partners.delivery.signing import signed_headers
from partners.delivery.stretches import cut_stretches, leave_out_what_may_not_be_read
from partners.models import WebhookDelivery
from partners.selectors.changes import CursorGone
from partners.selectors.webhooks import why_idle
from privacy.sealing import CannotUnseal

log = structlog.get_logger(__name__)

SHIFT = 60.0  # seconds after which the rest is left to the next one, well before Celery's time limit
WIDTH = 16  # connections at once: a machine that keeps one waiting keeps nobody else waiting
LOOK = 1.0  # seconds after which a shift looks for new work while it waits for answers

UnderWay = dict["Future[Outcome]", WebhookDelivery]


def send_due() -> None:
    """Send what is due. Threads only talk to other machines; the database is this thread's."""
    ends_at = time.monotonic() + SHIFT
    under_way: UnderWay = {}
    with ThreadPoolExecutor(WIDTH) as pool:
        while True:
            taken = time.monotonic() < ends_at and _take_up(under_way, pool)
            if not taken and not under_way:
                return
            done, _waiting = wait(under_way, timeout=LOOK, return_when=FIRST_COMPLETED)
            for future in done:
                note_outcome(under_way.pop(future), future.result(), now=timezone.now())


def _take_up(under_way: UnderWay, pool: ThreadPoolExecutor) -> bool:
    """As many messages as there is room for; whether there was any."""
    cut_stretches(now=timezone.now())
    taken = False
    while len(under_way) < WIDTH and (delivery := claim(now=timezone.now())):
        taken = True
        if begun := _begin(delivery, pool, now=timezone.now()):
            under_way[begun] = delivery
    return taken


def _begin(delivery: WebhookDelivery, pool: ThreadPoolExecutor, *, now: datetime) -> "Future[Outcome] | None":
    """Write and sign the message, and hand it to a thread; one that cannot be written holds up nobody else's."""
    if idle := why_idle(delivery.webhook):
        note_outcome(delivery, Outcome(None, idle, 0), now=now)
        return None
    try:
        leave_out_what_may_not_be_read(delivery)
        body = write_message(delivery)
        signed = signed_headers(delivery.webhook, message_id=str(delivery.pk), body=body, now=now)
    except CursorGone:
        give_up(delivery, "the feed knows this stretch no more: export everything again", now=now)
        return None
    except CannotUnseal:
        note_outcome(delivery, Outcome(None, "the market cannot read the secret", 0), now=now)
        return None
    except Exception:
        log.exception("webhook_unwritable", delivery=str(delivery.pk))
        note_outcome(delivery, Outcome(None, "the market could not write the message", 0), now=now)
        return None
    agent = {"user-agent": f"market-webhooks (+{settings.SITE_URL})", "content-type": "application/json"}
    return pool.submit(post, delivery.webhook.url, body=body.encode(), headers={**agent, **signed})
