"""Addresses of the pages that compose the apps."""

from django.conf import settings
from django.urls import path

from marketplace import mailbox, views
from marketplace.home import home

app_name = "marketplace"
urlpatterns = [
    path("", home, name="home"),
    path("about/", views.about, name="about"),
    path("help/", views.help_page, name="help"),
    path("leaving/", views.leaving, name="leaving"),
    path("robots.txt", views.robots, name="robots"),
    path("media/<path:name>", views.media, name="media"),
]
if settings.DEMO:
    urlpatterns += [
        path("dev/mailbox/", mailbox.index, name="mailbox"),
        path("dev/mailbox/<str:name>/", mailbox.mail, name="mailbox_mail"),
    ]
