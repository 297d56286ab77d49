"""Addresses of the policies."""

from django.urls import path

from privacy import views

app_name = "privacy"
urlpatterns = [
    path("terms/", views.policy, {"kind": "terms"}, name="terms"),
    path("privacy/policy/", views.policy, {"kind": "privacy"}, name="policy"),
    path("privacy/cookies/", views.policy, {"kind": "cookies"}, name="cookies"),
]
