"""A new market starts with the shipped tree of categories."""

from django.db import migrations

from directory.services import load_categories


def load(apps, schema_editor):
    load_categories(apps.get_model("directory", "Category"))


class Migration(migrations.Migration):

    dependencies = [("directory", "0002_suspended_from_and_order_by_name")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
