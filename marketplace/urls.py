"""Every address of the site, app by app."""

from django.contrib import admin
from django.urls import include, path

from marketplace import views
from marketplace.metrics import metrics

handler500 = "marketplace.views.server_error"

urlpatterns = [
    path("", include("marketplace.page_urls")),
    path("", include("offerboard.urls")),
    path("", include("accounts.urls")),
    path("", include("directory.urls")),
    path("", include("partners.urls")),
    path("", include("moderation.urls")),
    path("", include("mailings.urls")),
    path("", include("privacy.urls")),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("marketplace.api")),
    path("metrics", metrics, name="metrics"),
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
]
