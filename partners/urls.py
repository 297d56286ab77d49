"""Addresses of pages; those of the API stand in marketplace.api."""

from django.urls import path

from partners.views import joining, services

app_name = "partners"
urlpatterns = [
    path("partners/", joining.partners, name="partners"),
    path("my/services/", services.services, name="services"),
    path("my/services/<slug:slug>/", services.service, name="service"),
    path("my/services/<slug:slug>/answer/", services.answer, name="answer_service"),
]
