"""Whether a partner was given anything is found without reading the whole log; made while the market goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("privacy", "0017_contract_ends")]

    operations = [
        AddIndexConcurrently(
            "disclosure",
            models.Index(
                name="disclosure_to_partner",
                fields=["receiver_key"],
                condition=Q(receiver_kind__in=["partner", "connected"]),
            ),
        ),
    ]
