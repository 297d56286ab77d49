"""The API's front door; what can be called is added app by app."""

import json
from collections.abc import Mapping

from django.conf import settings
from django.http.response import HttpResponseBase
from django.urls import path, register_converter, reverse
from rest_framework.request import Request

from directory.api.categories import Categories, OneCategory
from directory.api.companies import Companies, OneCompany
from directory.api.countries import Countries, OneCountry
from offerboard.api.leads import Leads, OneLead
from offerboard.api.own_lead import OwnLead, OwnLeadStep
from offerboard.api.own_leads import OwnLeads
from partners.api.changes import Changes
from partners.api.contact_claims import ContactClaim
from partners.api.contacts import Contacts, OneContact
from partners.api.contract_end import ContractEnded, ContractEndReceipt
from partners.api.description import Description
from partners.api.export import Export
from partners.api.manual import manual, manual_mirror, manual_problems, manual_reference
from partners.api.path_ids import IdConverter
from partners.api.removals import RemovalObjects, RemovalReceipt, Removals
from partners.api.webhook_calls import (
    WebhookDeliveries,
    WebhookDeliveryOne,
    WebhookPing,
    WebhookReplay,
    WebhookSecret,
)
from partners.api.webhooks import OneWebhook, Webhooks
from partners.endpoints import JSON, Component, OpenEndpoint, json_answer
from partners.fields import ADDRESS, Schema
from partners.parameters import read_query

ABOUT = {"name": "Trade leads API", "version": 1}


class Root(OpenEndpoint):
    """Name and version, so that a client can tell that it reached the right place, and where the manual is."""

    def get(self, request: Request) -> HttpResponseBase:
        """The same for everybody."""
        read_query(self.query, request)
        return json_answer(request, json.dumps(ABOUT | {"manual": settings.SITE_URL + reverse("api:manual")}))

    def answers(self, _component: Component) -> Mapping[str, Schema]:
        """A few words."""
        text: Schema = {"type": "string"}
        properties = {"name": text, "version": {"type": "integer"}, "manual": ADDRESS}
        return {JSON: {"type": "object", "properties": properties, "required": list(properties)}}


register_converter(IdConverter, "id")

app_name = "api"
urlpatterns = [
    path("", Root.as_view(), name="root"),
    path("leads/", Leads.as_view(), name="leads"),
    path("leads/<slug:key>/", OneLead.as_view(), name="lead"),
    path("companies/", Companies.as_view(), name="companies"),
    path("companies/<slug:key>/", OneCompany.as_view(), name="company"),
    path("categories/", Categories.as_view(), name="categories"),
    path("categories/<slug:key>/", OneCategory.as_view(), name="category"),
    path("countries/", Countries.as_view(), name="countries"),
    path("countries/<slug:key>/", OneCountry.as_view(), name="country"),
    path("me/leads/", OwnLeads.as_view(), name="own_leads"),
    path("me/leads/<slug:key>/", OwnLead.as_view(), name="own_lead"),
    path("me/leads/<slug:key>/<slug:step>/", OwnLeadStep.as_view(), name="own_lead_step"),
    path("docs/", manual, name="manual"),
    path("docs/reference/", manual_reference, name="manual_reference"),
    path("docs/problems/", manual_problems, name="manual_problems"),
    path("docs/mirror.py", manual_mirror, name="manual_mirror"),
    path("schema/", Description.as_view(), name="schema"),
    path("contacts/", Contacts.as_view(), name="contacts"),
    path("contacts/claim/", ContactClaim.as_view(), name="contact_claim"),
    path("contacts/<id:number>/", OneContact.as_view(), name="contact"),
    path("changes/", Changes.as_view(), name="changes"),
    path("removals/", Removals.as_view(), name="removals"),
    path("removals/<id:reference>/objects/", RemovalObjects.as_view(), name="removal_objects"),
    path("removals/<id:reference>/receipt/", RemovalReceipt.as_view(), name="removal_receipt"),
    path("contract-end/", ContractEnded.as_view(), name="contract_end"),
    path("contract-end/<id:reference>/receipt/", ContractEndReceipt.as_view(), name="contract_end_receipt"),
    path("export/<slug:plural>.ndjson", Export.as_view(), name="export"),
    path("webhooks/", Webhooks.as_view(), name="webhooks"),
    path("webhooks/<id:pk>/", OneWebhook.as_view(), name="webhook"),
    path("webhooks/<id:pk>/secret/", WebhookSecret.as_view(), name="webhook_secret"),
    path("webhooks/<id:pk>/ping/", WebhookPing.as_view(), name="webhook_ping"),
    path("webhooks/<id:pk>/deliveries/", WebhookDeliveries.as_view(), name="webhook_deliveries"),
    path("webhooks/<id:pk>/deliveries/<id:delivery>/", WebhookDeliveryOne.as_view(), name="webhook_delivery"),
    path("webhooks/<id:pk>/deliveries/<id:delivery>/replay/", WebhookReplay.as_view(), name="webhook_replay"),
]
