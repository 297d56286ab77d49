"""Leads as partners and members' programs read them."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, JSONObject

from offerboard.codes import CURRENCIES, Condition, Incoterm, PaymentTerms, Samples
from offerboard.models import Lead, LeadDocument, LeadPicture, PriceTier
from offerboard.selectors.lead import has_gone
from partners.fields import (
    ADDRESS,
    COUNTRY,
    DECIMAL,
    MOMENT,
    Decimal,
    Field,
    Schema,
    address,
    media_address,
    nullable,
    one_of,
    perhaps,
    several,
    stated,
)
from partners.scopes import Scope
from partners.sources import Source, register_source

LANGUAGE: Schema = {"type": "string"}
PICTURE: Schema = {
    "type": "object",
    "properties": {
        "url": ADDRESS,
        "thumbnail": ADDRESS,
        "width": {"type": "integer"},
        "height": {"type": "integer"},
        "caption": {"type": "string"},
    },
    "required": ["url", "thumbnail", "width", "height", "caption"],
}
DOCUMENT: Schema = {
    "type": "object",
    "properties": {
        "url": ADDRESS,
        "name": {"type": "string"},
        "media_type": {"type": "string"},
        "size": {"type": "integer"},
    },
    "required": ["url", "name", "media_type", "size"],
}
TIER: Schema = {
    "type": "object",
    "properties": {"min_quantity": DECIMAL, "price": DECIMAL},
    "required": ["min_quantity", "price"],
}


# The clocks of two servers differ a little. What the faster one has just posted lies ahead for the slower one, and a
# reader who were told there that it is gone would not hear of it again.
AHEAD = timedelta(minutes=1)


def public_leads(now: datetime) -> QuerySet[Any]:
    """What the board shows, with what it is about to show."""
    return Lead.objects.public(at=now, posted_by=now + AHEAD)


@cache
def lead_shape(site: str) -> tuple[Field, ...]:
    """The fields of a lead."""
    return (
        stated("id", "Names the lead for as long as it exists.", of="slug"),
        Field("url", address(f"{site}/leads/", "slug", "/"), ADDRESS, "Its page on the market."),
        stated("kind", "Which way the goods go.", schema=one_of(Lead.Kind.values)),
        stated("title", "What is offered or wanted, in a line."),
        stated("description", "Plain text; lines are parted by newlines."),
        stated("category", "The id of its category.", of="category__slug"),
        stated("company", "The id of the company that posted it.", of="company__slug"),
        stated("country", "Of the company, ISO 3166-1 alpha-2.", schema=COUNTRY),
        perhaps("brand", "The goods’ brand."),
        perhaps("model", "The goods’ model."),
        perhaps("hs_code", "Of the Harmonized System, digits only."),
        stated("hs_edition", "The edition of that code.", schema={"type": "integer"}),
        Field("quantity", Decimal("quantity"), DECIMAL, "How much is offered or wanted."),
        stated("unit", "Of the quantity: UN/ECE Recommendation 20."),
        Field("price", Decimal("price"), nullable(DECIMAL), "Of one unit; null means on request."),
        perhaps("currency", "Of all prices, ISO 4217.", schema=one_of(CURRENCIES)),
        Field("price_tiers", _tiers(), several(TIER), "What one unit costs from some quantity on; the smallest first."),
        perhaps("incoterm", "Incoterms 2020.", schema=one_of(Incoterm.values)),
        perhaps("place", "The place that the Incoterms rule names."),
        perhaps("payment_terms", "How and when the buyer pays.", schema=one_of(PaymentTerms.values)),
        perhaps("condition", "In what state the goods are.", schema=one_of(Condition.values)),
        perhaps("origin", "Where the goods come from, or shall come from; ISO 3166-1 alpha-2.", schema=COUNTRY),
        stated("destinations", "Where a seller delivers to, or a buyer wants the goods.", schema=several(COUNTRY)),
        perhaps("samples", "Whether a sample can be had, or is wanted.", schema=one_of(Samples.values)),
        perhaps("packaging", "How the goods are packed."),
        stated("lead_time_days", "From the order until the goods are ready.", schema=nullable({"type": "integer"})),
        stated("language", "Of title and description, BCP 47.", schema=LANGUAGE),
        Field("pictures", _pictures(site), several(PICTURE), "The first one stands on its card."),
        Field("documents", _documents(site), several(DOCUMENT), "Papers that come with it."),
        stated("posted_at", "When it was posted or last renewed.", schema=MOMENT),
        stated("updated_at", "When its company last changed it.", schema=MOMENT),
        stated("valid_until", "From then on it is not public, unless it is renewed.", of="expires_at", schema=MOMENT),
    )


def _gone(slug: str, now: datetime) -> bool | None:
    """As its page says it."""
    lead = Lead.objects.filter(slug=slug).first()
    return None if lead is None else has_gone(lead, now=now)


def _tiers() -> ArraySubquery:
    rows = PriceTier.objects.filter(lead=OuterRef("pk")).order_by("place")
    return ArraySubquery(rows.values(row=JSONObject(min_quantity=Decimal("min_quantity"), price=Decimal("price"))))


def _pictures(site: str) -> ArraySubquery:
    rows = LeadPicture.objects.filter(lead=OuterRef("pk")).order_by("position", "pk")
    picture = JSONObject(
        url=media_address(site, "image"),
        thumbnail=media_address(site, "thumbnail"),
        width=F("width"),
        height=F("height"),
        caption=F("caption"),
    )
    return ArraySubquery(rows.values(row=picture))


def _documents(site: str) -> ArraySubquery:
    rows = LeadDocument.objects.filter(lead=OuterRef("pk")).order_by("position", "pk")
    where = Concat(
        Value(f"{site}/leads/"),
        F("lead__slug"),
        Value("/documents/"),
        Cast("pk", TextField()),
        Value("/"),
        output_field=TextField(),
    )
    document = JSONObject(url=where, name=F("name"), media_type=F("kind"), size=F("size"))
    return ArraySubquery(rows.values(row=document))


LEADS = Source(
    kind="lead",
    plural="leads",
    scope=Scope.LEADS_READ,
    about="A sell offer or a buy inquiry that the board shows.",
    public=public_leads,
    shape=lead_shape,
    has_gone=_gone,
)


def register() -> None:
    """Let others pull leads."""
    register_source(LEADS)
