"""Publish the first version of each policy, so that nobody can sign up to nothing."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from privacy.policies import FIRST_DATE, first_texts


def publish_first_versions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Version 1 of each, under the date on which it was written."""
    version = apps.get_model("privacy", "PolicyVersion")
    first = [
        version(kind=kind, number=1, body=body, published_at=FIRST_DATE, effective_at=FIRST_DATE)
        for kind, body in first_texts().items()
    ]
    version.objects.bulk_create(first, ignore_conflicts=True)  # migrated backwards and forwards again


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]

    operations = [migrations.RunPython(publish_first_versions, migrations.RunPython.noop)]
