"""GET /api/v1/contacts/: the people who agreed that this partner, or this service, gets their contact."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from partners.api.path_ids import read_id
from partners.api.things import page_schema, page_text
from partners.cursors import NotOurCursor, read_cursor, write_cursor
from partners.endpoints import JSON, Component, Endpoint, json_answer, key_of
from partners.fields import MOMENT, UUID_TEXT, Plain, Schema, nullable, several
from partners.models import Partner
from partners.parameters import OneQuery, PageQuery, chosen_fields, read_query
from partners.person_fields import PersonField
from partners.problems import Fault, Problem, bad_parameters
from partners.scopes import Scope
from partners.selectors.gone import was_contact
from partners.services.contacts import Contact, contacts_page, one_contact
from privacy.services.disclosing import Refused

READ_ONLY = ("get", "options")  # no HEAD: it would write down a reading of nothing
TEXT = nullable({"type": "string"})
CONTACT = (
    Plain("id", UUID_TEXT, "You know the person by it; no other partner has the same."),
    Plain(
        "companies", several({"type": "string"}), "The ids of the companies for which the person stands; sites only."
    ),
    Plain(PersonField.NAME, TEXT, "The person’s name."),
    Plain(PersonField.EMAIL, TEXT, "E-mail address."),
    Plain(PersonField.PHONE, TEXT, "Telephone number, E.164."),
    Plain(PersonField.LANGUAGE, TEXT, "In which the person wishes to be written to, BCP 47; services only."),
    Plain("valid_until", MOMENT, "Seven days after the reading. Delete it then, unless you have read it again."),
)
EACH_READING = (
    "The person sees in the privacy centre what you read, and on which day. What somebody did not agree to, or left "
    "empty, is null; what `fields` does not name is not given and not noted. `fields=id,valid_until` reads nothing of "
    "the person and is not noted: it says who is still there."
)


class Contacts(Endpoint):
    """A page of contacts."""

    scope, query = Scope.CONTACTS_READ, PageQuery
    http_method_names, tagged = READ_ONLY, ()
    about = (
        "A site gets those who said yes to it by its name; a service those who connected it, with what they agreed to. "
        f"{EACH_READING} Whoever is connected is on the list, whichever `fields` you name. Read the whole list once a "
        "day: whom you had before you began and who is not on it any more has to go. Who took the yes back stands in "
        "the removals too, until you confirm it."
    )

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """A page."""
        return {JSON: page_schema(component("Contact", CONTACT))}

    def words(self) -> Mapping[str, Iterable[str]]:
        """The names of fields."""
        return {"fields": [one.name for one in CONTACT]}

    def get(self, request: Request) -> HttpResponseBase:
        """Read, and written down."""
        query, partner = read_query(self.query, request), partner_of(request)
        what, fields = f"contacts {partner.pk}", _names(query)
        try:
            after = UUID(read_cursor(what, query["after"])) if "after" in query else None
        except NotOurCursor as error:
            raise bad_parameters([Fault("query", "after", "is no cursor of this list.")]) from error
        with _announced():
            page = contacts_page(partner=partner, after=after, most=query["page_size"], wanted=fields)
        cursor = write_cursor(what, str(page.next_after)) if page.next_after else None
        return _kept_nowhere(request, page_text((_text(one, fields) for one in page.contacts), cursor))


class OneContact(Endpoint):
    """One of them."""

    scope, query, problems, about = Scope.CONTACTS_READ, OneQuery, (404, 410), EACH_READING
    http_method_names, tagged = READ_ONLY, ()

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """The person."""
        return {JSON: component("Contact", CONTACT)}

    def words(self) -> Mapping[str, Iterable[str]]:
        """The names of fields."""
        return {"fields": [one.name for one in CONTACT]}

    def get(self, request: Request, number: str) -> HttpResponseBase:
        """Read, and written down."""
        fields, partner = _names(read_query(self.query, request)), partner_of(request)
        return contact_answer(request, partner, read_id("number", number), fields=fields)


def contact_answer(request: Request, partner: Partner, number: UUID, *, fields: Collection[str]) -> HttpResponseBase:
    """The contact, as far as it may be given now. Raises Problem."""
    with _announced():
        contact = one_contact(partner=partner, number=number, wanted=fields)
    if contact is not None:
        return _kept_nowhere(request, _text(contact, fields))
    if was_contact(partner, number):
        detail = "You may not have this contact now: the person said no, or may not be given at present. Delete it."
        raise Problem(status=410, kind="gone", title="It has gone", detail=detail)
    detail = "There is no such id, or it ended before you read it. If you have something of it, delete it."
    raise Problem(status=404, kind="not-found", title="There is no such contact", detail=detail)


@contextmanager
def _announced() -> Iterator[None]:
    """Nothing is given to whom the policy of today does not name."""
    try:
        yield
    except Refused as error:
        raise Problem(
            status=403,
            kind="not-announced",
            title="The policy does not name you yet",
            detail="Our privacy policy of today does not say that you get contacts. Ask us when the next one begins.",
        ) from error


def _names(query: Mapping[str, Any]) -> list[str]:
    return [one.name for one in chosen_fields(CONTACT, query.get("fields", ""))]


def _text(contact: Contact, fields: Collection[str]) -> str:
    known: dict[str, Any] = {"id": str(contact.number), "companies": list(contact.companies)}
    known |= {field.value: contact.values.get(field) or None for field in PersonField}
    known["valid_until"] = contact.valid_until.isoformat()
    return json.dumps({name: known[name] for name in fields})


def _kept_nowhere(request: Request, body: str) -> HttpResponseBase:
    """A copy in a cache would outlive the yes; and what ends on a day is never as somebody has it."""
    answer = json_answer(request, body, tagged=False)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def partner_of(request: Request) -> Partner:
    """Members' keys cannot have the scope, so there is one. Raises Problem."""
    partner = key_of(request).partner
    if partner is None:
        raise Problem(status=403, kind="for-partners", title="This is for partners", detail="Ask for a partner’s key.")
    return partner
