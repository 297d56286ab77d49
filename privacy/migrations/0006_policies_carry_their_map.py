"""The published policies learn which data map they speak of; a shipped text that has changed is announced."""

from datetime import timedelta

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

from privacy.policies import first_contents
from privacy.snapshot import digest_of

UNTIL_EFFECT = timedelta(days=21)  # two weeks after the last notice (models.NOTICE), and time to send them
CHANGE = "The text was rewritten, and says in tables what is used for what"


def carry_maps(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A version with the shipped text gets its map; after the text of an earlier release the shipped one is announced.

    Where the market has published a text of its own, that one stays, and the shipped text waits as a draft beside it.
    """
    version, draft = apps.get_model("privacy", "PolicyVersion"), apps.get_model("privacy", "PolicyDraft")
    now = timezone.now()
    for kind, content in first_contents().items():
        newest = version.objects.filter(kind=kind).order_by("-number").first()
        if newest is not None and newest.body == content["body"]:
            version.objects.filter(pk=newest.pk, data_map={}).update(**content)
        elif newest is not None and newest.number == 1:
            version.objects.create(
                kind=kind,
                number=2,
                published_at=now,
                effective_at=now + UNTIL_EFFECT,
                material=True,
                changes=[CHANGE],
                **content,
            )
        elif newest is not None:
            draft.objects.get_or_create(
                kind=kind, defaults={"body": content["body"], "effective_at": now + UNTIL_EFFECT, "changed_at": now}
            )
    for older in version.objects.filter(digest=""):
        older.digest = digest_of(body=older.body, snapshot=older.data_map)
        older.save(update_fields=["digest"])


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_consent_is_only_added_to")]

    operations = [migrations.RunPython(carry_maps, migrations.RunPython.noop)]
