"""/api/v1/webhooks/<id>/…: a new secret, a test, what was sent, and sending it one more time."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from partners.api.path_ids import read_id
from partners.api.webhook_shapes import (
    DELIVERY,
    SECRET,
    WEBHOOK,
    DeliveriesQuery,
    delivery_json,
    own_webhook,
    webhook_to_change,
)
from partners.api.webhooks import PRIVATE, with_secret
from partners.bodies import Nothing, read_body
from partners.cursors import NotOurCursor
from partners.endpoints import JSON, Component, Endpoint, json_answer
from partners.fields import Schema, listed, nullable
from partners.models import Webhook, WebhookDelivery
from partners.parameters import read_query
from partners.problems import Fault, Problem, bad_parameters
from partners.scopes import Scope
from partners.selectors.webhooks import deliveries_page
from partners.services import webhook_calls as services
from partners.services.webhooks import StillChanging, rotate_secret


class WebhookSecret(Endpoint):
    """The secret that signs."""

    scope, problems = Scope.WEBHOOKS_WRITE, (404, 409)
    bodies: ClassVar[Any] = {"POST": Nothing}

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """The webhook, and the new secret."""
        return {JSON: component("WebhookWithSecret", (*WEBHOOK, SECRET))}

    def post(self, request: Request, pk: str) -> Response:
        """Another one, shown in this answer and never again; for 24 hours messages bear signatures by both."""
        read_body(Nothing, request)
        try:
            with transaction.atomic():
                made = rotate_secret(webhook=webhook_to_change(request, pk, hold=True), now=timezone.now())
        except StillChanging as error:
            raise Problem(
                status=409,
                kind="secret-changing",
                title="The secret is being changed",
                detail=f"The one before it signs until {error.until.isoformat()}; then there can be another.",
            ) from error
        return Response(with_secret(made), headers=PRIVATE)


class WebhookPing(Endpoint):
    """A test."""

    scope, problems = Scope.WEBHOOKS_WRITE, (404,)
    bodies: ClassVar[Any] = {"POST": Nothing}
    statuses: ClassVar[Any] = {"POST": 202}

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """The message."""
        return {JSON: component("Delivery", DELIVERY)}

    def post(self, request: Request, pk: str) -> Response:
        """It is sent within seconds; how that went stands at its own address."""
        read_body(Nothing, request)
        try:
            with transaction.atomic():
                ping = services.ping_webhook(webhook=webhook_to_change(request, pk, hold=True), now=timezone.now())
        except services.TooManyPings as error:
            raise Problem(
                status=429,
                kind="too-many-pings",
                title="Too many tests",
                detail=f"{services.PINGS} tests within an hour are enough. Wait {error.seconds} seconds.",
                headers={"Retry-After": str(error.seconds)},
            ) from error
        return Response(delivery_json(ping), status=202)


class WebhookDeliveries(Endpoint):
    """What was sent in the last 30 days, and what waits."""

    scope, query, problems = Scope.WEBHOOKS_WRITE, DeliveriesQuery, (404,)

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """A page."""
        return {JSON: listed("results", component("Delivery", DELIVERY), next=nullable({"type": "string"}))}

    def get(self, request: Request, pk: str) -> HttpResponseBase:
        """The newest first."""
        webhook, query = own_webhook(request, pk), read_query(self.query, request)
        try:
            rows, following = deliveries_page(webhook, after=query.get("after", ""), most=query["page_size"])
        except NotOurCursor as error:
            raise bad_parameters([Fault("query", "after", "is no cursor of this list.")]) from error
        return json_answer(request, json.dumps({"results": [delivery_json(row) for row in rows], "next": following}))


class WebhookDeliveryOne(Endpoint):
    """One message."""

    scope, problems = Scope.WEBHOOKS_WRITE, (404,)

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """It."""
        return {JSON: component("Delivery", DELIVERY)}

    def get(self, request: Request, pk: str, delivery: str) -> HttpResponseBase:
        """How it fared."""
        read_query(self.query, request)
        found = _delivery_of(own_webhook(request, pk), delivery)
        return json_answer(request, json.dumps(delivery_json(found)))


class WebhookReplay(Endpoint):
    """Sending a message one more time."""

    scope, problems = Scope.WEBHOOKS_WRITE, (404, 409)
    bodies: ClassVar[Any] = {"POST": Nothing}
    statuses: ClassVar[Any] = {"POST": 202}

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """The message."""
        return {JSON: component("Delivery", DELIVERY)}

    def post(self, request: Request, pk: str, delivery: str) -> Response:
        """Under the same id; it says how things look now."""
        webhook = webhook_to_change(request, pk)
        found = _delivery_of(webhook, delivery)
        read_body(Nothing, request)
        try:
            services.replay_delivery(delivery=found, now=timezone.now())
        except services.OnItsWay as error:
            raise Problem(
                status=409,
                kind="on-its-way",
                title="The message is still on its way",
                detail="It is tried again by itself. Only what has arrived or was given up can be replayed.",
            ) from error
        return Response(delivery_json(_delivery_of(webhook, delivery)), status=202)


def _delivery_of(webhook: Webhook, pk: str) -> WebhookDelivery:
    found = webhook.deliveries.filter(pk=read_id("delivery", pk)).first()
    if found is None:
        raise Http404
    return found
