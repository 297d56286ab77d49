"""The record of processing activities: GDPR art. 30(1), from the data map and the register of receivers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy import datamap
from privacy.datamap import About, Person, Purpose, Table
from privacy.purposes import STAFF_RECORD
from privacy.selectors.policy_drafts import named_receivers
from privacy.selectors.policy_tables import ReceiverRow, basis_in_words, receiver_rows, transfers_to
from privacy.snapshot import receivers_of

# Art. 32(1) in general words; each is something that this software does. What the operator adds, the operator records.
MEASURES = [
    gettext_lazy("Connections are encrypted, and browsers are told to refuse others."),
    gettext_lazy("Passwords are stored only as Argon2 hashes; failed log-ins are counted and slowed down."),
    gettext_lazy("Staff need a second factor, and each group of staff sees and does only what its work needs."),
    gettext_lazy("What staff change is written down; published policies and the ledger of consent cannot be changed."),
    gettext_lazy("Members reach only what is their own or their company’s: every address is tested for every role."),
    gettext_lazy("Uploaded pictures are made anew without hidden data; documents are checked before each reading."),
    gettext_lazy("Pages load and run nothing from other sites; contact details in texts are masked when stored."),
    gettext_lazy("Logs hold no names and no addresses."),
    gettext_lazy(
        "Every column of the database has a purpose, a time limit and a way of being erased, or is no person’s."
    ),
]


@dataclass(frozen=True, slots=True)
class Activity:
    """One row of the record; the names of the fields head the file, the letters are those of art. 30(1)."""

    purpose: str  # (b)
    legal_basis: str
    people: str  # (c)
    data: str  # (c)
    recipients: str  # (d)
    transfers: str  # (e)
    time_limits: str  # (f)


@dataclass(frozen=True, slots=True)
class Record:
    """All of it."""

    controller: dict[str, str]  # (a)
    activities: list[Activity]
    measures: list[str]  # (g)

    def rows(self) -> Iterator[Sequence[str]]:
        """As a table: who is responsible and what is done for safety, then a heading and a row an activity."""
        yield from self.controller.items()
        yield from ((_("Security measures"), measure) for measure in self.measures)
        yield [field.name.replace("_", " ").capitalize() for field in fields(Activity)]
        yield from map(astuple, self.activities)


def record_of_processing(*, at: datetime) -> Record:
    """What is done with personal data now. One query."""
    named = receiver_rows({"receivers": named_receivers(at=at)})
    return Record(
        controller=controller(),
        activities=[_activity(purpose, named) for purpose in datamap.purposes().values()],
        measures=[str(measure) for measure in MEASURES],
    )


def controller() -> dict[str, str]:
    """Who is responsible, and the data protection officer where there is one."""
    return {
        _("Controller"): settings.OPERATOR["name"],
        _("Address"): settings.OPERATOR["address"],
        _("Telephone"): settings.OPERATOR["phone"],
        _("E-mail"): settings.OPERATOR["email"],
        _("Contact for data protection"): settings.OPERATOR["privacy_email"],
        **({_("Data protection officer"): settings.OPERATOR_DPO} if settings.OPERATOR_DPO else {}),
    }


def _activity(purpose: Purpose, named: Sequence[ReceiverRow]) -> Activity:
    receivers = receivers_of(purpose)
    kinds = [str(kind.label) for kind in receivers]
    those = [one for one in named if one.kind in kinds]
    tables = [table for table in datamap.tables_about_people() if any(one.serves(purpose) for one in table.columns)]
    places = [place for place in datamap.places().values() if place.why is purpose]
    uses = [(table.what, use) for table in tables for column in table.columns for use in column.uses]
    keeps = [(what, use.keep) for what, use in uses if use.why is purpose]
    basis = basis_in_words(purpose.basis)
    return Activity(
        purpose=str(purpose.name),
        legal_basis=f"{basis} ({purpose.interest})" if purpose.interest else basis,
        people=_lines([*_people(purpose, tables), *([_("Everybody who opens the site")] if places else [])]),
        data=_lines([*(_data(purpose, table) for table in tables), *(str(place.what) for place in places)]),
        recipients=_lines([*kinds, *(f"{one.name} ({one.task})" for one in those)]),
        transfers=_lines([*transfers_to(receivers), *(f"{one.name}: {one.country}: {one.transfer}" for one in those)]),
        time_limits=_lines(
            f"{what}: {keep.words}" for what, keep in [*keeps, *((place.what, place.keep) for place in places)]
        ),
    )


def _people(purpose: Purpose, tables: Iterable[Table]) -> Iterator[str]:
    """Whom the rows can be about, as the map finds them."""
    abouts = [one.about for table in tables for one in table.columns if one.serves(purpose)]
    if purpose is STAFF_RECORD:
        yield _("Our staff")
    elif any(_finds(about, Person(member_id=0)) for about in abouts):
        yield _("Members")
    if any(_finds(about, Person(member_id=None, addresses=frozenset({"a@example.com"}))) for about in abouts):
        yield _("People without an account whose e-mail address we have")


def _finds(about: About, person: Person) -> bool:
    return about.rows(person) != about.rows(Person(member_id=None))


def _data(purpose: Purpose, table: Table) -> str:
    words = ", ".join(str(one.words) for one in table.columns if one.serves(purpose))
    return f"{table.what} ({words})"


def _lines(texts: Iterable[str]) -> str:
    """Each once."""
    return "\n".join(dict.fromkeys(texts))
