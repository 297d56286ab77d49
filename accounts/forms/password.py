"""Choosing a new password behind a link that was mailed."""

from allauth.account.forms import ResetPasswordKeyForm
from django.db import transaction

from privacy.services.suppression import note_mailbox_works


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """Whoever follows the link has the mailbox: mail that came back from there earlier says nothing any more."""

    @transaction.atomic
    def save(self) -> None:
        """Set the password, and write to the address again."""
        super().save()
        note_mailbox_works(address=self.user.email)
