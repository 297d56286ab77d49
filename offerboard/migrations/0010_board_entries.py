"""A narrow row for each lead on the board, kept by the database itself; search reads these and no more the leads.

Written before the first release: an older release could not search beside it.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


# What the planner knows of words and marks; and rows whose documents lie outside (see BoardEntry).
STORAGE = """
ALTER TABLE offerboard_boardentry ALTER COLUMN search SET STORAGE EXTERNAL;
ALTER TABLE offerboard_boardentry ALTER COLUMN search SET STATISTICS 1000;
ALTER TABLE offerboard_boardentry SET (toast_tuple_target = 128);
-- Whoever deletes a lead locks it first and its entry after it, as the triggers do.
ALTER TABLE offerboard_boardentry ADD CONSTRAINT board_entry_has_lead
    FOREIGN KEY (lead_id) REFERENCES offerboard_lead (id) ON DELETE CASCADE;
"""
# Entries follow their leads within the same statement, whoever changes them: a page, the import, the admin, SQL by hand.
# They know nothing of time: what expired is passed over by whoever reads, and removed by a sweep.
KEEPING = """
CREATE FUNCTION enter_board(leads bigint[]) RETURNS void LANGUAGE plpgsql STRICT AS $$
BEGIN
    INSERT INTO offerboard_boardentry AS entry (
        lead_id, rank, posted_at, expires_at, company_id, category_id,
        kind, country, condition, incoterm, currency, price, quantity, search
    )
    SELECT id, rank, posted_at, expires_at, company_id, category_id,
        kind, country, condition, incoterm, currency, price, quantity,
        lead_document(title, brand, model, description, kind, country, category_path, company_id,
            hs_code, currency, unit, condition, incoterm, rank)
    FROM offerboard_lead WHERE id = ANY (leads) AND state = 'published' AND NOT hidden
    ORDER BY rank
    ON CONFLICT (lead_id) DO UPDATE SET (
        rank, posted_at, expires_at, company_id, category_id,
        kind, country, condition, incoterm, currency, price, quantity, search
    ) = ROW (
        excluded.rank, excluded.posted_at, excluded.expires_at, excluded.company_id, excluded.category_id,
        excluded.kind, excluded.country, excluded.condition, excluded.incoterm, excluded.currency,
        excluded.price, excluded.quantity, excluded.search
    );
END $$;

CREATE FUNCTION keep_board_of_new_leads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM enter_board(array_agg(id)) FROM new_leads WHERE state = 'published' AND NOT hidden;
    RETURN NULL;
END $$;

CREATE FUNCTION keep_board_of_changed_leads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM offerboard_boardentry WHERE lead_id IN (
        SELECT id FROM new_leads WHERE state <> 'published' OR hidden
    );
    -- Planned anew each time: a plan that was kept since one lead changed would compare each of thousands with each.
    EXECUTE '
        SELECT enter_board(array_agg(id)) FROM new_leads AS lead JOIN old_leads AS former USING (id)
        WHERE lead.state = ''published'' AND NOT lead.hidden AND ROW (
            former.state, former.hidden, former.rank, former.posted_at, former.expires_at, former.company_id, former.category_id,
            former.category_path, former.kind, former.country, former.condition, former.incoterm, former.currency, former.price,
            former.quantity, former.unit, former.hs_code, former.title, former.brand, former.model, former.description
        ) IS DISTINCT FROM ROW (
            lead.state, lead.hidden, lead.rank, lead.posted_at, lead.expires_at, lead.company_id, lead.category_id,
            lead.category_path, lead.kind, lead.country, lead.condition, lead.incoterm, lead.currency, lead.price,
            lead.quantity, lead.unit, lead.hs_code, lead.title, lead.brand, lead.model, lead.description
        )
    ';
    RETURN NULL;
END $$;

CREATE TRIGGER lead_enters_board AFTER INSERT ON offerboard_lead
REFERENCING NEW TABLE AS new_leads FOR EACH STATEMENT EXECUTE FUNCTION keep_board_of_new_leads();

CREATE TRIGGER lead_changes_on_board AFTER UPDATE ON offerboard_lead
REFERENCING OLD TABLE AS old_leads NEW TABLE AS new_leads
FOR EACH STATEMENT EXECUTE FUNCTION keep_board_of_changed_leads();

SELECT enter_board(array_agg(id)) FROM offerboard_lead WHERE state = 'published' AND NOT hidden;
SET CONSTRAINTS ALL IMMEDIATE; -- what waits for the commit would keep the tables from being altered
"""
NOT_KEEPING = """
DROP TRIGGER lead_changes_on_board ON offerboard_lead;
DROP TRIGGER lead_enters_board ON offerboard_lead;
DROP FUNCTION keep_board_of_changed_leads;
DROP FUNCTION keep_board_of_new_leads;
DROP FUNCTION enter_board;
"""
# The leads' own document, where it lay before, asks for this.
STATISTICS_OF_LEADS = "ALTER TABLE offerboard_lead ALTER COLUMN search SET STATISTICS 1000"


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0005_hs_names'),
        ('offerboard', '0009_company_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='BoardEntry',
            fields=[
                ('lead', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='board_entry', serialize=False, to='offerboard.lead')),
                ('rank', models.BigIntegerField(verbose_name='place on the board')),
                ('posted_at', models.DateTimeField(verbose_name='posted at')),
                ('expires_at', models.DateTimeField(verbose_name='expires at')),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='directory.company')),
                ('category', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='directory.category')),
                ('kind', models.CharField(max_length=12, verbose_name='kind')),
                ('country', models.CharField(max_length=2, verbose_name='company’s country')),
                ('condition', models.CharField(max_length=12, verbose_name='condition')),
                ('incoterm', models.CharField(max_length=3, verbose_name='Incoterms 2020')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('price', models.DecimalField(decimal_places=4, max_digits=16, null=True, verbose_name='price')),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=15, verbose_name='quantity')),
                ('search', django.contrib.postgres.search.SearchVectorField()),
                ('ballast', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Repeat(models.Value(' '), 2100), output_field=models.TextField())),
            ],
            options={
                'verbose_name': 'entry on the board',
                'verbose_name_plural': 'entries on the board',
                'constraints': [models.UniqueConstraint(deferrable=models.Deferrable['IMMEDIATE'], fields=('rank',), name='board_rank')],
            },
        ),
        migrations.RunSQL(sql=STORAGE, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(sql=KEEPING, reverse_sql=NOT_KEEPING),
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_search',
        ),
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_board',
        ),
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_posted',
        ),
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_category',
        ),
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_company_board',
        ),
        migrations.RunSQL(sql=migrations.RunSQL.noop, reverse_sql=STATISTICS_OF_LEADS),
        migrations.RemoveField(
            model_name='lead',
            name='search',
        ),
        migrations.AlterField(
            model_name='lead',
            name='rank',
            field=models.BigIntegerField(blank=True, editable=False, null=True, verbose_name='place on the board'),
        ),
        migrations.AddIndex(
            model_name='boardentry',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='board_search'),
        ),
        migrations.AddIndex(
            model_name='boardentry',
            index=models.Index(fields=['-posted_at'], name='board_posted'),
        ),
        migrations.AddIndex(
            model_name='boardentry',
            index=models.Index(fields=['expires_at'], name='board_expires'),
        ),
        migrations.AddIndex(
            model_name='boardentry',
            index=models.Index(fields=['category', '-rank'], name='board_category'),
        ),
        migrations.AddIndex(
            model_name='boardentry',
            index=models.Index(fields=['company', '-rank'], name='board_company'),
        ),
    ]
