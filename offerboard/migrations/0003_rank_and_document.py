"""A place on the board for each lead, and one document that holds a lead's words and all it is filtered by.

Written before the first release: an older release could not post leads beside it.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.conf import settings
from django.db import migrations, models

from offerboard.models.lead import LastOf


SEQUENCE = "CREATE SEQUENCE offerboard_lead_rank"

# What search asks (offerboard/search.py): the words, by English stem and the title also as it stands, and marks that
# begin with @, which no word can. A curved apostrophe parts words as a straight one does. Chinese and Japanese are
# written without spaces, so each sign counts as a word.
# @b, @d and @e are the lead's place on the board in steps of 8,192, of 65,536 and of 524,288, by which search walks
# back through the board.
DOCUMENT = r"""
CREATE FUNCTION market_spaced(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(translate(words, '‘’ʼ', ''''''''), '([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])', ' \1 ', 'g');

CREATE FUNCTION lead_document(
    title text, brand text, model text, description text, kind text, country text, category_path bigint[],
    company bigint, hs_code text, currency text, unit text, condition text, incoterm text, rank bigint
) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN setweight(to_tsvector('market_english', market_spaced(title)), 'A')
    || setweight(to_tsvector('market_words', market_spaced(title)), 'A')
    || setweight(to_tsvector('market_english', market_spaced(brand || ' ' || model)), 'B')
    || setweight(to_tsvector('market_words', market_spaced(brand || ' ' || model)), 'B')
    || setweight(to_tsvector('market_english', market_spaced(description)), 'C')
    || array_to_tsvector(array_remove(ARRAY[
        '@k' || kind,
        '@n' || country,
        '@c' || category_path[1]::text,
        '@c' || category_path[2]::text,
        '@o' || company::text,
        '@h' || nullif(left(hs_code, 2), ''),
        '@h' || nullif(left(hs_code, 4), ''),
        '@h' || nullif(left(hs_code, 6), ''),
        '@h' || nullif(hs_code, ''),
        '@m' || nullif(currency, ''),
        '@u' || nullif(unit, ''),
        '@s' || nullif(condition, ''),
        '@t' || nullif(incoterm, ''),
        '@b' || (rank >> 13)::text,
        '@d' || (rank >> 16)::text,
        '@e' || (rank >> 19)::text
    ], NULL));
"""
NO_DOCUMENT = """
DROP FUNCTION lead_document;
DROP FUNCTION market_spaced;
"""

COPIES = """
UPDATE offerboard_lead AS lead SET category_path = array_remove(ARRAY[category.parent_id, category.id], NULL)
FROM directory_category AS category WHERE category.id = lead.category_id;

UPDATE offerboard_lead AS lead SET holds = array_append(holds, 'company')
FROM directory_company AS company WHERE company.id = lead.company_id AND company.state <> 'listed';

WITH posted AS (SELECT id FROM offerboard_lead WHERE posted_at IS NOT NULL ORDER BY posted_at, id),
     ranked AS (SELECT id, nextval('offerboard_lead_rank') AS rank FROM posted)
UPDATE offerboard_lead AS lead SET rank = ranked.rank FROM ranked WHERE ranked.id = lead.id;

SET CONSTRAINTS ALL IMMEDIATE; -- what waits for the commit would keep the table from being altered
"""
# Samples of the leads' words and marks, so that the planner knows rare ones from common ones.
STATISTICS = "ALTER TABLE offerboard_lead ALTER COLUMN search SET STATISTICS 1000"


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0004_labels_of_sizes'),
        ('offerboard', '0002_early_drafts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(sql=SEQUENCE, reverse_sql="DROP SEQUENCE offerboard_lead_rank"),
        migrations.RunSQL(sql=DOCUMENT, reverse_sql=NO_DOCUMENT),
        migrations.RemoveConstraint(
            model_name='lead',
            name='lead_holds_known',
        ),
        migrations.RemoveConstraint(
            model_name='lead',
            name='lead_published_has_dates',
        ),
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_board',
        ),
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_category',
        ),
        migrations.AddField(
            model_name='lead',
            name='brand',
            field=models.CharField(blank=True, max_length=80, verbose_name='brand'),
        ),
        migrations.AddField(
            model_name='lead',
            name='category_path',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, editable=False, size=None, verbose_name='category’s path'),
        ),
        migrations.AddField(
            model_name='lead',
            name='destinations',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, help_text='ISO 3166-1 alpha-2. Where a seller delivers to, or where a buyer wants the goods.', size=None, verbose_name='destination countries'),
        ),
        migrations.AddField(
            model_name='lead',
            name='lead_time_days',
            field=models.PositiveSmallIntegerField(blank=True, help_text='From the order until the goods are ready.', null=True, verbose_name='lead time (days)'),
        ),
        migrations.AddField(
            model_name='lead',
            name='model',
            field=models.CharField(blank=True, max_length=80, verbose_name='model'),
        ),
        migrations.AddField(
            model_name='lead',
            name='packaging',
            field=models.CharField(blank=True, max_length=200, verbose_name='packaging'),
        ),
        migrations.AddField(
            model_name='lead',
            name='rank',
            field=models.BigIntegerField(blank=True, editable=False, null=True, unique=True, verbose_name='place on the board'),
        ),
        migrations.AddField(
            model_name='lead',
            name='samples',
            field=models.CharField(blank=True, choices=[('free', 'Free of charge'), ('paid', 'Against payment'), ('none', 'No samples')], max_length=4, verbose_name='samples'),
        ),
        migrations.AlterField(
            model_name='lead',
            name='holds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('moderation', 'hidden by staff'), ('member', 'its author is suspended'), ('company', 'its company is not listed')], max_length=12), blank=True, default=list, size=None),
        ),
        migrations.RemoveIndex(model_name='lead', name='lead_search'),
        migrations.RemoveField(model_name='lead', name='search'),
        migrations.RunSQL(sql=COPIES, reverse_sql="UPDATE offerboard_lead SET holds = array_remove(holds, 'company')"),
        migrations.AddField(
            model_name='lead',
            name='search',
            field=models.GeneratedField(db_persist=True, expression=models.Func('title', 'brand', 'model', 'description', 'kind', 'country', 'category_path', 'company_id', 'hs_code', 'currency', 'unit', 'condition', 'incoterm', 'rank', function='lead_document'), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.RunSQL(sql=STATISTICS, reverse_sql=migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='lead',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('hidden', False), ('state', 'published')), fields=['search'], name='lead_search'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('hidden', False), ('state', 'published')), fields=['-rank'], name='lead_board'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('hidden', False), ('state', 'published')), fields=['-posted_at'], name='lead_posted'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(condition=models.Q(('hidden', False), ('state', 'published')), fields=['category', '-rank'], name='lead_category'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(('holds__contained_by', ['moderation', 'member', 'company'])), name='lead_holds_known'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['published', 'paused']), _negated=True), models.Q(('expires_at__isnull', False), ('posted_at__isnull', False), ('rank__isnull', False)), _connector='OR'), name='lead_published_has_dates'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('category', None), ('category_path', [])), ('category', LastOf('category_path')), _connector='OR'), name='lead_path_ends_in_category'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(('samples__in', ['', 'free', 'paid', 'none'])), name='lead_samples_known'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(('lead_time_days', None), ('lead_time_days__range', (0, 1000)), _connector='OR'), name='lead_lead_time'),
        ),
    ]
