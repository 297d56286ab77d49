"""What partners have to remove, and how they say that they have."""

import json
from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from partners.endpoints import Endpoint, json_answer, key_of
from partners.models import Partner
from partners.numbering import number_changes
from partners.problems import Problem, bad_body, faults_in
from partners.scopes import Scope
from partners.selectors.removals import own_receipt, own_removals, removal_of
from privacy.services.receipts import confirm_receipt


class ReceiptBody(serializers.Serializer[Any]):
    """How a partner confirms."""

    proof = serializers.CharField(max_length=300, help_text="How and when it was removed, in your own words.")


class Removals(Endpoint):
    """The list of what is asked of the partner."""

    scope = Scope.CHANGES_READ

    def get(self, request: Request) -> HttpResponseBase:
        """Those that are not confirmed, the most urgent first; what went a moment ago is numbered before."""
        partner = _partner_of(request)
        number_changes(now=timezone.now())
        return json_answer(request, json.dumps({"results": own_removals(partner)}))


class RemovalReceipt(Endpoint):
    """The confirmation of one."""

    scope = Scope.CHANGES_READ

    def post(self, request: Request, reference: UUID) -> HttpResponseBase:
        """Note that it is gone there; saying so again changes nothing."""
        receipt = own_receipt(_partner_of(request), reference)
        if receipt is None:
            raise Http404
        body = ReceiptBody(data=request.data)
        if not body.is_valid():
            raise bad_body(faults_in(body.errors, where="body"))
        confirm_receipt(receipt=receipt, proof=body.validated_data["proof"], now=timezone.now())
        receipt.refresh_from_db()
        return json_answer(request, json.dumps(removal_of(receipt)))


def _partner_of(request: Request) -> Partner:
    partner = key_of(request).partner
    if partner is None:
        raise Problem(
            status=403,
            kind="for-partners",
            title="This is for partners",
            detail="Removals are asked of partners. A member’s own programs follow the feed.",
        )
    return partner
