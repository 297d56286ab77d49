"""Clearer names in the code alone: the columns keep theirs, which the release before still reads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0012_ended_confirmed_closed")]

    operations = [
        migrations.AlterField(
            model_name="erasure",
            name="begun",
            field=models.JSONField("what was hidden at once", db_column="begun", default=dict),
        ),
        migrations.RenameField(model_name="erasure", old_name="begun", new_name="to_bring_back"),
        migrations.AlterField(
            model_name="erasure",
            name="is_begun",
            field=models.BooleanField(
                "nothing more has to be known before the first row goes", db_column="is_begun", default=False
            ),
        ),
        migrations.RenameField(model_name="erasure", old_name="is_begun", new_name="is_prepared"),
    ]
