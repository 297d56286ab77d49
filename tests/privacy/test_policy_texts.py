"""The shipped texts say what the law wants said, and name what the program really does."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from privacy.consents import purposes
from privacy.cookies import necessary
from privacy.policies import first_texts

# GDPR art. 13(1) and (2), art. 14(2)(f): words without which the item is not answered.
ITEMS = {
    "13(1)(a) the controller": ["The operator of this market is responsible", "contact page"],
    "13(1)(b) whom to ask": ["privacy address", "data protection officer"],
    "13(1)(c) purposes and their ground": ["name each purpose, the data used for it and the legal basis"],
    "13(1)(d) legitimate interests": ["legitimate interests, and then the table names the interest"],
    "13(1)(e) receivers": ["run our servers and carry our mail", "Courts and authorities", "Professional advisers"],
    "13(1)(f) other countries": [
        "outside the European Economic Area",
        "ground on which data may go there",
        "Public pages are read in every",
    ],
    "13(2)(a) how long": ["how long each kind of data is kept"],
    "13(2)(b) rights": [
        "have a copy",
        "corrected",
        "deleted",
        "restriction",
        "object",
        "take your data to somebody else",
    ],
    "13(2)(c) taking consent back": ["You can take it back at any time"],
    "13(2)(d) complaint": ["complain to a data protection authority"],
    "13(2)(e) what is required": ["Without them we cannot make the agreement with you", "voluntary"],
    "13(2)(f) decisions by programs": ["by software alone"],
    "14(2)(f) other sources": ["public registers", "A colleague who invites you"],
    "12(3) a month": ["within one month"],
    "minors": ["18 or older"],
    "a sale of the business": ["sold or merged"],
}


@pytest.mark.parametrize("item", ITEMS)
def test_the_privacy_policy_answers_each_item_of_the_law(item: str) -> None:
    text = first_texts()["privacy"]

    assert [words for words in ITEMS[item] if words not in text] == []


def test_the_cookie_policy_names_exactly_the_cookies_that_the_server_lets_out() -> None:
    named = set(re.findall("“([a-z]+)”", first_texts()["cookies"]))
    declared = {name.removeprefix("__Host-") for name in necessary()}
    optional = {cookie.name for purpose in purposes().values() for cookie in purpose.cookies}

    assert named == declared | optional


def test_the_terms_end_the_licence_with_the_lead() -> None:
    assert "This permission ends when you withdraw what you published" in first_texts()["terms"]


@pytest.mark.django_db
def test_what_we_refuse_is_a_page_with_a_reason_for_each_claim() -> None:
    page = Client().get(reverse("privacy:refusals")).content.decode()

    assert page.count("<h2 class") == page.count("<b>Here:</b>") == 11
