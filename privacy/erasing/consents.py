"""Who leaves takes back what they agreed to; the ledger of consent says so."""

from datetime import datetime

from privacy.models import ConsentEvent, ConsentLink


def withdraw_consents(*, member_id: int, now: datetime) -> None:
    """Add a no to every yes that holds. In the caller's transaction; a second call finds no yes."""
    link = ConsentLink.objects.filter(member=member_id).first()
    if link is None:
        return
    agreed = [event for event in ConsentEvent.objects.of(link.key).current(at=now) if event.given]
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            subject=event.subject,
            purpose=event.purpose,
            channel=event.channel,
            given=False,
            words_id=event.words_id,
            policy_id=event.policy_id,
            method=ConsentEvent.Method.LEAVING,
            at=now,
        )
        for event in agreed
    )
