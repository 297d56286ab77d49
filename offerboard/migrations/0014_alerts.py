"""Mails about new leads. What is new here is empty and unknown to an older release, which may go on serving beside it.

An older release that deletes a lead or a search knows nothing of what hangs on it here, so the database deletes it.
"""

import django.db.models.deletion
import offerboard.models.watching
from django.db import migrations, models

DELETED_ALONG = """
ALTER TABLE offerboard_searchkey ADD CONSTRAINT search_key_has_search
    FOREIGN KEY (search_id) REFERENCES offerboard_savedsearch (id) ON DELETE CASCADE;
ALTER TABLE offerboard_newlead ADD CONSTRAINT new_lead_has_lead
    FOREIGN KEY (lead_id) REFERENCES offerboard_lead (id) ON DELETE CASCADE;
ALTER TABLE offerboard_notice ADD CONSTRAINT notice_has_search
    FOREIGN KEY (search_id) REFERENCES offerboard_savedsearch (id) ON DELETE CASCADE;
ALTER TABLE offerboard_notice ADD CONSTRAINT notice_has_lead
    FOREIGN KEY (lead_id) REFERENCES offerboard_lead (id) ON DELETE CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('offerboard', '0013_hold_while_leaving'),
    ]

    operations = [
        migrations.CreateModel(
            name='NewLead',
            fields=[
                ('lead', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='offerboard.lead')),
                ('since', models.DateTimeField(verbose_name='public since')),
            ],
            options={
                'verbose_name': 'new lead',
                'verbose_name_plural': 'new leads',
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('found_at', models.DateTimeField(verbose_name='found at')),
                ('due_at', models.DateTimeField(verbose_name='to be mailed at')),
                ('mailed_at', models.DateTimeField(blank=True, null=True, verbose_name='mailed at')),
            ],
            options={
                'verbose_name': 'notice of a new lead',
                'verbose_name_plural': 'notices of new leads',
            },
        ),
        migrations.CreateModel(
            name='SearchKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lexeme', models.TextField(blank=True, help_text='A word or a mark of the lead’s document.')),
                ('category', models.BigIntegerField(default=0)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('kind', models.CharField(blank=True, max_length=12)),
            ],
            options={
                'verbose_name': 'key of a search',
                'verbose_name_plural': 'keys of searches',
            },
        ),
        migrations.AddField(
            model_name='savedsearch',
            name='query',
            field=offerboard.models.watching.TsQueryField(editable=False, help_text='What a lead’s document must hold.', null=True),
        ),
        migrations.AddConstraint(
            model_name='savedsearch',
            constraint=models.CheckConstraint(condition=models.Q(('frequency', 'off'), ('query__isnull', False), _connector='OR'), name='saved_search_mails_what_it_asks'),
        ),
        migrations.AddField(
            model_name='notice',
            name='lead',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='offerboard.lead'),
        ),
        migrations.AddField(
            model_name='notice',
            name='search',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='offerboard.savedsearch'),
        ),
        migrations.AddField(
            model_name='searchkey',
            name='search',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='offerboard.savedsearch'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('mailed_at', None)), fields=['due_at'], name='notice_due'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('search', 'lead'), name='notice_once'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('mailed_at', None), ('mailed_at__gte', models.F('due_at')), _connector='OR'), name='notice_mailed_when_due'),
        ),
        migrations.AddIndex(
            model_name='searchkey',
            index=models.Index(fields=['lexeme', 'category', 'country', 'kind'], include=('search',), name='search_key_met'),
        ),
        migrations.AddConstraint(
            model_name='searchkey',
            constraint=models.UniqueConstraint(fields=('search', 'lexeme', 'category', 'country'), name='search_key_once'),
        ),
        migrations.RunSQL(sql=DELETED_ALONG, reverse_sql=migrations.RunSQL.noop),
    ]
