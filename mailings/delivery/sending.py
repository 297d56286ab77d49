"""A worker's shift: claim a batch, hand it over, note how each mail ended, until nothing is due."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain, pairwise
from smtplib import SMTPException, SMTPResponseException
from typing import NamedTuple

import structlog
from django.utils import timezone

from mailings.answers import words_of
from mailings.delivery.claiming import claim, claim_of_campaign
from mailings.delivery.holding_back import halt, hold_back, release, without_unwanted
from mailings.delivery.marking import NotToBeSent, mark_in_flight, ready_to_mark
from mailings.delivery.outages import end_outage, is_too_early, note_silence
from mailings.delivery.printing import Press
from mailings.delivery.settling import end, note_answer, note_sent, put_off, still_mine
from mailings.delivery.tallies import Tally
from mailings.models import Delivery
from mailings.smtp import Conversation, EndUnknown, Letter, NotHeard, check_lines
from mailings.writing.composing import letter_of
from mailings.writing.dkim import load_key
from mailings.writing.texts import Unsendable

log = structlog.get_logger(__name__)

SHIFT = 120.0  # seconds after which a worker leaves the rest to the next one, well before Celery's time limit


class Mail(NamedTuple):
    """A claimed row and what goes over the wire."""

    row: Delivery
    letter: Letter


class Shift:
    """What a worker keeps from batch to batch: the connection, and what it has learnt of those it writes to."""

    def __init__(self) -> None:
        """Read the key that mails are signed with, before any is claimed. Raises UnusableKey."""
        load_key()
        self.ends_at = time.monotonic() + SHIFT
        self.conversation: Conversation | None = None
        self.topic = ""
        self.tally = Tally()
        self.is_cut_off = is_too_early(now=timezone.now())

    @property
    def is_over(self) -> bool:
        """Whether its time is up, or the server silent; what is left waits for the next worker."""
        return self.is_cut_off or time.monotonic() >= self.ends_at

    def hand_over(self, rows: Iterable[Delivery], write: Callable[[Delivery], Letter]) -> None:
        """Send a batch; whatever ends badly gets a new connection. A silent server ends the shift."""
        mails = [mail for row in rows if (mail := _written(row, write))]
        for at, (mail, following) in enumerate(pairwise(chain(mails, [None]))):
            if mail is None or mail.row.lease_until is None or mail.row.lease_until <= timezone.now():
                release([one.row for one in mails[at:]])  # a slow server; another worker may have taken them already
                break
            try:
                self._send(mail, following)
            except NotHeard as error:  # the rest need not wait to learn the same, and no mail is to blame
                release([one.row for one in mails[at:]])
                note_silence(str(error), now=timezone.now())
                self.is_cut_off = True
                return
            if at == 0:
                end_outage()
        if self.conversation and self.conversation.announced:
            self.hang_up()

    def hang_up(self) -> None:
        """Leave the server; a mail of which it has heard only the beginning is none."""
        if self.conversation:
            self.conversation.take_leave()
        self.conversation = None

    def _send(self, mail: Mail, following: Mail | None) -> None:
        """Over the connection that there is, or a new one: servers take only so many over one. Raises NotHeard."""
        conversation = self.conversation = self.conversation or Conversation()
        try:
            self._say(conversation, mail, following)
        except NotHeard:
            self.hang_up()
            if conversation.is_new:
                raise
            self._send(mail, following)
            return
        if not conversation.is_usable:
            self.conversation = None

    def _say(self, conversation: Conversation, mail: Mail, following: Mail | None) -> None:
        """Hand one mail over and note its end. Raises NotHeard, and it is as it was."""
        row = mail.row
        try:
            wire = check_lines(mail.letter.write())
        except ValueError as error:  # a mail that cannot be written must not hold up those behind it
            conversation.hang_up()
            end(still_mine(row), state=Delivery.State.BOUNCED, error=words_of(error))
            return
        try:
            conversation.hand_over(
                mail.letter,
                wire,
                before_dot=partial(mark_in_flight, row, topic=self.topic),
                following=following.letter if following else None,
            )
        except NotToBeSent:
            conversation.hang_up()
            hold_back(row, topic=self.topic)
        except EndUnknown as error:  # the row says in_flight; the sweep settles it
            log.warning("mail_end_unknown", delivery=str(row.pk))
            self.tally.refused(row, words_of(error), may_pass=False)
        except SMTPResponseException as refusal:
            may_pass = note_answer(row, refusal)
            self.tally.refused(row, words_of(refusal), may_pass=may_pass)
        except (SMTPException, OSError) as error:
            conversation.hang_up()
            put_off(row, words_of(error))
            self.tally.refused(row, words_of(error), may_pass=False)
        else:
            note_sent(row)
            self.tally.taken(row)


@ready_to_mark()
def send_due() -> None:
    """Send mails to single persons."""
    shift = Shift()
    while not shift.is_over and (rows := claim(now=timezone.now())):
        shift.hand_over(rows, letter_of)
    shift.hang_up()


@ready_to_mark()
def send_campaigns() -> None:
    """Send mails of campaigns, batch by batch from one or the other, never one that its receiver does not want."""
    shift, press = Shift(), Press()
    while not shift.is_over and (claimed := claim_of_campaign(now=timezone.now())):
        campaign, rows = claimed
        try:
            write = press.printer(campaign)
        except Unsendable as error:
            halt(campaign, rows, error.lacks)
            continue
        except Exception as error:
            log.exception("campaign_unprintable", campaign=campaign.pk)
            halt(campaign, rows, f"{type(error).__name__}: {error}")
            continue
        shift.topic, shift.tally = campaign.topic, Tally()
        shift.hand_over(without_unwanted(rows, topic=campaign.topic), write)
        shift.tally.settle(campaign, now=timezone.now())
    shift.hang_up()


def _written(row: Delivery, write: Callable[[Delivery], Letter]) -> Mail | None:
    """The mail of a row; one whose address is impossible ends here, so that it does not hold up those behind it."""
    try:
        return Mail(row, write(row))
    except ValueError as error:
        end(still_mine(row), state=Delivery.State.BOUNCED, error=words_of(error))
        return None
