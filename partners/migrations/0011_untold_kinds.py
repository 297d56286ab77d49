"""Webhooks remember what they were not told of; the old release goes on making some without the new column."""

import django.contrib.postgres.fields
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0010_removal_indexes")]

    operations = [
        migrations.AddField(
            model_name="webhook",
            name="untold",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                db_default=[],
                default=list,
                editable=False,
                size=None,
                verbose_name="what it was not told of on the way there",
            ),
        ),
        migrations.AlterField(
            model_name="connectedservice",
            name="return_url",
            field=models.URLField(
                help_text="The page shows a link to it, with ?code= (or ?error= after a no) and the ?state= that the service sent.",
                validators=[django.core.validators.URLValidator(["https"])],
                verbose_name="where members go on",
            ),
        ),
    ]
