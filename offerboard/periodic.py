"""What beat calls for the offerboard."""

from celery import shared_task
from django.utils import timezone

from offerboard import alerting, expiring, suggesting
from offerboard.services import counting, imports, lead_states
from offerboard.services.vocabulary import refresh_vocabulary


@shared_task
def tidy_expired_leads() -> None:
    """Close what nobody renews any more. No page waits for it: a lead is off the board the second it expires."""
    lead_states.close_forgotten_leads(now=timezone.now())


@shared_task
def clear_board() -> None:
    """Remove what expired from the board's entries, so that searches need not pass it over."""
    lead_states.clear_board(now=timezone.now())


@shared_task
def sweep_imports() -> None:
    """Take up imports that a lost wake-up or a dead worker left behind."""
    imports.take_up_waiting(now=timezone.now())


@shared_task
def forget_import_files() -> None:
    """Delete uploaded files and refused rows when their time is over."""
    imports.forget_old_files(now=timezone.now())


@shared_task
def count_words() -> None:
    """Learn the words that leads use, for “did you mean”."""
    refresh_vocabulary(now=timezone.now())


@shared_task
def count_leads() -> None:
    """Count the market anew. A lost count is made good by the next; until then pages show the one before."""
    counting.refresh_counts(now=timezone.now())


@shared_task
def sweep_alerts() -> None:
    """Find new leads that no search was asked about, and mails that are due."""
    alerting.tell_of_new_leads(now=timezone.now())


@shared_task
def tell_of_expiry() -> None:
    """Tell companies of leads that are about to expire."""
    expiring.tell_of_expiry(now=timezone.now())


@shared_task
def suggest_leads() -> None:
    """Write the mails that suggest leads, where they are due."""
    suggesting.write_due_suggestions(now=timezone.now())
