"""The API's front door; what can be called is added app by app."""

from django.conf import settings
from django.urls import path
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from partners.api.changes import Changes
from partners.api.export import Export
from partners.api.removals import RemovalReceipt, Removals
from partners.api.webhook_calls import (
    WebhookDeliveries,
    WebhookDeliveryOne,
    WebhookPing,
    WebhookReplay,
    WebhookSecret,
)
from partners.api.webhooks import OneWebhook, Webhooks


@api_view(["GET"])
def root(request: Request) -> Response:
    """Name and version, so that a client can tell that it reached the right place, and where the manual is."""
    return Response({"name": "Trade leads API", "version": 1, "manual": f"{settings.SITE_URL}/api/v1/docs/"})


app_name = "api"
urlpatterns = [
    path("", root, name="root"),
    path("changes/", Changes.as_view(), name="changes"),
    path("removals/", Removals.as_view(), name="removals"),
    path("removals/<uuid:reference>/receipt/", RemovalReceipt.as_view(), name="removal_receipt"),
    path("export/<slug:plural>.ndjson", Export.as_view(), name="export"),
    path("webhooks/", Webhooks.as_view(), name="webhooks"),
    path("webhooks/<uuid:pk>/", OneWebhook.as_view(), name="webhook"),
    path("webhooks/<uuid:pk>/secret/", WebhookSecret.as_view(), name="webhook_secret"),
    path("webhooks/<uuid:pk>/ping/", WebhookPing.as_view(), name="webhook_ping"),
    path("webhooks/<uuid:pk>/deliveries/", WebhookDeliveries.as_view(), name="webhook_deliveries"),
    path("webhooks/<uuid:pk>/deliveries/<uuid:delivery>/", WebhookDeliveryOne.as_view(), name="webhook_delivery"),
    path("webhooks/<uuid:pk>/deliveries/<uuid:delivery>/replay/", WebhookReplay.as_view(), name="webhook_replay"),
]
