"""Prices by quantity, documents, and the record of what was public; trigrams to find near-duplicates."""

import django.db.models.deletion
import django.db.models.functions.comparison
import privacy.private_files
import uuid
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('offerboard', '0003_rank_and_document'),
    ]

    operations = [
        TrigramExtension(),  # the embedded server and PostgreSQL’s own packages bring it
        migrations.CreateModel(
            name='LeadDocument',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('file', models.FileField(storage=privacy.private_files.private_files, upload_to='lead-documents/', verbose_name='file')),
                ('name', models.CharField(help_text='As its sender called it, cleaned.', max_length=100, verbose_name='name')),
                ('kind', models.CharField(choices=[('application/pdf', 'PDF'), ('image/webp', 'Picture')], max_length=20, verbose_name='kind')),
                ('size', models.PositiveIntegerField(help_text='Bytes.', verbose_name='size')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='offerboard.lead')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'ordering': ['position', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('position__lt', 1000)), name='document_position_low'), models.CheckConstraint(condition=models.Q(('kind__in', ['application/pdf', 'image/webp'])), name='document_kind_known'), models.CheckConstraint(condition=models.Q(('size__range', (1, 10485760))), name='document_size'), models.UniqueConstraint(fields=('lead', 'digest'), name='document_once_on_a_lead')],
            },
        ),
        migrations.CreateModel(
            name='LeadRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('facts', models.JSONField(help_text='The lead’s fields by name; numbers as text.', verbose_name='facts')),
                ('public_from', models.DateTimeField(verbose_name='public from')),
                ('closed_at', models.DateTimeField(help_text='Changed, or taken off the board.', null=True, verbose_name='ended')),
                ('expires_at', models.DateTimeField(help_text='The lead’s own, while this was public.', verbose_name='expires at')),
                ('public_until', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Least(models.F('closed_at'), models.F('expires_at')), output_field=models.DateTimeField(verbose_name='public until'))),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='offerboard.lead')),
            ],
            options={
                'verbose_name': 'revision',
                'verbose_name_plural': 'revisions',
                'ordering': ['-public_from', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('lead',), name='revision_one_open'), models.CheckConstraint(condition=models.Q(('closed_at', None), ('closed_at__gte', models.F('public_from')), _connector='OR'), name='revision_ends_after_start'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('public_from'))), name='revision_expires_after_start')],
            },
        ),
        migrations.CreateModel(
            name='PriceTier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField(help_text='From 1, by growing quantity.', verbose_name='place')),
                ('min_quantity', models.DecimalField(decimal_places=3, help_text='In the lead’s unit.', max_digits=15, verbose_name='from quantity')),
                ('price', models.DecimalField(decimal_places=4, help_text='Of one unit, in the lead’s currency.', max_digits=16, verbose_name='price')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tiers', to='offerboard.lead')),
            ],
            options={
                'verbose_name': 'price tier',
                'verbose_name_plural': 'price tiers',
                'ordering': ['place'],
                'constraints': [models.CheckConstraint(condition=models.Q(('place__range', (1, 6))), name='tier_place_known'), models.UniqueConstraint(fields=('lead', 'place'), name='tier_once_in_a_place'), models.UniqueConstraint(fields=('lead', 'min_quantity'), name='tier_once_for_a_quantity'), models.CheckConstraint(condition=models.Q(('min_quantity__gt', 0)), name='tier_quantity_positive'), models.CheckConstraint(condition=models.Q(('price__gt', 0)), name='tier_price_positive')],
            },
        ),
    ]
