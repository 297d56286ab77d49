"""Leads tell the change feed, in the statement that changes what the public sees of them."""

from django.db import migrations

from partners.marking import marking_triggers, no_marking_triggers

# A lead that is deleted for privacy's sake is told of even where it was off the board by then: somebody may hold it
# still. One that is only changed for it, such as left to its company, goes for that sake only if it goes by it.
MARKING = """
CREATE FUNCTION mark_leads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM mark_removals('lead', array_agg(slug)) FROM touched
        WHERE state = 'published' AND NOT hidden OR posted_at IS NOT NULL AND is_removal();
    ELSE
        PERFORM mark_changes('lead', array_agg(slug)) FROM touched WHERE state = 'published' AND NOT hidden;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION mark_changed_leads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_changes('lead', array_agg(slug)) FROM touched WHERE state = 'published' AND NOT hidden;
    PERFORM mark_removals('lead', array_agg(slug)) FROM (
        SELECT slug FROM former WHERE state = 'published' AND NOT hidden
        EXCEPT SELECT slug FROM touched WHERE state = 'published' AND NOT hidden
    ) AS gone;
    RETURN NULL;
END $$;
CREATE FUNCTION mark_leads_of_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_changes('lead', array_agg(slug)) FROM offerboard_lead
    WHERE state = 'published' AND NOT hidden AND id IN (SELECT lead_id FROM touched);
    RETURN NULL;
END $$;
-- An entry that goes while its lead stays published and unhidden goes because the lead has expired.
CREATE TRIGGER offerboard_boardentry_marks_gone AFTER DELETE ON offerboard_boardentry REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION mark_leads_of_rows();
"""
NOT_MARKING = """
DROP TRIGGER offerboard_boardentry_marks_gone ON offerboard_boardentry;
DROP FUNCTION mark_leads;
DROP FUNCTION mark_changed_leads;
DROP FUNCTION mark_leads_of_rows;
"""
TABLES = {
    "offerboard_lead": ("mark_leads", "mark_changed_leads"),
    "offerboard_pricetier": ("mark_leads_of_rows", "mark_leads_of_rows"),
    "offerboard_leadpicture": ("mark_leads_of_rows", "mark_leads_of_rows"),
    "offerboard_leaddocument": ("mark_leads_of_rows", "mark_leads_of_rows"),
}


class Migration(migrations.Migration):

    dependencies = [("offerboard", "0015_expiry_notices"), ("directory", "0007_marks")]

    operations = [
        migrations.RunSQL(sql=MARKING, reverse_sql=NOT_MARKING),
        *(
            migrations.RunSQL(sql=marking_triggers(table, *functions), reverse_sql=no_marking_triggers(table))
            for table, functions in TABLES.items()
        ),
    ]
