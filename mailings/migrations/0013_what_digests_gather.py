"""A mail that gathers knows what it tells; of those that wait already nobody knows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailings", "0012_mails_by_reader")]

    operations = [
        migrations.AddField(
            "delivery",
            "gathered",
            models.JSONField(
                blank=True, db_default={}, default=dict, verbose_name="numbers of the things that it tells"
            ),
        ),
    ]
