"""Every address of the site, app by app."""

from django.contrib import admin
from django.urls import include, path, re_path

from marketplace import views
from marketplace.metrics import metrics
from partners.failures import unknown_address

handler400 = "marketplace.views.bad_request"
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
    re_path(r"^api/", unknown_address, name="api_unknown"),
    path("metrics", metrics, name="metrics"),
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
]
