"""What is over says when, with a proof where one is owed; each is true of every row that the release before writes."""

from django.db import migrations, models
from django.db.models import Q

OPEN = ["received", "verified", "building", "cooling_off", "running", "awaiting", "review", "hidden"]


class Migration(migrations.Migration):
    dependencies = [("privacy", "0011_writes_letter")]

    operations = [
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                name="breach_done_is_told", condition=Q(people_done_at=None) | Q(people_told_at__isnull=False)
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                name="breach_closed_is_done",
                condition=Q(closed_at=None) | Q(people_told_at=None) | Q(people_done_at__isnull=False),
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                name="receipt_confirmed_is_proved",
                condition=Q(confirmed_at=None) | Q(person="") & ~Q(proof=""),
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                name="request_ended_unless_open",
                condition=Q(state__in=OPEN, ended_at=None) | ~Q(state__in=OPEN) & Q(ended_at__isnull=False),
            ),
        ),
    ]
