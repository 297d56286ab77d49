"""Finding rows by the address of their person: one way for all, along the indexes that there are."""

from typing import Any

from django.db.models import Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact


def of_mailbox(address: str, column: str = "email") -> Any:
    """A condition for `filter`: the column, or a path to one, holds this address in any case of its letters.

    For columns with an index on LOWER; `iexact` asks for UPPER and would read the whole table. PostgreSQL makes both
    sides: which letter is the small one of a capital depends on its locale, and Python may say another.
    """
    return Exact(Lower(column), Lower(Value(address)))
