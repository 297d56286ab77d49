"""Notices of expiries. An older release that deletes a lead knows nothing of them, so the database deletes them."""

import django.db.models.deletion
from django.db import migrations, models

DELETED_ALONG = """
ALTER TABLE offerboard_expirynotice ADD CONSTRAINT expiry_notice_has_lead
    FOREIGN KEY (lead_id) REFERENCES offerboard_lead (id) ON DELETE CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('offerboard', '0014_alerts'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExpiryNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('expires_at', models.DateTimeField(verbose_name='expires at')),
                ('lead', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='expiry_notices', to='offerboard.lead')),
            ],
            options={
                'verbose_name': 'notice of an expiry',
                'verbose_name_plural': 'notices of expiries',
                'constraints': [models.UniqueConstraint(fields=('lead', 'expires_at'), name='expiry_notice_once')],
            },
        ),
        migrations.RunSQL(sql=DELETED_ALONG, reverse_sql=migrations.RunSQL.noop),
    ]
