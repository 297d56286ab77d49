"""Hiding and showing, as privacy asks for it: a decision with its reason, which the people concerned receive."""

from datetime import datetime
from typing import Any

from moderation import services
from moderation.models import Decision
from privacy.removables import Act


def by_decision(kind: str, action: Decision.Action) -> Act:
    """The decision as privacy takes it; it changes nothing where the thing is not to be seen, or is gone."""

    def act(key: str, reason: str, by: Any | None, now: datetime) -> bool:
        try:
            services.decide(kind=kind, key=key, action=action.value, reason=reason, by=by, now=now)
        except services.NothingToDecide:
            return False
        return True

    return act
