"""What the outbox holds about people."""

from django.utils.translation import gettext_lazy as _

from mailings.models import Delivery
from privacy.datamap import Held, days_after, declare, mailbox
from privacy.purposes import MAILING

YOURS_ALREADY = Held(withheld=_("you have the mail itself, and it may quote other people"))

declare(
    Delivery,
    what=_("Mails that we sent to you"),
    about=mailbox("to"),
    why=MAILING,
    keep=days_after(90, "ended_at", _("90 days after it was sent")),
    held="to language error",
    subject=YOURS_ALREADY,
    text=YOURS_ALREADY,
    html=YOURS_ALREADY,
    neutral="id kind template secret state attempts queued_at not_before lease_until ended_at",
)
