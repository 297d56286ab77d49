"""The addresses of the outbox: what mail programs and servers call, and the pages of marketing mail."""

from django.urls import path, re_path

from mailings.views import archive, returned, subscribing
from privacy.signed_links import TOKEN

app_name = "mailings"
urlpatterns = [
    path("mail/returned/", returned.take_returned, name="returned"),
    path("newsletter/", subscribing.subscribe, name="subscribe"),
    re_path(rf"^newsletter/confirm/{TOKEN}", subscribing.confirm, name="confirm"),
    re_path(rf"^newsletter/unsubscribe/{TOKEN}", subscribing.unsubscribe, name="unsubscribe"),
    path("newsletter/archive/", archive.archive, name="archive"),
    path("newsletter/archive/<slug:slug>/", archive.archived, name="archived"),
]
