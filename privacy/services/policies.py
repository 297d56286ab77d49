"""What members and staff do with policies."""

from datetime import datetime, timedelta

from django.db import transaction

from privacy.marks import promised
from privacy.models import NOTICE, PolicyAcceptance, PolicyDraft, PolicyVersion
from privacy.promises import CONTROLS
from privacy.selectors.policy_drafts import Proposal, propose

USUAL_NOTICE = timedelta(days=21)  # that a new draft begins with: two weeks after the last mail, and time to send them


class DraftGone(Exception):
    """It was published, or changed since it was shown."""


class NothingNew(Exception):
    """Text and tables are those of the newest version."""


class UnknownPromise(Exception):
    """The text marks promises that this program does not keep."""

    def __init__(self, promises: list[str]) -> None:
        super().__init__(promises)
        self.promises = promises


class TooSoon(Exception):
    """A version does not take effect in the past, before an announced one, or unannounced where it is material."""

    def __init__(self, earliest: datetime) -> None:
        super().__init__(earliest)
        self.earliest = earliest


@transaction.atomic
def accept_policy(*, member_id: int, version: PolicyVersion, now: datetime) -> PolicyAcceptance:
    """Record that a member accepted a version; accepting it again keeps the first date."""
    acceptance, _created = PolicyAcceptance.objects.get_or_create(
        member_id=member_id, version=version, defaults={"accepted_at": now}
    )
    return acceptance


@transaction.atomic
def start_draft(*, kind: str, now: datetime) -> PolicyDraft:
    """A draft with the newest text, for a midnight; the one that there is already, if there is one."""
    day = (now + USUAL_NOTICE).replace(hour=0, minute=0, second=0, microsecond=0)
    newest = PolicyVersion.objects.filter(kind=kind).order_by("-number").first()
    begun = {"body": newest.body if newest else "", "effective_at": day}
    draft, _created = PolicyDraft.objects.get_or_create(kind=kind, defaults=begun)
    return draft


@transaction.atomic(durable=True)
def publish_policy(*, draft: PolicyDraft, now: datetime, material: bool = False) -> PolicyVersion:
    """Make a draft the next version of its kind; the draft, as it was shown, is used up.

    `material` tells members of a change that is in the words alone; where the data map has more in it than the version
    in force, or an announced change is still to come, they are told in any case. The mails follow by themselves
    (`services.policy_notices`).

    Raises DraftGone, NothingNew, UnknownPromise, TooSoon; then nothing is changed.
    """
    shown = PolicyDraft.objects.select_for_update().filter(pk=draft.pk, changed_at=draft.changed_at)
    locked = shown.first()
    if locked is None:  # of two clicks, one wins
        raise DraftGone
    proposal = propose(locked, at=now)
    version = proposal.version
    version.material = version.material or material
    if version.digest == proposal.newest.digest:
        raise NothingNew
    if unknown := {one.promise for one in promised({version.kind: version.body})} - set(CONTROLS):
        raise UnknownPromise(sorted(unknown))
    earliest = earliest_effect(proposal, now=now)
    if version.effective_at < earliest or version.effective_at <= now:
        raise TooSoon(earliest)
    version.save(force_insert=True)
    locked.delete()
    return version


def earliest_effect(proposal: Proposal, *, now: datetime) -> datetime:
    """When a version could take effect if it were published now."""
    told = now + NOTICE if proposal.version.material else now
    return max(told, proposal.newest.effective_at)
