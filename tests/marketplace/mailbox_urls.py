"""The market's addresses as the demo has them: with the mailbox."""

from django.urls import include, path

from marketplace import mailbox, page_urls, urls

pages = [
    *page_urls.urlpatterns,
    path("dev/mailbox/", mailbox.index, name="mailbox"),
    path("dev/mailbox/<str:name>/", mailbox.mail, name="mailbox_mail"),
]
urlpatterns = [path("", include((pages, "marketplace"))), *urls.urlpatterns[1:]]
