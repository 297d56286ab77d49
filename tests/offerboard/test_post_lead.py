"""Posting a lead: what is accepted, what is said about the rest, and that nothing typed is lost."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from directory.models import Company, TeamMember
from offerboard.amounts import NotANumber, TwoReadings, read_amount, write_amount
from offerboard.models import Lead
from tests.factories import NOW, CategoryFactory, CompanyFactory, MemberFactory, TopCategoryFactory
from tests.offerboard.posting import filled, picture

pytestmark = pytest.mark.django_db
NEW = "/leads/new/"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor() -> Member:
    return MemberFactory(company=CompanyFactory(country="VN"), role=TeamMember.Role.EDITOR)


@pytest.fixture
def browser(client: Client, editor: Member) -> Client:
    client.force_login(editor)
    return client


def errors(response: Any) -> dict[str, list[str]]:
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_a_filled_form_puts_the_lead_on_the_board(browser: Client, editor: Member) -> None:
    category = CategoryFactory()

    response = browser.post(NEW, filled(category))

    lead = Lead.objects.get()
    assert (response.status_code, response["Location"]) == (302, reverse("offerboard:lead", args=[lead.slug]))
    assert list(Lead.objects.public(at=NOW)) == [lead]
    assert (lead.company, lead.posted_by, lead.category) == (Company.objects.get(), editor, category)
    assert (lead.quantity, lead.unit, lead.price, lead.currency) == (Decimal(96), "TNE", Decimal("4180.5"), "USD")
    assert (lead.incoterm, lead.place, lead.payment_terms) == ("FOB", "Hồ Chí Minh City", "lc_sight")
    assert (lead.hs_code, lead.hs_edition, lead.origin.code, lead.country.code) == ("090111", 2022, "VN", "VN")
    assert (lead.posted_at, lead.expires_at) == (NOW, NOW + timedelta(days=30))
    assert lead.slug.startswith("robusta-green-coffee-grade-1-screen-18-")


def test_what_may_stay_open_may_stay_open(browser: Client) -> None:
    blank = dict.fromkeys(["origin", "hs_code", "price", "incoterm", "place", "payment_terms"], "")

    browser.post(NEW, filled(kind="buy_inquiry", price_on_request="on", currency="USD", **blank))

    lead = Lead.objects.public(at=NOW).get()
    assert (lead.kind, lead.price, lead.currency, lead.incoterm, lead.origin.code) == ("buy_inquiry", None, "", "", "")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("4180", "4180"),
        ("4,180.50", "4180.50"),
        ("4180,50", "4180.50"),
        ("4.180,50", "4180.50"),
        ("4 180,50", "4180.50"),
        ("4'180.50", "4180.50"),
        ("4,180", "4180"),
        ("12,34,567", "1234567"),
        ("1.234.567", "1234567"),
        ("0,125", "0.125"),
        (".5", "0.5"),
        ("٤١٨٠٫٥", "4180.5"),
    ],
)
def test_amounts_are_read_as_people_write_them(typed: str, meant: str) -> None:
    assert read_amount(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["4,18O", "", "1e5", "NaN", "12 t", "1,000,00", "4180..5", "--5", "9" * 41])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(NotANumber):
        read_amount(typed)


def test_a_number_with_two_readings_is_asked_about(browser: Client) -> None:
    with pytest.raises(TwoReadings):
        read_amount("24.500")

    response = browser.post(NEW, filled(quantity="24.500"))

    assert errors(response) == {"quantity": ["“24.500” can be read as 24500 or as 24.5. Write one of these."]}


@pytest.mark.parametrize("stored", ["4180", "0.5", "24.125", "1000000", "0.0125"])
def test_a_stored_amount_comes_back_as_it_was(stored: str) -> None:
    assert read_amount(write_amount(Decimal(stored))) == Decimal(stored)


NOT_IN_LIST = "Choose one from the list."
DAYS = "Enter a whole number of days from 1 to 365."


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("title", "", "Write in a few words what you offer or look for."),
        ("title", "x" * 161, "Please shorten the title to 160 characters; it has 161."),
        ("category", "", "Choose a category."),
        ("category", "no-such-shelf", "Choose a category from the list."),
        ("description", "  ", "Describe the goods in a sentence or two."),
        ("description", "x" * 8001, "Please shorten the description to 8,000 characters; it has 8001."),
        ("origin", "", "Choose the country the goods come from."),
        ("origin", "XX", NOT_IN_LIST),
        ("hs_code", "7701", "HS 2022 has no chapter 77."),
        ("condition", "shiny", NOT_IN_LIST),
        ("quantity", "", "Enter a quantity, such as 96 or 0.5"),
        ("quantity", "0", "Enter a number above zero."),
        ("quantity", "-5", "Enter a number above zero."),
        ("quantity", "1.2345", "Enter at most 3 digits after the decimal point."),
        ("quantity", "9" * 13, "This number is too large."),
        ("unit", "", "Choose a unit."),
        ("unit", "BAG", NOT_IN_LIST),
        ("price", "", "Enter a price, or tick “Price on request”."),
        ("price", "4,18O", "Enter a number, such as 4180 or 4180.50"),
        ("price", "-1", "Enter a number above zero."),
        ("currency", "", "Choose the currency of the price."),
        ("currency", "BTC", NOT_IN_LIST),
        ("incoterm", "XYZ", NOT_IN_LIST),
        ("place", "", "FOB needs a place. Here: Port of loading."),
        ("place", "x" * 101, "Please shorten the place to 100 characters; it has 101."),
        ("payment_terms", "barter", NOT_IN_LIST),
        ("valid_days", "0", DAYS),
        ("valid_days", "-3", DAYS),
        ("valid_days", "366", DAYS),
        ("valid_days", "a month", DAYS),
        ("kind", "lend", NOT_IN_LIST),
    ],
)
def test_each_wrong_answer_gets_its_message_and_nothing_is_public(
    browser: Client, field: str, typed: str, message: str
) -> None:
    data = filled(**{field: typed})

    response = browser.post(NEW, data)

    assert (response.status_code, errors(response)) == (200, {field: [message]})
    assert list(Lead.objects.exclude(state=Lead.State.DRAFT)) == []
    form = response.context["form"]
    assert {name: form[name].value() for name in data if name not in {"submission", "action"}} == {
        name: value for name, value in data.items() if name not in {"submission", "action"}
    }


def test_a_price_and_on_request_at_once_is_asked_about(browser: Client) -> None:
    response = browser.post(NEW, filled(price_on_request="on"))

    assert errors(response) == {"price": ["Either give a price or tick “Price on request”, not both."]}


def test_a_lead_is_filed_under_a_leaf(browser: Client) -> None:
    response = browser.post(NEW, filled(category=TopCategoryFactory().slug))

    assert errors(response) == {"category": ["Choose a category from the list."]}


def test_the_summary_takes_focus_and_leads_to_the_field(browser: Client) -> None:
    page = browser.post(NEW, filled(price="4,18O")).content.decode()

    assert 'role="alert" tabindex="-1" autofocus' in page
    assert 'href="#id_price">Price: Enter a number, such as 4180 or 4180.50' in page
    assert 'value="4,18O"' in page
    assert page.count('aria-invalid="true"') == 1


def test_a_wrong_form_is_kept_as_a_draft_and_goes_on_from_there(browser: Client) -> None:
    data = filled(price="4,18O")
    response = browser.post(NEW, data)
    draft = Lead.objects.get()
    assert (draft.state, draft.title, draft.price) == ("draft", "Robusta green coffee, grade 1, screen 18", None)
    assert response.context["kept"] == (
        "Saved as a draft. Not saved yet: Price. Correct what is marked, then press the button again."
    )

    browser.post(response.context["action"], data | {"price": "4180"})

    assert [(lead.pk, lead.state, lead.price) for lead in Lead.objects.all()] == [
        (draft.pk, "published", Decimal(4180))
    ]


def test_a_form_without_anything_leaves_no_draft_behind(browser: Client) -> None:
    response = browser.post(NEW, {"action": "publish", "kind": "sell_offer", "valid_days": "30"})

    assert len(errors(response)) == 7
    assert list(Lead.objects.all()) == []


def test_a_draft_needs_a_title_and_no_more(browser: Client) -> None:
    nothing = browser.post(NEW, {"action": "draft", "kind": "sell_offer", "valid_days": "30"})
    assert errors(nothing) == {"title": ["Write at least a title before you save."]}

    response = browser.post(NEW, {"action": "draft", "kind": "buy_inquiry", "title": "Jute bags", "valid_days": "30"})

    draft = Lead.objects.get()
    assert response["Location"] == reverse("offerboard:edit", args=[draft.slug])
    assert (draft.state, draft.title, draft.category, draft.quantity) == ("draft", "Jute bags", None, None)
    assert browser.get(response["Location"]).status_code == 200


def test_a_draft_keeps_a_price_without_its_currency(browser: Client) -> None:
    browser.post(NEW, filled(action="draft", currency=""))

    draft = Lead.objects.get()
    assert (draft.state, draft.price, draft.currency) == ("draft", Decimal("4180.5"), "")


def test_a_draft_says_what_cannot_be_read_and_keeps_the_rest(browser: Client) -> None:
    response = browser.post(NEW, filled(action="draft", quantity="many", description=""))

    assert errors(response) == {"quantity": ["Enter a number, such as 4180 or 4180.50"]}
    assert [(lead.title, lead.quantity) for lead in Lead.objects.all()] == [
        ("Robusta green coffee, grade 1, screen 18", None)
    ]


def test_what_a_draft_could_not_keep_is_named_in_the_order_of_the_form(browser: Client) -> None:
    wrong = {"quantity": "ten", "lead_time_days": "two weeks", "hs_code": "coffee", "description": ""}

    response = browser.post(NEW, filled(**wrong))

    assert response.context["kept"] == (
        "Saved as a draft. Not saved yet: HS code, Quantity, Lead time (days)."
        " Correct what is marked, then press the button again."
    )
    draft = Lead.objects.get()
    assert (draft.state, draft.hs_code, draft.quantity, draft.lead_time_days) == ("draft", "", None, None)


def test_what_is_only_missing_is_not_called_unsaved(browser: Client) -> None:
    response = browser.post(NEW, filled(quantity="", origin="", place=""))

    assert response.context["kept"] == "Saved as a draft. Correct what is marked, then press the button again."


@pytest.mark.promise("contact-details-masked")
def test_contact_details_are_hidden_before_they_are_stored_and_the_member_is_told(browser: Client) -> None:
    hidden = {
        "title": "Robusta, call +84 262 381 2345",
        "description": "Write to amara@example.com or WhatsApp 0262 381 2345.",
    }

    response = browser.post(NEW, filled(**hidden))

    lead = Lead.objects.get()
    assert (lead.title, lead.description) == (
        "Robusta, call [telephone hidden]",
        "Write to [e-mail hidden] or WhatsApp [telephone hidden].",
    )
    assert lead.slug.rpartition("-")[0] == "robusta-call-telephone-hidden"
    assert said(response)[0].startswith("We hid an e-mail address or telephone number in your text.")


def test_masking_never_outgrows_the_column(browser: Client) -> None:
    browser.post(NEW, filled(title="x" * 141 + " +84 262 381 2345", place="y" * 84 + " +84262 381 2345"))

    lead = Lead.objects.get()
    assert (len(lead.title), len(lead.place), "381" in lead.title + lead.place) == (160, 100, False)


def test_the_same_form_twice_posts_once(browser: Client) -> None:
    data = filled()
    browser.post(NEW, data)
    before = list(Lead.objects.values())

    response = browser.post(NEW, data | {"title": "Something else"}, follow=True)

    assert list(Lead.objects.values()) == before
    assert response.redirect_chain == [(reverse("offerboard:lead", args=[before[0]["slug"]]), 302)]
    assert "You have posted this lead already. Nothing was changed." in response.content.decode()


def test_a_saved_draft_sent_again_from_the_same_page_stays_one(browser: Client) -> None:
    data = filled(action="draft")
    browser.post(NEW, data)

    browser.post(NEW, data | {"title": "Robusta, new crop"})

    assert [lead.title for lead in Lead.objects.all()] == ["Robusta, new crop"]


def test_a_number_known_to_another_company_opens_nothing_of_it(browser: Client) -> None:
    data = filled(action="draft")
    browser.post(NEW, data)
    theirs = Client()
    theirs.force_login(MemberFactory(company=CompanyFactory()))

    theirs.post(NEW, data | {"title": "Copied"})

    assert [lead.title for lead in Lead.objects.order_by("pk")] == [data["title"], "Copied"]


@pytest.mark.parametrize("state", [Company.State.HIDDEN, Company.State.SUSPENDED, Company.State.DRAFT])
def test_a_company_outside_the_directory_keeps_a_draft(browser: Client, state: str) -> None:
    Company.objects.update(state=state)
    assert "Your company is not shown in the directory" in browser.get(NEW).content.decode()

    response = browser.post(NEW, filled())

    draft = Lead.objects.get()
    assert (draft.state, response["Location"]) == ("draft", reverse("offerboard:edit", args=[draft.slug]))
    assert said(response)[0].startswith("Your company is not shown in the directory at the moment")


def test_where_leads_are_reviewed_first_it_waits(browser: Client, settings: Any) -> None:
    settings.LEADS_REVIEWED_FIRST = True

    response = browser.post(NEW, filled())

    assert [lead.state for lead in Lead.objects.all()] == ["pending"]
    assert list(Lead.objects.public(at=NOW)) == []
    assert response["Location"] == "/my/leads/?state=waiting"


def test_ten_megabytes_of_text_are_turned_away_plainly(browser: Client) -> None:
    response = browser.post(NEW, filled(description="x" * 10 * 1024 * 1024))

    assert (response.status_code, "too large" in response.content.decode()) == (400, True)
    assert list(Lead.objects.all()) == []


def test_the_page_carries_the_words_people_look_for(browser: Client) -> None:
    form = browser.get(NEW).context["form"]

    assert [form[name].label_text for name in form.fields if not name.startswith(("submission", "remove"))] == [
        *("I want to", "Title", "Category", "Description", "Country of origin", "HS code (optional)"),
        *(
            "Condition (optional)",
            "Quantity",
            "Unit",
            "Price",
            "Currency",
            "Price on request",
            "Prices by quantity (optional)",
        ),
        *("Incoterms (optional)", "Place (optional)", "Payment terms (optional)", "Valid for (days)"),
        *("Brand", "Model", "Packaging", "Samples"),
        *("Lead time (days)", "Destination countries", "Documents (optional)", "Pictures (optional)"),
    ]
    assert [label for _value, label in form.fields["kind"].choices] == ["Sell", "Buy"]


def test_categories_stand_under_their_tops(browser: Client) -> None:
    leaf = CategoryFactory(name="Green coffee", slug="raw-coffee", parent__name="Food for trade")
    CategoryFactory(name="Tea", slug="raw-tea", parent=leaf.parent)

    page = browser.get(NEW).content.decode()

    group = page.split('<optgroup label="Food for trade">')[1].split("</optgroup>")[0]
    assert [name in group for name in ('value="raw-coffee">Green coffee', 'value="raw-tea">Tea')] == [True, True]


def test_many_categories_cost_no_more_queries(browser: Client, django_assert_max_num_queries: Any) -> None:
    CategoryFactory.create_batch(30)
    browser.get(NEW)  # the first page of a session also notes where the member is logged in

    with django_assert_max_num_queries(10):
        browser.get(NEW)


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("stranger", 302), (None, 302)])
def test_who_may_not_post_changes_nothing(client: Client, role: str | None, status: int) -> None:
    if role == "viewer":
        client.force_login(MemberFactory(company=CompanyFactory(), role=role))
    elif role == "stranger":
        client.force_login(MemberFactory())  # acts for no company

    response = client.post(NEW, filled() | {"pictures": picture()})

    assert (response.status_code, list(Lead.objects.all())) == (status, [])
