"""The addresses of the outbox: what mail programs and servers call, and the pages of marketing mail."""

from django.urls import path, re_path

from mailings.views import archive, returned, subscribing, unsubscribing
from privacy.signed_links import LINK_END

app_name = "mailings"
urlpatterns = [
    path("mail/returned/", returned.take_returned, name="returned"),
    path("newsletter/", subscribing.subscribe, name="subscribe"),
    re_path(rf"^newsletter/confirm/{LINK_END}", subscribing.confirm, name="confirm"),
    re_path(rf"^newsletter/unsubscribe/{LINK_END}", unsubscribing.unsubscribe, name="unsubscribe"),
    path("newsletter/archive/", archive.archive, name="archive"),
    path("newsletter/archive/<slug:slug>/", archive.archived, name="archived"),
]
