"""No mail is marked as holding a secret any more: every one is forgotten once it has ended.

The column stays for the release that is being replaced, which still writes it; a later migration drops it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailings", "0004_mail_reports")]

    operations = [
        migrations.AlterField("delivery", "secret", models.BooleanField(default=False, db_default=False)),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("delivery", "secret")]),
    ]
