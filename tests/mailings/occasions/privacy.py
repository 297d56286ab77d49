"""What people ask about their data, and what they are told about it."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from partners.scopes import Scope
from partners.services.keys import issue_partner_key
from privacy import tasks
from privacy.erasing.receivers import tell_followers
from privacy.forms.removals import asked_about
from privacy.models import Receipt, Removal, SubjectRequest
from privacy.services import breaches, corrections, leaving, removal_decisions, requests
from privacy.services.policy_notices import announce_policies
from privacy.services.receipts import tell_by_channel
from privacy.services.removals import ask_for_removal
from tests.factories import MemberFactory, PartnerFactory
from tests.mailings.occasions.cast import READER, Cast, occasion
from tests.privacy.breaches import breach
from tests.privacy.leaving import ask as ask_to_leave
from tests.privacy.leaving import leave, token_of
from tests.privacy.publishing import knew_less_before, publish


def ask_for_correction(cast: Cast) -> SubjectRequest:
    return corrections.ask_for_correction(
        member=cast.reader(), table="accounts.Member", text=cast.words, evidence=None, now=timezone.now()
    )


@occasion
def request_received(cast: Cast) -> None:
    ask_for_correction(cast)


@occasion
def request_extended(cast: Cast) -> None:
    requests.extend_request(request=ask_for_correction(cast), reason=cast.words, now=timezone.now())


@occasion
def correction_accepted(cast: Cast) -> None:
    corrections.accept_correction(
        request=ask_for_correction(cast), reason=cast.words, columns=[], by=MemberFactory(), now=timezone.now()
    )


@occasion
def correction_refused(cast: Cast) -> None:
    corrections.refuse_correction(
        request=ask_for_correction(cast), reason=cast.words, by=MemberFactory(), now=timezone.now()
    )


@occasion
def export_ready(cast: Cast) -> None:
    request = requests.ask_for_export(member=cast.reader(), now=timezone.now())
    tasks.build_export(request_id=str(request.pk))


@occasion
def erasure_confirm(cast: Cast) -> None:
    ask_to_leave(cast.reader())


@occasion
def erasure_confirmed(cast: Cast) -> None:
    leaving.confirm_leaving(token=token_of(ask_to_leave(cast.reader())), now=timezone.now())


@occasion
def erasure_cancelled(cast: Cast) -> None:
    member = cast.reader()
    ask_to_leave(member)
    leaving.stay(member=member, now=timezone.now())


@occasion
def erasure_refused(cast: Cast) -> None:
    leaving.refuse_leaving(request=ask_to_leave(cast.reader()), reason=cast.words, now=timezone.now())


@occasion
def erasure_done(cast: Cast) -> None:
    leave(cast.owner())


def ask_to_be_removed(cast: Cast) -> None:
    asked = asked_about("", email=READER, text=cast.words, language=cast.language)
    ask_for_removal(asked=asked, submission=uuid4(), now=timezone.now())


def removal(cast: Cast) -> Removal:
    return removal_decisions.enter_removal(
        asked=asked_about("", email=READER, text=cast.words, language=cast.language),
        received=removal_decisions.Received(Removal.Channel.PHONE, who=cast.name, identity_proof="Called back."),
        now=timezone.now(),
    )


@occasion
def removal_link(cast: Cast) -> None:
    ask_to_be_removed(cast)


@occasion
def removal_of_member(cast: Cast) -> None:
    cast.reader()
    ask_to_be_removed(cast)


@occasion
def removal_done(cast: Cast) -> None:
    removal_decisions.finish_removal(removal=removal(cast), by=MemberFactory(), now=timezone.now())


@occasion
def removal_refused(cast: Cast) -> None:
    removal_decisions.refuse_removal(removal=removal(cast), reason=cast.words, by=MemberFactory(), now=timezone.now())


@occasion
def breach_notice(cast: Cast) -> None:
    cast.reader()
    told = breach("accounts.Member", happened="A disk was left in a train.\nIt has not come back.")
    breaches.tell_people(breach=told, now=timezone.now())
    breaches.tell_some(now=timezone.now())


@occasion
def policy_change(cast: Cast) -> None:
    cast.reader()
    knew_less_before()
    publish()
    announce_policies(now=timezone.now())


@occasion
def removal_reminder(cast: Cast) -> None:
    """A partner that has not confirmed for two weeks."""
    partner = PartnerFactory(contact_email=READER, language=cast.language, receiver__name=cast.company)
    issue_partner_key(partner=partner, name="Pull", scopes=[Scope.CHANGES_READ], expires_at=None, now=timezone.now())
    partner.keys.update(last_used_at=timezone.now())
    request = SubjectRequest.objects.create(
        kind="removal", state="done", received_at=timezone.now(), due_at=timezone.now(), ended_at=timezone.now()
    )
    tell_followers(request=request, now=timezone.now())
    Receipt.objects.update(told_at=timezone.now() - timedelta(days=15))
    tell_by_channel(now=timezone.now())
