"""Who was told that something was corrected or deleted, as the person and as staff see it."""

from typing import Any

from privacy.models import Receipt

SHOWN = 50


def own_receipts(*, member: Any) -> list[Receipt]:
    """The newest ones of the member's requests. One query."""
    return list(Receipt.objects.filter(request__member=member).order_by("-pk")[:SHOWN])
