"""Code lists of the directory: what a company is and how big."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BusinessType(models.TextChoices):
    """What a company does in trade; it may do several things."""

    MANUFACTURER = "manufacturer", _("Manufacturer")
    GROWER = "grower", _("Grower or farm")
    COOPERATIVE = "cooperative", _("Cooperative")
    MINE = "mine", _("Mine or quarry")
    TRADING_COMPANY = "trading_company", _("Trading company")
    EXPORTER = "exporter", _("Exporter")
    BUYER = "buyer", _("Buyer or importer")
    DISTRIBUTOR = "distributor", _("Distributor or wholesaler")
    AGENT = "agent", _("Agent or broker")
    RETAILER = "retailer", _("Retailer")
    CONTRACTOR = "contractor", _("Building or engineering contractor")
    RECYCLER = "recycler", _("Recycler")
    SERVICE_PROVIDER = "service_provider", _("Service provider")


class HeadcountBand(models.TextChoices):
    """How many people work for a company."""

    UP_TO_10 = "1-10", _("1 to 10")
    UP_TO_50 = "11-50", _("11 to 50")
    UP_TO_200 = "51-200", _("51 to 200")
    UP_TO_500 = "201-500", _("201 to 500")
    UP_TO_1000 = "501-1000", _("501 to 1,000")
    MORE = "1001+", _("More than 1,000")


class TurnoverBand(models.TextChoices):
    """Sales of a year in US dollars."""

    UP_TO_1M = "0-1m", _("Up to USD 1 million a year")
    UP_TO_5M = "1-5m", _("USD 1 to 5 million a year")
    UP_TO_10M = "5-10m", _("USD 5 to 10 million a year")
    UP_TO_50M = "10-50m", _("USD 10 to 50 million a year")
    UP_TO_100M = "50-100m", _("USD 50 to 100 million a year")
    MORE = "100m+", _("More than USD 100 million a year")
