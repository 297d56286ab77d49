"""Why what a program sends about a lead is refused: by the form of the website, in words that a program can follow.

The form speaks of what people see, such as lists and boxes to tick; where it does, other words stand here.
"""

from collections.abc import Mapping

from django.forms import Form

from partners.problems import Fault, Problem, bad_body

OTHER_NAMES = {"tiers": "price_tiers"}  # of the form's fields, as the API calls them
NO_COUNTRY = "is the code of no country. /api/v1/countries/ lists them."
WORDS: Mapping[tuple[str, str], str] = {  # by the API's name and the code of the form's error
    ("kind", "required"): "is needed: sell_offer or buy_inquiry.",
    ("title", "required"): "is needed: a few words on what is offered or wanted.",
    ("description", "required"): "is needed: a sentence or two on the goods.",
    ("category", "required"): "is needed. /api/v1/categories/ lists the ids.",
    ("category", "invalid_choice"): "is no category that lies in another one. /api/v1/categories/ lists the ids.",
    ("origin", "invalid_choice"): NO_COUNTRY,
    ("origin", "needed"): "is needed for a sell offer: the country that the goods come from.",
    ("destinations", "invalid_choice"): NO_COUNTRY,
    ("quantity", "required"): "is needed: a decimal, such as 96 or 0.5.",
    ("unit", "required"): "is needed: the unit of the quantity.",
    ("price", "both"): "contradicts `price_on_request`: true. Send `price`: null with it.",
    ("price", "needed"): "is needed: send a decimal, or null for “on request”.",
    ("currency", "needed"): "is needed with a price.",
    ("price_tiers", "both"): "contradict a price on request. Send `price_tiers`: [] with it.",
    ("price_tiers", "OfABuyInquiry"): "are for sell offers: a buy inquiry has one target price. Send [].",
    ("price_tiers", "SameQuantity"): "start twice from the same quantity.",
    ("price_tiers", "NotTheLeadsPrice"): "must begin with `price`: it is what the smallest quantity costs.",
}


def refused(form: Form) -> Problem:
    """422, naming each member that is wrong."""
    return bad_body(
        Fault("body", name, WORDS.get((name, str(error.code)), str(message)))
        for name, errors in ((_name(one), errors) for one, errors in form.errors.as_data().items())
        for error in errors
        for message in error.messages
    )


def _name(field: str) -> str:
    return OTHER_NAMES.get(field, field).replace("__all__", "")
