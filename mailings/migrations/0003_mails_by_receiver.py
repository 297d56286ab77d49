"""Mails are found by whom they went to; made while the market goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("mailings", "0002_a_delivery_is_a_mail")]

    operations = [
        AddIndexConcurrently("delivery", models.Index(Upper("to"), name="delivery_receiver")),
    ]
