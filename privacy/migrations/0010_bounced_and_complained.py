"""Addresses from which mail comes back, or complaints; the wider constraint takes all that the old release writes."""

from django.db import migrations, models
from django.db.models import Q

REASONS = [
    ("erased", "its person has left"),
    ("removed", "removal was asked for"),
    ("bounced", "mail comes back from there"),
    ("complained", "called our mail unwanted"),
]


class Migration(migrations.Migration):
    dependencies = [("privacy", "0009_rights")]

    operations = [
        migrations.RemoveConstraint(model_name="suppression", name="suppression_reason_known"),
        migrations.AlterField(
            model_name="suppression",
            name="reason",
            field=models.CharField("why", max_length=10, choices=REASONS),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                name="suppression_reason_known",
                condition=Q(reason__in=["erased", "removed", "bounced", "complained"]),
            ),
        ),
    ]
