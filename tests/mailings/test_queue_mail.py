"""Every mail is a row first, in the transaction of whatever it tells about."""

from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, mail_admins
from django.db import transaction

from mailings.models import Delivery
from mailings.services import queue_mail
from tests.factories import NOW

CONTEXT = {
    "reader_name": "Amara Okonkwo",
    "writer_name": "Wanjiru Kamau",
    "company_name": "Savanna Spice Mills Ltd",
    "subject_line": "Robusta green coffee",
    "about_lead": True,
    "excerpt": "What is your best price?",
    "is_cut": False,
    "thread_url": "http://localhost:8000/my/inquiries/1/",
}


def owe(**changes: Any) -> Delivery:
    """A mail with everything filled in."""
    words = {
        "template": "inquiry_received",
        "to": "amara@example.com",
        "language": "en",
        "context": CONTEXT,
        "now": NOW,
    }
    return queue_mail(**{**words, **changes})


@pytest.mark.django_db
def test_a_mail_that_is_owed_is_a_row() -> None:
    """The text's first line is the subject; the row waits from now on."""
    row = owe()

    assert (row.to, row.subject) == ("amara@example.com", "Inquiry from Savanna Spice Mills Ltd: Robusta green coffee")
    assert (row.state, row.queued_at, row.not_before) == (Delivery.State.PENDING, NOW, NOW)
    assert row.text.startswith("Dear Amara Okonkwo,")
    assert "What is your best price?" in row.html


@pytest.mark.django_db
def test_a_subject_is_one_line() -> None:
    """Whatever stands in the names it is made of, no further header follows."""
    row = owe(context={**CONTEXT, "subject_line": "Coffee\r\nBcc: all@example.com"})

    assert "\n" not in row.subject


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_owes_no_mail() -> None:
    """The row falls with the transaction that wrote it."""
    with transaction.atomic():
        owe()
        transaction.set_rollback(True)

    assert Delivery.objects.count() == 0


@pytest.mark.django_db
def test_the_worker_is_woken_after_the_commit(django_capture_on_commit_callbacks: Any) -> None:
    """Not before, when it could not see the row."""
    with django_capture_on_commit_callbacks() as callbacks:
        owe()

    assert [callback.__qualname__ for callback in callbacks] == ["wake"]


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_costs_nothing_but_the_wake_up() -> None:
    """The row is there; the sweep will find it."""
    owe()

    assert Delivery.objects.get().state == Delivery.State.PENDING


@pytest.mark.django_db
def test_mail_of_libraries_lands_in_the_outbox_too(settings: Any) -> None:
    """A row a recipient."""
    settings.EMAIL_BACKEND = "mailings.backend.OutboxBackend"  # pytest-django puts another one there
    message = EmailMultiAlternatives(
        "Reset your password", "https://example.com/secret", to=["Amara <amara@example.com>"]
    )
    message.bcc = ["b@example.com"]
    message.attach_alternative("<p>secret</p>", "text/html")

    message.send()

    assert set(Delivery.objects.values_list("to", "subject", "html")) == {
        ("amara@example.com", "Reset your password", "<p>secret</p>"),
        ("b@example.com", "Reset your password", "<p>secret</p>"),
    }


@pytest.mark.django_db
def test_error_mails_land_there_as_well(settings: Any) -> None:
    """Django's own way to tell the administrators."""
    settings.EMAIL_BACKEND = "mailings.backend.OutboxBackend"
    settings.ADMINS = [("Operator", "operator@example.com")]

    mail_admins("Trouble", "Something broke.")

    assert list(Delivery.objects.values_list("to", flat=True)) == ["operator@example.com"]
