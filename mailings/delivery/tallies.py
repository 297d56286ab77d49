"""What a batch teaches: which domains want fewer mails, and whether a campaign had better stop."""

from collections import defaultdict
from datetime import datetime

import structlog
from django.db.models import F, Value
from django.utils.translation import gettext as _

from mailings.answers import without_addresses
from mailings.delivery.budgets import Outcome, note_outcomes
from mailings.models import Campaign, Delivery

log = structlog.get_logger(__name__)

BREAKER = 100  # mails in a row that none was taken of


class Tally:
    """What servers answered to the mails of one batch, by domain, and how many refusals came in a row."""

    def __init__(self) -> None:
        self._outcomes: dict[str, Outcome] = defaultdict(Outcome)
        self._in_a_row, self._any_taken, self._answer = 0, False, ""

    def taken(self, row: Delivery) -> None:
        """A server took a mail: refusals do not come in a row any more."""
        self._outcomes[row.domain].taken += 1
        self._in_a_row, self._any_taken = 0, True

    def refused(self, row: Delivery, answer: str, *, may_pass: bool) -> None:
        """A server did not, or broke off; `may_pass`: it put the mail off, which says something about its domain."""
        self._in_a_row, self._answer = self._in_a_row + 1, answer
        if may_pass:
            self._outcomes[row.domain].put_off += 1
            self._outcomes[row.domain].answer = answer

    def settle(self, campaign: Campaign, *, now: datetime) -> None:
        """Slow domains down, and stop a campaign whose mails nobody takes."""
        note_outcomes(self._outcomes, now=now)
        self._note_failures(campaign)

    def _note_failures(self, campaign: Campaign) -> None:
        sending = Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.SENDING)
        if self._any_taken:
            sending.exclude(failures=self._in_a_row).update(failures=self._in_a_row)
        elif self._in_a_row:
            sending.update(failures=F("failures") + self._in_a_row)
        why = _("no server takes its mails: %(answer)s") % {"answer": without_addresses(self._answer)}
        if self._in_a_row and sending.filter(failures__gte=BREAKER).update(
            state=Campaign.State.PAUSED,
            failures=0,
            halt=Value(why[:300]),
        ):
            log.error("campaign_stopped", campaign=campaign.pk)
