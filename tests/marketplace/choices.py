"""What a browser chose about cookies, as its cookie says it."""

from uuid import UUID

from privacy.cookies import Choice
from tests.factories import NOW

YES = Choice(UUID(int=7), frozenset({"preferences"}), frozenset(), gpc=False, day=int(NOW.timestamp()) // 86_400)
AGREED = f"choice={YES.written()}"
