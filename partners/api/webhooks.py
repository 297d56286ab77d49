"""/api/v1/webhooks/: the holder's webhooks."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from partners.api.webhook_shapes import (
    SECRET,
    WEBHOOK,
    ChangedWebhook,
    NewWebhook,
    checked_kinds,
    own_webhook,
    webhook_json,
    webhook_to_change,
)
from partners.bodies import read_body
from partners.delivery.targets import BadAddress
from partners.endpoints import JSON, Component, Endpoint, json_answer, key_of
from partners.fields import Schema, listed
from partners.models import MOST_OF_HOLDER, ApiKey, Webhook
from partners.parameters import read_query
from partners.problems import Fault, Problem, bad_body
from partners.scopes import Scope
from partners.services import webhooks as services

PRIVATE = {"Cache-Control": "no-store"}  # an answer that holds a secret


class Webhooks(Endpoint):
    """All of a holder's, whichever key made them."""

    scope, problems = Scope.WEBHOOKS_WRITE, (409,)
    bodies: ClassVar[Any] = {"POST": NewWebhook}
    statuses: ClassVar[Any] = {"POST": 201}
    located = ("POST",)

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """A list of them."""
        return {JSON: listed("results", component("Webhook", WEBHOOK))}

    def answers_post(self, component: Component) -> Mapping[str, Schema]:
        """The new one, and its secret."""
        return {JSON: component("WebhookWithSecret", (*WEBHOOK, SECRET))}

    def get(self, request: Request) -> HttpResponseBase:
        """All of them: there are few."""
        read_query(self.query, request)
        rows = Webhook.objects.of_holder(key_of(request)).order_by("created_at", "pk")
        return json_answer(request, json.dumps({"results": [webhook_json(row) for row in rows]}))

    def post(self, request: Request) -> Response:
        """A new one. Its secret is shown in this answer and never again."""
        wanted = read_body(NewWebhook, request)
        kinds = checked_kinds(request, wanted.get("kinds"))
        try:
            made = services.create_webhook(key=key_of(request), url=wanted["url"], kinds=kinds, now=timezone.now())
        except BadAddress as error:
            raise _bad_url(error) from error
        except services.TooManyWebhooks as error:
            raise Problem(
                status=409,
                kind="too-many-webhooks",
                title="There are enough webhooks",
                detail=f"A holder has at most {MOST_OF_HOLDER}. Delete or change one of them.",
            ) from error
        where = {"Location": f"{settings.SITE_URL}/api/v1/webhooks/{made.webhook.pk}/"}
        return Response(with_secret(made), status=201, headers={**PRIVATE, **where})


class OneWebhook(Endpoint):
    """One of them."""

    scope, problems = Scope.WEBHOOKS_WRITE, (404, 409)
    bodies: ClassVar[Any] = {"PATCH": ChangedWebhook}
    statuses: ClassVar[Any] = {"DELETE": 204}

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """It, without its secret."""
        return {JSON: component("Webhook", WEBHOOK)}

    def get(self, request: Request, pk: str) -> HttpResponseBase:
        """Without its secret."""
        read_query(self.query, request)
        return json_answer(request, json.dumps(webhook_json(own_webhook(request, pk))))

    def patch(self, request: Request, pk: str) -> Response:
        """Another address, other kinds, paused or active; all of it or nothing."""
        webhook_to_change(request, pk)
        wanted = read_body(ChangedWebhook, request, partial=True)
        kinds = checked_kinds(request, wanted["kinds"]) if "kinds" in wanted else None
        try:
            with transaction.atomic():
                # Somebody may have given it kinds meanwhile that this key may not read, and so not send elsewhere.
                webhook = webhook_to_change(request, pk, hold=True)
                services.change_webhook(webhook=webhook, url=wanted.get("url"), kinds=kinds, now=timezone.now())
                _set_state(webhook, wanted, key=key_of(request))
        except BadAddress as error:
            raise _bad_url(error) from error
        except services.PausedByStaff as error:
            raise Problem(
                status=409,
                kind="paused-by-staff",
                title="Our staff have paused this webhook",
                detail="Write to us, and we look at it together.",
            ) from error
        return Response(webhook_json(own_webhook(request, pk)))

    def delete(self, request: Request, pk: str) -> Response:
        """It is called no more, and what was noted about it is gone."""
        services.delete_webhook(webhook=own_webhook(request, pk))
        return Response(status=204)


def with_secret(made: services.NewSecret) -> dict[str, Any]:
    """The only answers in which a secret stands."""
    return {**webhook_json(made.webhook), "secret": made.secret}


def _set_state(webhook: Webhook, wanted: Mapping[str, Any], *, key: ApiKey) -> None:
    now = timezone.now()
    if wanted.get("state") == Webhook.State.PAUSED:
        services.pause_webhook(webhook=webhook, by=Webhook.PauseReason.HOLDER, now=now)
    elif wanted.get("state") == Webhook.State.ACTIVE:
        services.resume_webhook(webhook=webhook, key=key, now=now)


def _bad_url(error: BadAddress) -> Problem:
    return bad_body([Fault("body", "url", str(error))])
