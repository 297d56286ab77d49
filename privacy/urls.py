"""Addresses of the policies, of the privacy centre, and of what people say about their data."""

from django.urls import path

from privacy.views import (
    centre,
    consents,
    cookies,
    corrections,
    leaving,
    policies,
    promises,
    refusals,
    removals,
    requests,
)

app_name = "privacy"
urlpatterns = [
    path("terms/", policies.policy, {"kind": "terms"}, name="terms"),
    path("privacy/policy/", policies.policy, {"kind": "privacy"}, name="policy"),
    path("privacy/cookies/", policies.policy, {"kind": "cookies"}, name="cookies"),
    path("privacy/refusals/", refusals.refusals, name="refusals"),
    path("privacy/download/", requests.download, name="download"),
    path("privacy/download/ask/", requests.ask_for_export, name="ask_for_export"),
    path("privacy/download/<uuid:pk>/", requests.fetch_export, name="fetch_export"),
    path("privacy/correct/", corrections.correct, name="correct"),
    # --- leaving
    path("privacy/delete/", leaving.delete, name="delete"),
    path("privacy/delete/stay/", leaving.stay, name="stay"),
    path("privacy/delete/confirm/<str:token>/", leaving.confirm, name="leaving_confirm"),
    path("privacy/removal/", removals.ask, name="removal"),
    path("privacy/removal/<str:token>/", removals.prove, name="prove_removal"),
    path("privacy/", centre.centre, name="centre"),
    path("privacy/data/<slug:slug>/", centre.data, name="data"),
    path("privacy/received/", centre.received, name="received"),
    # --- consents and cookies
    path("privacy/cookies/settings/", cookies.cookie_settings, name="cookie_settings"),
    path("privacy/cookies/answer/", cookies.cookie_answer, name="cookie_answer"),
    path("privacy/theme/", cookies.theme, name="theme"),
    path(".well-known/gpc.json", cookies.gpc, name="gpc"),
    path("privacy/consents/", consents.consents, name="consents"),
    path("privacy/consents/history/", consents.history, name="consent_history"),
    path("privacy/consents/receipt/", consents.receipt, name="consent_receipt"),
    path("privacy/promises/", promises.promises, name="promises"),
    path("privacy/changes/<slug:kind>/<slug:number>/", policies.changes, name="policy_changes"),
]
