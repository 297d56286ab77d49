"""When a partner's contract is over, it is asked once to delete all that it had from us, and reminded once.

Nobody presses a button when a last day is past: a sweep looks each minute, and asks no more when a contract goes on.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction

from partners.mailing import day_in_words, mail_partner
from partners.selectors.contract_ends import not_asked_yet
from privacy.channels import NotReached
from privacy.models import ContractEnd

# As long as for the removal of a single person: a partner's own copies for emergencies run out meanwhile, as ours do.
DELETED_WITHIN = timedelta(days=30)


@transaction.atomic(durable=True)
def follow_contracts(*, now: datetime) -> None:
    """Open what ended contracts owe, and close what belongs to an end that was none; run twice it does no more."""
    ContractEnd.objects.overtaken(at=now).update(went_on_at=now)
    ContractEnd.objects.bulk_create(
        [
            ContractEnd(receiver=one, ended_on=one.until, opened_at=now, due_at=now + DELETED_WITHIN)
            for one in not_asked_yet(on=now.date())
            if one.until is not None
        ],
        ignore_conflicts=True,  # another worker has just opened it
    )


def tell_ended(*, now: datetime) -> None:
    """Ask by mail, and once more after two weeks. Whom no mail reaches stays with staff, on their list."""
    for pk in list(ContractEnd.objects.to_tell(at=now).values_list("pk", flat=True)):
        with suppress(NotReached):
            _tell(pk, now=now)


@transaction.atomic(durable=True)
def _tell(pk: int, *, now: datetime) -> None:
    """The row stays locked meanwhile, so that no second worker tells it too. Raises NotReached."""
    waiting = ContractEnd.objects.to_tell(at=now).filter(pk=pk, receiver__partner__isnull=False)
    locked = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("receiver__partner")
    end = locked.first()
    if end is None:
        return
    partner = end.receiver.partner
    context = {
        "partner": end.receiver.name,
        "ended_on": day_in_words(end.ended_on, language=partner.language),
        "due_at": day_in_words(end.due_at, language=partner.language),
        "reference": str(end.reference),
        "again": end.told_at is not None,
    }
    mail_partner(partner=partner, template="contract_ended", context=context, now=now)
    noted = {"reminded_at": now} if end.told_at else {"told_at": now}
    ContractEnd.objects.filter(pk=end.pk).update(**noted)
