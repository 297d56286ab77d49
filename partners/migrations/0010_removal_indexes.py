"""What goes for a request is found without reading the whole feed; made while the market goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("partners", "0009_usage")]

    operations = [
        AddIndexConcurrently(
            "change",
            models.Index(
                name="change_removal", fields=["removal", "position"], condition=Q(removal__isnull=False)
            ),
        ),
        AddIndexConcurrently(
            "mark", models.Index(name="mark_removal", fields=["removal"], condition=Q(removal__isnull=False))
        ),
    ]
