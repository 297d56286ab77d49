"""Addresses for everyone; those of the API stand in marketplace.api."""

from django.urls import path

from partners import views

app_name = "partners"
urlpatterns = [path("partners/", views.partners, name="partners")]
