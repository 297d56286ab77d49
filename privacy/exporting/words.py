"""What a copy says besides the data: GDPR art. 15(1)(a) to (h) and 15(2)."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, TypedDict

from django.conf import settings
from django.utils.translation import gettext as _

from privacy.datamap import Person
from privacy.exporting.rows import Part
from privacy.selectors.contract_ends import own_ends_in_words
from privacy.selectors.policy_drafts import named_receivers
from privacy.selectors.policy_tables import receiver_rows, transfers_to
from privacy.selectors.processing import controller
from privacy.snapshot import receivers_of


class Said(TypedDict):
    """What is said of one part."""

    why: list[str]
    keep: list[str]
    receivers: list[str]
    transfers: list[str]  # to receivers who have no one country; those with a name are said of the whole copy
    source: str  # "" where it is the person


class Frame(TypedDict):
    """What is said of the whole copy."""

    controller: dict[str, str]
    rights: list[str]
    receivers: list[dict[str, Any]]  # with country and ground of transfer
    ended: list[str]  # what became of what the person's former receivers had


def said_of(part: Part) -> Said:
    """From the data map, in the reader's language."""
    uses = list(dict.fromkeys(use for column in part.speaking for use in column.uses))
    purposes = list(dict.fromkeys(use.why for use in uses))
    kinds = list(dict.fromkeys(kind for purpose in purposes for kind in receivers_of(purpose)))
    return {
        "why": [str(purpose.name) for purpose in purposes],
        "keep": list(dict.fromkeys(str(use.keep.words) for use in uses)),
        "receivers": [str(kind.label) for kind in kinds],
        "transfers": transfers_to(kinds),
        "source": str(part.table.source or (part.whole.source if part.whole else "")),
    }


def frame(person: Person, *, at: datetime) -> Frame:
    """Who is responsible, what the person can ask for, and who gets data by name, or got it. Three queries."""
    return {
        "controller": {name: value for name, value in controller().items() if value},
        "rights": rights(),
        "receivers": [asdict(row) for row in receiver_rows({"receivers": named_receivers(at=at)})],
        "ended": own_ends_in_words(member_id=person.member_id) if person.member_id else [],
    }


def rights() -> list[str]:
    """What the law lets everybody ask for, beside a copy."""
    place = settings.OPERATOR["privacy_email"]
    said = [
        _("You can have corrected what is wrong, and deleted what is yours: ask in the privacy centre."),
        _(
            "You can ask us to use data no further while a question about it is open (restriction), and object to "
            "whatever rests on legitimate interests; to advertising at any time and without a reason."
        ),
        _("You can take back a consent at any time; what was done before stays lawful."),
        _("You can take this copy to somebody else: the folder data is made for programs."),
        _("Nothing that has legal effect for you, or affects you as much, is decided by software alone."),
        _(
            "You can complain to a data protection authority: where you live, where you work, or where you think that "
            "the law was broken."
        ),
    ]
    return [*said, _("Questions and wishes go to %(place)s.") % {"place": place}] if place else said
