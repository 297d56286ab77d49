"""An event of consent is never changed, and goes only after its time, whoever asks."""

from django.db import migrations

# Three years after a word has been overtaken by a later one of the same person, purpose and channel, or seven years
# after it was said: the time in which a claim about it may be made. The rule stands here and not in a role, so that no
# role of the application is needed that could do more (docs/decisions/0012).
REFUSE = """
CREATE FUNCTION privacy_consent_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '7 years' OR EXISTS (
            SELECT FROM privacy_consentevent AS later
            WHERE later.subject = OLD.subject AND later.purpose = OLD.purpose AND later.channel = OLD.channel
            AND later.at > OLD.at AND later.at < now() - interval '3 years'
        ) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the ledger of consent is only added to' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER consent_is_only_added_to BEFORE UPDATE OR DELETE ON privacy_consentevent
    FOR EACH ROW EXECUTE FUNCTION privacy_consent_is_only_added_to();
CREATE TRIGGER consent_is_not_emptied BEFORE TRUNCATE ON privacy_consentevent
    FOR EACH STATEMENT EXECUTE FUNCTION privacy_consent_is_only_added_to();
CREATE TRIGGER words_are_only_added_to BEFORE UPDATE ON privacy_consentwords
    FOR EACH ROW EXECUTE FUNCTION privacy_consent_is_only_added_to();
"""
ALLOW = """
DROP TRIGGER words_are_only_added_to ON privacy_consentwords;
DROP TRIGGER consent_is_not_emptied ON privacy_consentevent;
DROP TRIGGER consent_is_only_added_to ON privacy_consentevent;
DROP FUNCTION privacy_consent_is_only_added_to();
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_consent_disclosures_requests")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
