"""What can be asked of the list of leads: the board's filters under the names of its address, read strictly."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from directory.api.category_ids import CategoryIds
from directory.places import COUNTRIES
from offerboard.codes import CURRENCIES, UNITS, Condition, Incoterm
from offerboard.forms.board import LONGEST_WORDS
from offerboard.models import Lead
from offerboard.search import Filters, Sort, Within
from partners.choosing import SLUG, Amount, Code, Codes, Flag, Text
from partners.parameters import PageQuery


class LeadsQuery(PageQuery):
    """The board's filters."""

    q = serializers.CharField(
        required=False,
        max_length=LONGEST_WORDS,
        help_text="Words of title or description, “a phrase” between quotation marks, or, -not; or an HS code.",
    )
    kind = Code(known=Lead.Kind.values, about="Which way the goods go.")
    category = CategoryIds()
    country = Codes(known=COUNTRIES, about="The company’s country, ISO 3166-1 alpha-2.")
    company = Text(shape=SLUG, about="The id of a company.", example="dak-lak-coffee-4f3a")
    within = Code(known=Within.values, about="Posted or renewed not longer ago than this.")
    price_min = Amount(places=4, about="Price of one unit at least; needs `currency`.")
    price_max = Amount(places=4, about="Price of one unit at most; needs `currency`.")
    currency = Code(known=CURRENCIES, about="Of the price, ISO 4217.")
    quantity = Amount(places=3, about="Quantity at least; needs `unit`.")
    unit = Code(known=UNITS, about="Of the quantity, UN/ECE Recommendation 20.")
    condition = Codes(known=Condition.values, about="In what state the goods are.")
    incoterm = Codes(known=Incoterm.values, about="Incoterms 2020.")
    verified = Flag(about="Whether only leads of companies whose identity our staff have checked.")
    sort = Code(
        known=Sort.values,
        default=Sort.NEWEST,
        about="`price` needs `currency`, `relevance` needs `q`. Only `newest` goes through everything; "
        "other orders are of the newest 5,000 that fit.",
    )

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Amounts mean nothing without their currency or unit, a range has two ends, some orders need more."""
        lowest, highest, wrong = asked.get("price_min"), asked.get("price_max"), {}
        if not asked.get("currency") and (lowest is not None or highest is not None or asked["sort"] == Sort.PRICE):
            wrong["currency"] = "is missing: prices compare within one only."
        if lowest is not None and highest is not None and lowest > highest:
            wrong["price_max"] = "is less than price_min."
        if asked.get("quantity") is not None and not asked.get("unit"):
            wrong["unit"] = "is missing: quantities compare within one only."
        if asked["sort"] == Sort.RELEVANCE and not asked.get("q"):
            wrong["sort"] = "can be relevance only where q asks for words."
        if wrong:
            raise serializers.ValidationError(wrong)
        return asked


def filters_of(asked: Mapping[str, Any]) -> Filters:
    """The same for the search."""
    return Filters(
        words=asked.get("q", ""),
        kind=asked.get("kind", ""),
        categories=tuple(asked.get("category", ())),
        countries=tuple(asked.get("country", ())),
        company=asked.get("company", ""),
        within=asked.get("within", ""),
        price_from=asked.get("price_min"),
        price_to=asked.get("price_max"),
        currency=asked.get("currency", ""),
        quantity=asked.get("quantity"),
        unit=asked.get("unit", ""),
        conditions=tuple(asked.get("condition", ())),
        incoterms=tuple(asked.get("incoterm", ())),
        verified=asked["verified"],
        sort=asked["sort"],
    )
