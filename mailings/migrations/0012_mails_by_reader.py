"""Mails are found by their reader also when they have ended; made while the market goes on.

The index of open mails alone goes: this one serves its queries too, also those of the release before.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("mailings", "0011_how_to_write")]

    operations = [
        AddIndexConcurrently(
            "delivery",
            models.Index(
                name="delivery_reader",
                fields=["reader", "-queued_at"],
                condition=models.Q(("reader__isnull", False)),
            ),
        ),
        RemoveIndexConcurrently("delivery", "delivery_reader_open"),
    ]
