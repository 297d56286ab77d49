"""What no trigger sees: something goes for a person's sake that the public did not see by then."""

from django.db import connection, transaction


@transaction.atomic
def tell_removed(*, kind: str, key: str) -> None:
    """Leave a mark that it has gone for the request that `removing_for` named, or for none.

    For a page that was hidden until staff decided: partners heard that it is gone, and shall hear for whose sake.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT mark_removals(%s, ARRAY[%s])", [kind, key])
