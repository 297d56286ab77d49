"""Whether an erasure ends with a letter; the column’s own default fills what the release before writes.

An account that nobody proved, and that the release before lets go while it still serves, gets a letter if it is a
worker of this one that erases it.
"""

from django.db import migrations, models

# The release before says it by this sentence alone.
NEVER_PROVED = """
UPDATE privacy_erasure SET writes_letter = FALSE FROM privacy_subjectrequest
WHERE id = request_id AND identity_proof = 'nobody ever proved the mailbox'
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0010_bounced_and_complained")]

    operations = [
        migrations.AddField(
            model_name="erasure",
            name="writes_letter",
            field=models.BooleanField("the person gets a final letter", default=True, db_default=True),
        ),
        migrations.RunSQL(NEVER_PROVED, migrations.RunSQL.noop),
    ]
