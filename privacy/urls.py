"""Addresses of the policies."""

from django.urls import path

from privacy.views import policies

app_name = "privacy"
urlpatterns = [
    path("terms/", policies.policy, {"kind": "terms"}, name="terms"),
    path("privacy/policy/", policies.policy, {"kind": "privacy"}, name="policy"),
    path("privacy/cookies/", policies.policy, {"kind": "cookies"}, name="cookies"),
    path("privacy/changes/<slug:kind>/<slug:number>/", policies.changes, name="policy_changes"),
]
