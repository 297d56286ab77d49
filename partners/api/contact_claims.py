"""POST /api/v1/contacts/claim/: which contact the browser is that has just come back to the service."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request

from partners.api.contacts import CONTACT, contact_answer, partner_of
from partners.bodies import read_body
from partners.claims import NotItsCode, number_of
from partners.endpoints import JSON, Component, Endpoint
from partners.fields import Schema
from partners.problems import Fault, bad_body
from partners.scopes import Scope


class ClaimBody(serializers.Serializer[Any]):
    """What stood in the address to which the member came back."""

    code = serializers.CharField(max_length=200, help_text="As it stood in the address.")
    state = serializers.CharField(
        max_length=500,
        help_text="The one that you gave to this browser. Take it from your session, not from the address.",
    )


class ContactClaim(Endpoint):
    """The person behind a code."""

    scope, problems = Scope.CONTACTS_READ, (404, 410)
    bodies: ClassVar[Any] = {"POST": ClaimBody}
    about = (
        "A code is good for ten minutes, for the `state` of that visit, and with your key alone. The person sees in "
        "the privacy centre that you read the contact."
    )

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """The contact."""
        return {JSON: component("Contact", CONTACT)}

    def post(self, request: Request) -> HttpResponseBase:
        """Read, and written down; the same call again answers the same until the code has ended."""
        body, partner = read_body(ClaimBody, request), partner_of(request)
        try:
            number = number_of(body["code"], partner=partner, state=body["state"])
        except NotItsCode as error:
            detail = (
                "was not made for you and this state, or is older than ten minutes. Send the member here once more."
            )
            raise bad_body([Fault("body", "code", detail)]) from error
        return contact_answer(request, partner, number, fields=[one.name for one in CONTACT])
