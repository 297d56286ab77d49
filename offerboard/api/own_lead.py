"""/api/v1/me/leads/<id>/…: reading, changing and deleting one lead of the company, and its way on and off the board."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from offerboard.api.lead_body import LeadChange, form_of
from offerboard.api.own_shapes import or_conflict, own_fields, own_lead, own_lead_to_change, seen_in, written
from offerboard.models import Lead
from offerboard.services import lead_states
from offerboard.services import leads as services
from partners.bodies import Nothing, read_body
from partners.endpoints import JSON, Component, Endpoint, depends_on_reading, json_answer, not_as_read
from partners.fields import Schema
from partners.parameters import read_query
from partners.problems import Problem
from partners.scopes import Scope


class OwnLead(Endpoint):
    """One of them."""

    scope, problems = Scope.LEADS_WRITE, (404, 409)
    bodies: ClassVar[Any] = {"PATCH": LeadChange}
    statuses: ClassVar[Any] = {"DELETE": 204}
    tagged, as_read = ("GET", "PATCH"), ("PATCH", "DELETE")

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """The lead."""
        return {JSON: component("OwnLead", own_fields())}

    def get(self, request: Request, key: str) -> HttpResponseBase:
        """As it stands."""
        read_query(self.query, request)
        return json_answer(request, written(own_lead(request, key)), exact=True)

    def patch(self, request: Request, key: str) -> HttpResponseBase:
        """Change what is sent, and leave the rest; all of it or nothing."""
        lead = own_lead_to_change(request, key)
        body = read_body(LeadChange, request)
        is_draft = lead.state == Lead.State.DRAFT
        details = form_of(body, lead=lead, for_draft=is_draft).details()
        change = services.update_draft if is_draft else services.update_lead
        as_read = depends_on_reading(request)
        or_conflict(change, lead, as_read=as_read, details=details, seen=lead.updated_at, now=timezone.now())
        return json_answer(request, written(lead), exact=True)

    def delete(self, request: Request, key: str) -> Response:
        """Delete a draft, which nobody else has seen; a lead that was posted is closed instead."""
        lead = own_lead_to_change(request, key)
        try:
            lead_states.discard_draft(lead=lead, seen=seen_in(request, lead), now=timezone.now())
        except services.ChangedMeanwhile as error:
            raise not_as_read() from error
        except Lead.DoesNotExist as error:
            raise Http404 from error
        except services.NotADraft as error:
            raise Problem(
                status=409,
                kind="not-in-this-state",
                title="This cannot be done now",
                detail=f"A lead that was posted is closed, not deleted: POST /api/v1/me/leads/{key}/close/",
            ) from error
        return Response(status=204)


class OwnLeadStep(Endpoint):
    """Publishing a draft, pausing, resuming, renewing and closing."""

    scope, problems = Scope.LEADS_WRITE, (404, 409)
    bodies: ClassVar[Any] = {"POST": Nothing}
    tagged, as_read = ("POST",), ("POST",)
    steps: ClassVar[Mapping[str, Any]] = {
        "publish": lead_states.publish_lead,
        "pause": lead_states.pause_lead,
        "resume": lead_states.resume_lead,
        "renew": lead_states.renew_lead,
        "close": lead_states.close_lead,
    }

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """The lead."""
        return {JSON: component("OwnLead", own_fields())}

    def words(self) -> Mapping[str, Any]:
        """The steps."""
        return {"step": self.steps}

    def post(self, request: Request, key: str, step: str) -> HttpResponseBase:
        """Take the step; of two calls, one does."""
        lead, take = own_lead_to_change(request, key), self.steps.get(step)
        if take is None:
            raise Http404
        read_body(Nothing, request)
        if step == "publish" and lead.state == Lead.State.DRAFT:
            form_of({}, lead=lead, for_draft=False)  # which says what is missing
        seen = seen_in(request, lead)
        or_conflict(take, lead, as_read=seen is not None, seen=seen, now=timezone.now())
        return json_answer(request, written(lead), exact=True)
