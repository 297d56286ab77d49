"""/api/v1/me/leads/: the leads of the company for which a member's key acts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import F
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.company_keys import company_of_key
from accounts.models import Member
from directory.models import Company
from offerboard.api.lead_body import LeadBody, LeadChange, form_of
from offerboard.models import Lead
from offerboard.pulled import LEADS
from offerboard.refusals import REFUSALS
from offerboard.services import lead_states
from offerboard.services import leads as services
from partners.api.once import answered_once
from partners.api.things import not_from_here, page_schema, page_text
from partners.bodies import read_body
from partners.cursors import NotOurCursor, read_cursor, write_cursor
from partners.endpoints import JSON, Component, Endpoint, json_answer, key_of, refuse_unless_as_read
from partners.fields import Field, Schema, nullable, one_of, several
from partners.parameters import DEFAULT_SIZE, LARGEST_SIZE, read_query
from partners.problems import Problem
from partners.scopes import Scope
from partners.services.once import Answer

REFUSED: tuple[type[Exception], ...] = (*REFUSALS, services.EndsInThePast)


class OwnQuery(serializers.Serializer[Any]):
    """What the list of one's own leads understands."""

    after = serializers.CharField(required=False, max_length=400, help_text="The cursor `next` of the page before.")
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_SIZE, default=DEFAULT_SIZE, help_text="Leads on a page."
    )
    state = serializers.ChoiceField(required=False, choices=Lead.State.values, help_text="Only leads in this state.")


class Nothing(serializers.Serializer[Any]):
    """A body without members, or none at all."""


def own_fields() -> tuple[Field, ...]:
    """Those of the public lead, which a draft may lack, and how it stands."""
    key, *others = LEADS.fields
    return (
        key,
        Field("state", F("state"), one_of(Lead.State.values), "How it stands; expiry is a time and no state."),
        Field("holds", F("holds"), several(one_of(Lead.Hold.values)), "Why it is hidden whatever its state."),
        Field("rejection", F("rejection"), {"type": "string"}, "Why our staff rejected it."),
        *(replace(one, schema=nullable(one.schema)) for one in others),
    )


class OwnLeads(Endpoint):
    """The company's leads, in whatever state, the newest first."""

    scope, query, problems = Scope.LEADS_WRITE, OwnQuery, (409,)
    bodies: ClassVar[Any] = {"POST": LeadBody}
    statuses: ClassVar[Any] = {"POST": 201}
    once = ("POST",)
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
        company, asked = _company(request), read_query(self.query, request)
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
        company, member = _company(request), cast("Member", key_of(request).member)

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
            return Answer(201, _written(lead))

        return answered_once(request, post)


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
        return json_answer(request, _written(_own(request, key)), exact=True)

    def patch(self, request: Request, key: str) -> HttpResponseBase:
        """Change what is sent, and leave the rest; all of it or nothing."""
        lead = _own_to_change(request, key)
        body = read_body(LeadChange, request)
        is_draft = lead.state == Lead.State.DRAFT
        details = form_of(body, lead=lead, for_draft=is_draft).details()
        change = services.update_draft if is_draft else services.update_lead
        _or_conflict(change, lead, details=details, seen=lead.updated_at, now=timezone.now())
        return json_answer(request, _written(lead), exact=True)

    def delete(self, request: Request, key: str) -> Response:
        """Delete a draft, which nobody else has seen; a lead that was posted is closed instead."""
        lead = _own_to_change(request, key)
        try:
            lead_states.discard_draft(lead=lead, now=timezone.now())
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
        lead, take = _own_to_change(request, key), self.steps.get(step)
        if take is None:
            raise Http404
        read_body(Nothing, request)
        if step == "publish" and lead.state == Lead.State.DRAFT:
            form_of({}, lead=lead, for_draft=False)  # which says what is missing
        _or_conflict(take, lead, now=timezone.now())
        return json_answer(request, _written(lead), exact=True)


def _company(request: Request) -> Company:
    company = company_of_key(key_of(request)) if key_of(request).member_id else None
    if company is None:
        raise Problem(
            status=403,
            kind="no-company",
            title="The key acts for no company",
            detail="An owner of the company makes such keys under My company.",
        )
    return company


def _own(request: Request, key: str) -> Lead:
    """A lead of the company; another company's is not there."""
    found = Lead.objects.filter(company=_company(request), slug=key).first()
    if found is None:
        raise Http404
    return found


def _own_to_change(request: Request, key: str) -> Lead:
    """The same, for whoever may have said what it was when they read it. Raises Problem."""
    lead = _own(request, key)
    refuse_unless_as_read(request, _written(lead))
    return lead


def _written(lead: Lead) -> str:
    return next(iter(LEADS.as_json(Lead.objects.filter(pk=lead.pk), fields=own_fields())))


def _publish_or_leave_nothing(lead: Lead) -> None:
    """Raises Problem; then the draft is gone too, so that the same call sent again begins anew."""
    try:
        _or_conflict(lead_states.publish_lead, lead, now=timezone.now())
    except Problem:
        lead_states.discard_draft(lead=lead, now=timezone.now())
        raise


def _or_conflict(step: Any, lead: Lead, **what: Any) -> None:
    """Raises Problem with the words that the website has for it."""
    try:
        step(lead=lead, **what)
    except services.ChangedMeanwhile as error:
        raise Problem(
            status=409,
            kind="changed-meanwhile",
            title="The lead was changed meanwhile",
            detail=str(REFUSALS[services.ChangedMeanwhile]),
        ) from error
    except REFUSED as error:
        said = REFUSALS.get(type(error), "Counted from its posting, the lead would have ended already.")
        raise Problem(
            status=409, kind="not-in-this-state", title="This cannot be done now", detail=str(said)
        ) from error
