"""Addresses of the directory."""

from django.urls import path

from directory import views

app_name = "directory"
urlpatterns = [
    path("companies/", views.companies, name="companies"),
    path("companies/<slug:slug>/", views.company, name="company"),
    path("categories/", views.categories, name="categories"),
    path("categories/<slug:slug>/", views.category, name="category"),
    path("hs/", views.hs_codes, name="hs"),
    path("hs/suggest/", views.hs_suggest, name="hs_suggest"),
]
