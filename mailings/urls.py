"""The one address of the outbox."""

from django.urls import path

from mailings import views

app_name = "mailings"
urlpatterns = [
    path("mail/returned/", views.take_returned, name="returned"),
]
