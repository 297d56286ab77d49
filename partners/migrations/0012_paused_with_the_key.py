"""Webhooks are paused when the key behind them ends; the reasons that the old release knows stay allowed."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("partners", "0011_untold_kinds")]

    operations = [
        migrations.AlterField(
            model_name="webhook",
            name="pause_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("holder", "by its holder"),
                    ("staff", "by our staff"),
                    ("failing", "it did not answer for three days"),
                    ("gone", "it answered 410 Gone"),
                    ("key", "the key behind it has ended"),
                ],
                max_length=7,
                verbose_name="paused",
            ),
        ),
        migrations.RemoveConstraint(model_name="webhook", name="webhook_state_known"),
        migrations.AddConstraint(
            model_name="webhook",
            constraint=models.CheckConstraint(
                name="webhook_state_known",
                condition=Q(state="active", pause_reason="")
                | Q(state="paused", pause_reason__in=["holder", "staff", "failing", "gone", "key"]),
            ),
        ),
    ]
