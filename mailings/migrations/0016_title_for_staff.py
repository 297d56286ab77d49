"""No reader sees the title any more, and its field says so; no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mailings', '0015_what_digests_gather'),
    ]

    operations = [
        migrations.AlterField(
            model_name='campaign',
            name='title',
            field=models.CharField(help_text='For staff; no reader sees it.', max_length=120, verbose_name='title'),
        ),
    ]
