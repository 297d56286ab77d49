"""Companies and categories tell the change feed, in the statement that changes what the public sees of them."""

from django.db import migrations

from partners.marking import marking_triggers, no_marking_triggers

# A company that ends for privacy's sake is told of even where the public did not see it by then: somebody may hold it
# still. A draft nobody can have seen, and its slug would betray that it was there; closing gives a company another slug.
MARKING = """
CREATE FUNCTION mark_companies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM mark_removals('company', array_agg(slug)) FROM touched
        WHERE state = 'listed' OR is_removal() AND 'draft' NOT IN (state, suspended_from);
    ELSE
        PERFORM mark_changes('company', array_agg(slug)) FROM touched WHERE state = 'listed';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION mark_changed_companies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_changes('company', array_agg(slug)) FROM touched WHERE state = 'listed';
    PERFORM mark_removals('company', array_agg(slug)) FROM (
        SELECT former.slug FROM former JOIN touched USING (id)
        WHERE former.state = 'listed' OR is_removal() AND touched.state = 'closed'
            AND former.state NOT IN ('draft', 'closed') AND former.suspended_from <> 'draft'
        EXCEPT SELECT slug FROM touched WHERE state = 'listed'
    ) AS gone;
    RETURN NULL;
END $$;
CREATE FUNCTION mark_companies_of_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_changes('company', array_agg(slug)) FROM directory_company
    WHERE state = 'listed' AND id IN (SELECT company_id FROM touched);
    RETURN NULL;
END $$;
CREATE FUNCTION mark_categories() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_changes('category', array_agg(slug)) FROM touched;
    RETURN NULL;
END $$;
CREATE FUNCTION mark_changed_categories() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mark_changes('category', array_agg(slug)) FROM (SELECT slug FROM former UNION SELECT slug FROM touched) AS one;
    RETURN NULL;
END $$;
"""
TABLES = {
    "directory_company": ("mark_companies", "mark_changed_companies"),
    "directory_category": ("mark_categories", "mark_changed_categories"),
    "directory_company_industries": ("mark_companies_of_rows", "mark_companies_of_rows"),
    "directory_verification": ("mark_companies_of_rows", "mark_companies_of_rows"),
}
FUNCTIONS = ("mark_companies", "mark_changed_companies", "mark_companies_of_rows", "mark_categories", "mark_changed_categories")


class Migration(migrations.Migration):

    dependencies = [("directory", "0006_leaving"), ("partners", "0002_marks")]

    operations = [
        migrations.RunSQL(sql=MARKING, reverse_sql="".join(f"DROP FUNCTION {name};" for name in FUNCTIONS)),
        *(
            migrations.RunSQL(sql=marking_triggers(table, *functions), reverse_sql=no_marking_triggers(table))
            for table, functions in TABLES.items()
        ),
    ]
