"""Addresses for everyone: report something, write to the operator."""

from django.urls import path

from moderation import views

app_name = "moderation"
urlpatterns = [
    path("report/<slug:kind>/<slug:key>/", views.report, name="report"),
    path("contact/", views.contact, name="contact"),
]
