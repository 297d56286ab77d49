"""What the market does to keep each promise of its policies, in words for everybody; the tests prove it."""

from django.utils.translation import gettext_lazy as _

CONTROLS = {
    "logs-without-addresses": _("The log knows only the kind of page, the time and the answer."),
    "no-sale": _("Data leave through one gate, which refuses every receiver that the policy does not name."),
    "password-unreadable": _("Passwords are stored as Argon2 hashes. No page and no copy of data shows them."),
}
