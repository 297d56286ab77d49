"""Addresses of the policies, and of what people say about their data."""

from django.urls import path

from privacy.views import consents, cookies, policies

app_name = "privacy"
urlpatterns = [
    path("terms/", policies.policy, {"kind": "terms"}, name="terms"),
    path("privacy/policy/", policies.policy, {"kind": "privacy"}, name="policy"),
    path("privacy/cookies/", policies.policy, {"kind": "cookies"}, name="cookies"),
    # --- consents and cookies
    path("privacy/cookies/settings/", cookies.cookie_settings, name="cookie_settings"),
    path("privacy/cookies/answer/", cookies.cookie_answer, name="cookie_answer"),
    path("privacy/theme/", cookies.theme, name="theme"),
    path(".well-known/gpc.json", cookies.gpc, name="gpc"),
    path("privacy/consents/", consents.consents, name="consents"),
    path("privacy/consents/history/", consents.history, name="consent_history"),
    path("privacy/consents/receipt/", consents.receipt, name="consent_receipt"),
]
