"""Receivers whose contract has ended are asked to delete what they have. A new table, which an older release passes by."""

import django.db.models.deletion
from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("privacy", "0016_connected_services")]

    operations = [
        migrations.CreateModel(
            name="ContractEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.UUIDField(
                        db_default=RandomUUID(), editable=False, unique=True, verbose_name="reference"
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ends",
                        to="privacy.receiver",
                        verbose_name="receiver",
                    ),
                ),
                ("ended_on", models.DateField(verbose_name="last day of the contract")),
                ("opened_at", models.DateTimeField(verbose_name="noticed at")),
                ("told_at", models.DateTimeField(blank=True, null=True, verbose_name="told at")),
                ("due_at", models.DateTimeField(verbose_name="to be confirmed by")),
                ("reminded_at", models.DateTimeField(blank=True, null=True, verbose_name="reminded at")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed at")),
                ("proof", models.CharField(blank=True, max_length=300, verbose_name="how it was confirmed")),
                ("went_on_at", models.DateTimeField(blank=True, null=True, verbose_name="the contract went on")),
            ],
            options={
                "verbose_name": "end of a contract",
                "verbose_name_plural": "ends of contracts",
                "constraints": [
                    models.UniqueConstraint(
                        name="contract_end_once", fields=["receiver"], condition=Q(went_on_at=None)
                    ),
                    models.CheckConstraint(
                        name="contract_end_confirmed_is_proved", condition=Q(confirmed_at=None) | ~Q(proof="")
                    ),
                ],
            },
        ),
    ]
