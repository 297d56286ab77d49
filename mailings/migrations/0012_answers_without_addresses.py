"""What servers answered about campaigns and domains loses whom it names; from now on it is stored without.

Both tables are small. PostgreSQL reads the pattern as mailings.answers does.
"""

from django.db import migrations

FORGET = r"""
UPDATE {table} SET {column} = regexp_replace({column}, '[^\s<>()]+@[^\s<>(),;:]+', '…', 'g') WHERE {column} LIKE '%@%'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('mailings', '0011_how_to_write'),
    ]

    operations = [
        migrations.RunSQL(FORGET.format(table=table, column=column), migrations.RunSQL.noop)
        for table, column in (('mailings_campaign', 'halt'), ('mailings_domainbudget', 'answer'))
    ]
