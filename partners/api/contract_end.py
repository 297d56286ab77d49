"""What a partner has to delete when its contract has ended, and how it says that it has: everything."""

import json
from collections.abc import Mapping

from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request

from partners.api.path_ids import read_id
from partners.api.removals import ReceiptBody, partner_of
from partners.bodies import read_body
from partners.endpoints import JSON, Component, Endpoint, json_answer
from partners.fields import DAY, MOMENT, UUID_TEXT, Plain, Schema, nullable
from partners.models import Partner
from partners.parameters import read_query
from partners.problems import Problem
from partners.selectors.contract_ends import end_as_told, own_end
from privacy.models import ContractEnd
from privacy.services.contract_ends import confirm_end

END = (
    Plain("id", UUID_TEXT, "By which it is confirmed."),
    Plain("ended_on", DAY, "The last day of the contract."),
    Plain("deadline", MOMENT, "Until when it has to be confirmed."),
    Plain("confirmed_at", nullable(MOMENT), "When it was; null where it was not."),
)


class ContractEnded(Endpoint):
    """What is asked of a partner whose contract has ended: to delete everything that it had from us."""

    outlives_contract, problems = True, (404,)
    about = (
        "Everything is what you pulled, what webhooks brought, and every copy of it, also with those who had it from "
        "you. 404 while your contract runs, or where you never had anything. If the contract goes on, nothing is asked "
        "any more. It stands apart from removals, so that no program confirms it before everything is gone."
    )

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """It."""
        return {JSON: component("ContractEnd", END)}

    def get(self, request: Request) -> HttpResponseBase:
        """Also once it is confirmed."""
        read_query(self.query, request)
        return json_answer(request, json.dumps(end_as_told(_end_of(partner_of(request)))))


class ContractEndReceipt(Endpoint):
    """The confirmation that everything is deleted."""

    outlives_contract, bodies, problems = True, {"POST": ReceiptBody}, (404,)

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """It, confirmed."""
        return {JSON: component("ContractEnd", END)}

    def post(self, request: Request, reference: str) -> HttpResponseBase:
        """Note that everything is gone there; saying so again changes nothing."""
        end = _end_of(partner_of(request), reference)
        body = read_body(ReceiptBody, request)
        confirm_end(end=end, proof=body["proof"], now=timezone.now())
        end.refresh_from_db()
        return json_answer(request, json.dumps(end_as_told(end)))


def _end_of(partner: Partner, reference: str | None = None) -> ContractEnd:
    """The partner's own; another's, or an earlier one, is not there. Raises Problem."""
    number = None if reference is None else read_id("reference", reference)
    end = own_end(partner, at=timezone.now(), reference=number)
    if end is None:
        detail = "Everything has to be deleted when a contract has ended. Nobody asks that of you."
        raise Problem(status=404, kind="not-found", title="There is nothing here", detail=detail)
    return end
