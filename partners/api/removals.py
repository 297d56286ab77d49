"""What partners have to remove, and how they say that they have."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from partners.api.path_ids import read_id
from partners.bodies import read_body
from partners.cursors import NotOurCursor, read_cursor, write_cursor
from partners.endpoints import JSON, Component, Endpoint, json_answer, key_of
from partners.fields import MOMENT, UUID_TEXT, Plain, Schema, listed, nullable, one_of, several
from partners.models import Partner
from partners.numbering import number_some
from partners.parameters import PageSize, read_query
from partners.problems import Fault, Problem, bad_parameters
from partners.selectors.removals import SHOWN, own_receipt, own_removals, removal_objects, removal_of
from privacy.services.receipts import confirm_receipt

REMOVAL = (
    Plain("id", UUID_TEXT, "By which it is confirmed."),
    Plain("action", one_of(["erase", "correct"]), "What has to be done."),
    Plain("deadline", MOMENT, "Until when it has to be confirmed."),
    Plain("confirmed_at", nullable(MOMENT), "When it was; null where it was not."),
)
OBJECT: Schema = {
    "type": "object",
    "properties": {"kind": {"type": "string"}, "id": {"type": "string"}},
    "required": ["kind", "id"],
}


class ObjectsQuery(serializers.Serializer[Any]):
    """What the list of what a removal is about understands."""

    after = serializers.CharField(required=False, max_length=400, help_text="The cursor `next` of the page before.")
    page_size = PageSize(about="Things on a page.")


class ReceiptBody(serializers.Serializer[Any]):
    """How a partner confirms."""

    proof = serializers.CharField(max_length=300, help_text="How and when it was removed, in your own words.")


class Removals(Endpoint):
    """The list of what is asked of the partner, also after its contract."""

    outlives_contract = True
    about = (
        "What goes for privacy’s sake is in the feed too. It stands here, with what it is about, until you confirm it."
    )

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """A list of them."""
        about = Plain(
            "objects",
            several(OBJECT),
            f"What has gone for it, or which of your contacts was wrong: the first {SHOWN} things.",
        )
        more = Plain(
            "has_more_objects",
            {"type": "boolean"},
            "Whether it is about more, which stands at …/objects/: one confirmation is for all of it.",
        )
        return {JSON: listed("results", component("OwedRemoval", (*REMOVAL, about, more)))}

    def get(self, request: Request) -> HttpResponseBase:
        """Those that are not confirmed, the most urgent first; what went a moment ago is there, or said to be more."""
        read_query(self.query, request)
        partner = partner_of(request)
        number_some(now=timezone.now())
        return json_answer(request, json.dumps({"results": own_removals(partner)}))


class RemovalObjects(Endpoint):
    """All that one of them is about."""

    outlives_contract, query, problems = True, ObjectsQuery, (404,)
    about = (
        "Contacts come first, then things in the order of the feed. A page without results whose `next` is not null "
        "says that more has gone than the feed has yet: ask again from time to time. Confirm when you have come to the "
        "end."
    )

    def answers(self, _component: Component) -> Mapping[str, Schema]:
        """A page."""
        return {JSON: listed("results", OBJECT, next=nullable({"type": "string"}))}

    def get(self, request: Request, reference: str) -> HttpResponseBase:
        """A page; `next` is null on the last."""
        partner, query = partner_of(request), read_query(self.query, request)
        receipt, what = own_receipt(partner, read_id("reference", reference)), f"removal {reference}"
        if receipt is None:
            raise Http404
        try:
            after = int(read_cursor(what, query["after"])) if "after" in query else 0
        except NotOurCursor as error:
            raise bad_parameters([Fault("query", "after", "is no cursor of this list.")]) from error
        number_some(now=timezone.now())
        found, reached = removal_objects(partner, receipt, after=after, most=query["page_size"])
        following = None if reached is None else write_cursor(what, str(reached))
        return json_answer(request, json.dumps({"results": found, "next": following}))


class RemovalReceipt(Endpoint):
    """The confirmation of one."""

    outlives_contract, bodies, problems = True, {"POST": ReceiptBody}, (404,)

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """It, confirmed."""
        return {JSON: component("Removal", REMOVAL)}

    def post(self, request: Request, reference: str) -> HttpResponseBase:
        """Note that it is gone there; saying so again changes nothing."""
        receipt = own_receipt(partner_of(request), read_id("reference", reference))
        if receipt is None:
            raise Http404
        body = read_body(ReceiptBody, request)
        confirm_receipt(receipt=receipt, proof=body["proof"], now=timezone.now())
        receipt.refresh_from_db()
        return json_answer(request, json.dumps(removal_of(receipt)))


def partner_of(request: Request) -> Partner:
    """Whoever owes something; every key has a way in here. Raises Problem."""
    partner = key_of(request).partner
    if partner is None:
        raise Problem(
            status=403,
            kind="for-partners",
            title="This is for partners",
            detail="Deleting is asked of partners. A member’s own programs follow the feed.",
        )
    return partner
