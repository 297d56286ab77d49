"""What a Prometheus server reads at /metrics: numbers from the database, of no person."""

from collections.abc import Iterator
from hmac import compare_digest

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.core import CollectorRegistry, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from mailings.models import Campaign, DomainBudget, Outage
from mailings.selectors.outbox import outbox_standing


class Mail(Collector):
    """Mails by kind and state, campaigns by state, slow domains, our own server's silence. Five queries."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask the database anew."""
        mails = GaugeMetricFamily(
            "market_mails", "Mails that are open, or ended within the last hour", labels=["kind", "state"]
        )
        for standing in outbox_standing(at=timezone.now()):
            mails.add_metric([standing.kind, standing.state], standing.mails)
        yield mails
        campaigns = GaugeMetricFamily("market_campaigns", "Campaigns that have not ended", labels=["state"])
        for state in ("approved", "materialising", "sending", "paused", "draining"):
            campaigns.add_metric([state], Campaign.objects.filter(state=state).count())
        yield campaigns
        yield GaugeMetricFamily(
            "market_slow_domains", "Receiving domains that get fewer mails", value=DomainBudget.objects.count()
        )
        outage = Outage.objects.lasting(at=timezone.now()).first()
        yield GaugeMetricFamily(
            "market_mail_server_silent_seconds",
            "For how long our own mail server has not answered; 0 while it does",
            value=(timezone.now() - outage.since).total_seconds() if outage else 0,
        )


registry = CollectorRegistry()
registry.register(Mail())


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, for whoever knows METRICS_TOKEN; without one there is no such page."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not compare_digest(token.encode(), settings.METRICS_TOKEN.encode()):
        raise Http404
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
