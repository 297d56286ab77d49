"""How a text is written is said by its form; no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mailings', '0010_unknown_ends'),
    ]

    operations = [
        migrations.AlterField(
            model_name='campaigntext',
            name='body',
            field=models.TextField(max_length=20000, verbose_name='text'),
        ),
    ]
