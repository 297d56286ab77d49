"""How the rooms above say, from within the database, that something may look different to whoever pulls it."""

from django.db import migrations

# `market.removal` is set by whoever removes something because a person asked for it: the number of their request.
MARKING = """
CREATE FUNCTION is_removal() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('market.removal', true), '') <> ''
$$;
CREATE FUNCTION mark_changes(kind text, keys text[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO partners_mark (kind, key, is_gone) SELECT kind, key, FALSE FROM unnest(keys) AS key
$$;
CREATE FUNCTION mark_removals(kind text, keys text[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO partners_mark (kind, key, is_gone, removal)
    SELECT kind, key, TRUE, nullif(current_setting('market.removal', true), '')::uuid FROM unnest(keys) AS key
$$;
INSERT INTO partners_feed (id, epoch, last, forgotten) VALUES (1, gen_random_uuid(), 0, 0);
"""


class Migration(migrations.Migration):

    dependencies = [("partners", "0001_partners")]

    operations = [
        migrations.RunSQL(sql=MARKING, reverse_sql="DELETE FROM partners_feed; DROP FUNCTION mark_changes; DROP FUNCTION mark_removals; DROP FUNCTION is_removal"),
    ]
