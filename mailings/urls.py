"""The addresses of the outbox: what mail programs and servers call, and the pages of marketing mail."""

from django.urls import path

from mailings.views import archive, returned, subscribing

app_name = "mailings"
urlpatterns = [
    path("mail/returned/", returned.take_returned, name="returned"),
    path("newsletter/", subscribing.subscribe, name="subscribe"),
    path("newsletter/confirm/<str:token>/", subscribing.confirm, name="confirm"),
    path("newsletter/unsubscribe/<str:token>/", subscribing.unsubscribe, name="unsubscribe"),
    path("newsletter/archive/", archive.archive, name="archive"),
    path("newsletter/archive/<slug:slug>/", archive.archived, name="archived"),
]
