"""/api/v1/me/leads/: the leads of the company for which a member's key acts."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, cast
from uuid import UUID

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import Member
from offerboard.api.lead_body import LeadBody, form_of
from offerboard.api.own_shapes import or_conflict, own_company, own_fields, written
from offerboard.models import Lead
from offerboard.pulled import LEADS
from offerboard.services import lead_states
from offerboard.services import leads as services
from partners.api.once import answered_once
from partners.api.things import not_from_here, page_schema, page_text
from partners.bodies import read_body
from partners.cursors import NotOurCursor, read_cursor, write_cursor
from partners.endpoints import JSON, Component, Endpoint, json_answer, key_of, strong_etag
from partners.fields import Schema
from partners.parameters import PageSize, read_query
from partners.problems import Problem
from partners.scopes import Scope
from partners.services.once import Answer


class OwnQuery(serializers.Serializer[Any]):
    """What the list of one's own leads understands."""

    after = serializers.CharField(required=False, max_length=400, help_text="The cursor `next` of the page before.")
    page_size = PageSize(about="Leads on a page.")
    state = serializers.ChoiceField(required=False, choices=Lead.State.values, help_text="Only leads in this state.")


class OwnLeads(Endpoint):
    """The company's leads, in whatever state, the newest first."""

    scope, query, problems = Scope.LEADS_WRITE, OwnQuery, (409,)
    bodies: ClassVar[Any] = {"POST": LeadBody}
    statuses: ClassVar[Any] = {"POST": 201}
    once, tagged, located = ("POST",), ("GET", "POST"), ("POST",)
    about = (
        "`POST` with an `Idempotency-Key` happens once, however often it is sent within 24 hours. What the form on the "
        "website refuses is refused here, by the same rules; pictures and documents are added there."
    )

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """A page."""
        return {JSON: page_schema(component("OwnLead", own_fields()))}

    def answers_post(self, component: Component) -> Mapping[str, Schema]:
        """The new lead."""
        return {JSON: component("OwnLead", own_fields())}

    def get(self, request: Request) -> HttpResponseBase:
        """A page."""
        company, asked = own_company(request), read_query(self.query, request)
        rows, what = Lead.objects.filter(company=company).order_by("-pk"), f"me/leads {asked.get('state', '')}"
        if "state" in asked:
            rows = rows.filter(state=asked["state"])
        try:
            if "after" in asked:
                rows = rows.filter(pk__lt=int(read_cursor(what, asked["after"])))
        except NotOurCursor as error:
            raise not_from_here() from error
        numbers = list(rows.values_list("pk", flat=True)[: asked["page_size"] + 1])
        page = numbers[: asked["page_size"]]
        following = write_cursor(what, str(page[-1])) if len(numbers) > len(page) else None
        found = LEADS.as_json(Lead.objects.filter(pk__in=page).order_by("-pk"), fields=own_fields())
        return json_answer(request, page_text(found, following))

    def post(self, request: Request) -> HttpResponseBase:
        """A new lead, on the board at once unless `publish` is false, or where our staff read leads first."""
        company, member = own_company(request), cast("Member", key_of(request).member)

        def post(number: UUID) -> Answer:
            body = read_body(LeadBody, request)
            at_once = body["publish"]
            form = form_of(body, lead=None, for_draft=not at_once)
            lead = services.create_draft(
                company=company,
                member=member,
                submission=services.submission_for(company=company, typed=number),
                details=form.details(),
                now=timezone.now(),
            )
            if at_once and lead.state == Lead.State.DRAFT:  # else a call that died has published it
                _publish_or_leave_nothing(lead)
            return Answer(201, written(lead))

        answer = answered_once(request, post)
        answer.headers["Location"] = f"{settings.SITE_URL}{request.path}{json.loads(answer.content)['id']}/"
        answer.headers["ETag"] = strong_etag(answer.content)
        return answer


def _publish_or_leave_nothing(lead: Lead) -> None:
    """Raises Problem; then the draft is gone too, so that the same call sent again begins anew.

    Somebody else may have published it meanwhile, which is what was asked for, or deleted it.
    """
    try:
        or_conflict(lead_states.publish_lead, lead, now=timezone.now())
    except Problem:
        try:
            lead_states.discard_draft(lead=lead, now=timezone.now())
        except services.NotADraft:
            return
        raise
