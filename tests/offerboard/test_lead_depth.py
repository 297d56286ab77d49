"""What a lead may say beyond the first questions, and prices that fall with the quantity."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from directory.models import Company, TeamMember
from offerboard.models import Lead, PriceTier
from offerboard.services.leads import LeadDetails, create_draft
from offerboard.services.tiers import set_tiers
from offerboard.tiers import Tier
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory, PriceTierFactory
from tests.offerboard.posting import filled

pytestmark = pytest.mark.django_db
NEW = "/leads/new/"
DEEP = {
    "brand": "Dak Hoa",
    "model": "S18",
    "packaging": "Bags of 60 kg",
    "samples": "free",
    "lead_time_days": "14",
    "destinations": ["DE", "IT"],
}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(MemberFactory(company=CompanyFactory(), role=TeamMember.Role.EDITOR))
    return client


def editor_of(lead: Lead) -> Client:
    client = Client()
    client.force_login(MemberFactory(company=lead.company))
    return client


def steps(*pairs: tuple[str, str]) -> dict[str, list[str]]:
    """What the rows of prices send."""
    return {"tiers_quantity": [pair[0] for pair in pairs], "tiers_price": [pair[1] for pair in pairs]}


def stored() -> list[tuple[int, Decimal, Decimal]]:
    return list(PriceTier.objects.values_list("place", "min_quantity", "price"))


def errors(response: Any) -> dict[str, list[str]]:
    return {name: list(found) for name, found in response.context["form"].errors.items()}


# --- details of the goods -----------------------------------------------------------------------------------------


def test_a_lead_says_all_of_it_and_its_page_shows_it(browser: Client) -> None:
    browser.post(NEW, filled(**DEEP))

    lead = Lead.objects.public(at=NOW).get()
    assert (lead.brand, lead.model, lead.packaging, lead.samples) == ("Dak Hoa", "S18", "Bags of 60 kg", "free")
    assert (lead.lead_time_days, lead.destinations) == (14, ["DE", "IT"])
    page = Client().get(lead.get_absolute_url()).content.decode()
    for words in ("Dak Hoa", "S18", "Bags of 60 kg", "Free of charge", "14 days", "Germany, Italy"):
        assert f"<bdi>{words}</bdi>" in page


def test_what_is_left_open_is_said_to_be_left_open(browser: Client) -> None:
    browser.post(NEW, filled())

    page = Client().get(Lead.objects.public(at=NOW).get().get_absolute_url()).content.decode()
    for name in ("Brand", "Model", "Packaging", "Destination", "Lead time", "Samples"):
        assert f'<th scope="row">{name}</th><td><span class="muted">Not stated</span></td>' in page


def test_no_waiting_time_is_an_answer_and_stays_one(browser: Client) -> None:
    browser.post(NEW, filled(lead_time_days="0"))

    lead = Lead.objects.public(at=NOW).get()
    form = browser.get(reverse("offerboard:edit", args=[lead.slug])).context["form"]
    assert (lead.lead_time_days, form["lead_time_days"].value(), form.more_is_open) == (0, 0, True)
    assert "<bdi>In stock</bdi>" in browser.get(lead.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"lead_time_days": "1001"}, "Enter a whole number of days from 0 to 1,000."),
        ({"lead_time_days": "soon"}, "Enter a whole number of days from 0 to 1,000."),
        ({"samples": "many"}, "Choose one from the list."),
        ({"destinations": ["DE", "XX"]}, "Choose countries from the list."),
        ({"brand": "x" * 81}, "Please shorten this to 80 characters; it has 81."),
    ],
)
def test_a_wrong_answer_keeps_the_lead_off_the_board_and_stands_beside_its_field(
    browser: Client, wrong: dict[str, Any], problem: str
) -> None:
    response = browser.post(NEW, filled(**wrong))

    assert errors(response) == {next(iter(wrong)): [problem]}
    assert (list(Lead.objects.public(at=NOW)), response.context["form"].more_is_open) == ([], True)


def test_contact_details_are_hidden_in_these_fields_too(browser: Client) -> None:
    browser.post(NEW, filled(brand="amara@example.com", model="a@b.example", packaging="Call +84 262 381 2345"))

    lead = Lead.objects.get()
    assert (lead.brand, lead.model, lead.packaging) == ("[e-mail hidden]", "[e-mail hidden]", "Call [telephone hidden]")


def test_the_folded_sections_are_closed_until_there_is_something_in_them(browser: Client) -> None:
    form = browser.get(NEW).context["form"]
    lead, plain = LeadFactory(brand="Dak Hoa"), LeadFactory()
    PriceTierFactory(lead=lead)
    forms = [editor_of(one).get(reverse("offerboard:edit", args=[one.slug])).context["form"] for one in (lead, plain)]

    assert [(one.more_is_open, one.tiers_are_open) for one in [form, *forms]] == [
        *((False, False), (True, True), (False, False)),
    ]


# --- prices by quantity -------------------------------------------------------------------------------------------


def test_prices_by_quantity_are_kept_by_growing_quantity(browser: Client) -> None:
    browser.post(NEW, filled(price="4180", **steps(("50", "4,060.50"), ("", ""), ("10", "4180"))))

    assert stored() == [(1, Decimal(10), Decimal(4180)), (2, Decimal(50), Decimal("4060.5"))]
    assert list(Lead.objects.public(at=NOW)) == list(Lead.objects.all())


def test_without_a_price_of_its_own_the_lead_costs_what_the_smallest_quantity_costs(browser: Client) -> None:
    """Also when it goes by way of a draft and its preview."""
    browser.post(NEW, filled(action="draft", price="", **steps(("10", "4180"), ("50", "4060"))))
    draft = Lead.objects.get()

    browser.post(reverse("offerboard:publish", args=[draft.slug]))

    lead = Lead.objects.public(at=NOW).get()
    assert (lead.price, lead.price_on_request) == (Decimal(4180), False)


@pytest.mark.parametrize(
    ("rows", "others", "problem"),
    [
        (
            [("10", "4180"), ("50", "4200")],
            {},
            "A larger quantity costs more here than a smaller one. Check the prices.",
        ),
        ([("10", "4180"), ("10", "4060")], {}, "Two rows start from the same quantity. Keep one of them."),
        ([("10", "4000")], {}, "The first row must have the lead’s price, as it is the smallest quantity’s."),
        ([("10", "4180"), ("50", "")], {}, "Row 2: Enter the price from this quantity on."),
        ([("", "4180")], {}, "Row 1: Enter the quantity from which the price holds."),
        ([("many", "4180")], {}, "Row 1: Enter a number, such as 4180 or 4180.50"),
        ([("10", "4180"), ("0", "4060")], {}, "Row 2: Enter a number above zero."),
        ([(str(n), "4180") for n in range(1, 8)], {}, "A lead has room for 6 prices; there are 7 rows."),
        (
            [("10", "4180")],
            {"kind": "buy_inquiry"},
            "A buy inquiry has one target price. Empty these rows, or choose “Sell”.",
        ),
        (
            [("10", "4180")],
            {"price": "", "price_on_request": "on"},
            "Either give prices or tick “Price on request”, not both.",
        ),
    ],
)
def test_prices_that_cannot_be_are_refused_and_what_was_typed_stays(
    browser: Client, rows: list[tuple[str, str]], others: dict[str, str], problem: str
) -> None:
    response = browser.post(NEW, filled(**{"price": "4180"} | others | steps(*rows)))

    assert errors(response) == {"tiers": [problem]}
    assert list(Lead.objects.public(at=NOW)) == []
    page = response.content.decode()
    for quantity, price in rows:
        assert f'value="{quantity}"' in page
        assert f'value="{price}"' in page


def test_a_thousand_rows_are_answered_plainly(browser: Client) -> None:
    response = browser.post(NEW, filled(**steps(*[("1", "1")] * 200)))

    assert errors(response) == {"tiers": ["A lead has room for 6 prices; there are 60 rows."]}
    assert stored() == [(1, Decimal(1), Decimal(1))]  # the draft keeps each quantity once


def test_three_rows_stand_open_and_three_wait_folded(browser: Client) -> None:
    page = browser.get(NEW).content.decode()

    rows = page.split('class="tier-rows"')[1].split("</fieldset>")[0]
    open_part, folded = rows.split("<details")
    assert (open_part.count('name="tiers_quantity"'), folded.count('name="tiers_quantity"')) == (3, 3)
    assert folded.startswith(' class="fold">')


def test_the_form_shows_stored_prices_so_that_saving_it_changes_nothing() -> None:
    lead = LeadFactory(price=Decimal("1.25"))
    set_tiers(lead=lead, tiers=[Tier(Decimal("10.125"), Decimal("1.25")), Tier(Decimal(4000), Decimal("1.125"))])
    before = list(PriceTier.objects.values())
    browser = editor_of(lead)
    form = browser.get(reverse("offerboard:edit", args=[lead.slug])).context["form"]
    rows = form["tiers"].value()

    browser.post(
        reverse("offerboard:edit", args=[lead.slug]),
        filled(lead.category, action="save", submission=None, price="1.25", **steps(*rows)),
    )

    assert rows == [("10.1250", "1.25"), ("4000", "1.1250")]  # so that nobody can read 10125
    assert list(PriceTier.objects.values()) == before  # the same rows, not new ones


def test_emptied_rows_take_the_prices_away() -> None:
    lead = LeadFactory()
    PriceTierFactory(lead=lead)

    editor_of(lead).post(
        reverse("offerboard:edit", args=[lead.slug]),
        filled(lead.category, action="save", submission=None, price="4180", **steps(("", ""))),
    )

    assert stored() == []


def test_the_page_shows_a_table_and_cards_the_price_that_everybody_pays() -> None:
    lead = LeadFactory()
    set_tiers(lead=lead, tiers=[Tier(Decimal(10), Decimal(4180)), Tier(Decimal(50), Decimal(4060))])
    LeadFactory(title="One price")

    page = Client().get(lead.get_absolute_url()).content.decode()
    board = Client().get("/leads/").content.decode()

    assert '<tr><td>10 to below 50 t</td><td class="num">USD 4,180</td></tr>' in page
    assert '<tr><td>50 t and more</td><td class="num">USD 4,060</td></tr>' in page
    assert board.count("<b>USD 4,180</b>") == 2
    assert board.count("per tonne, from 50\u00a0t: USD\u00a04,060") == 1


def test_the_lowest_price_is_said_with_the_smallest_quantity_that_has_it() -> None:
    lead = LeadFactory(unit="KGM", price="9.20")
    prices = {100: "9.20", 500: "8.90", 2000: "8.90"}
    set_tiers(lead=lead, tiers=[Tier(Decimal(quantity), Decimal(price)) for quantity, price in prices.items()])

    [card] = Client().get("/leads/").context["page"].cards

    assert card.price_note == "per kilogram, from 500\u00a0kg: USD\u00a08.90"


def test_cards_show_the_price_by_which_they_are_sorted_and_filtered() -> None:
    bulk = LeadFactory(title="Cheap in bulk", price="4180")
    set_tiers(lead=bulk, tiers=[Tier(Decimal(10), Decimal(4180)), Tier(Decimal(96), Decimal(1))])
    LeadFactory(title="One price", price="4100")

    pages = [
        Client().get("/leads/", {"currency": "USD", **asked}).context["page"]
        for asked in ({"sort": "price"}, {"price_max": "4150"})
    ]

    shown = [[(card.title, card.price) for card in page.cards] for page in pages]
    assert shown == [[("One price", "USD 4,100"), ("Cheap in bulk", "USD 4,180")], [("One price", "USD 4,100")]]


@pytest.mark.parametrize(
    "row",
    [
        {"place": 0},
        {"place": 7},
        {"place": 1},
        {"place": 2, "min_quantity": Decimal(10)},
        {"place": 2, "min_quantity": Decimal(0)},
        {"place": 2, "price": Decimal(0)},
    ],
)
def test_the_database_holds_six_tiers_each_for_a_quantity_of_its_own(row: dict[str, Any]) -> None:
    lead = LeadFactory()
    PriceTierFactory(lead=lead)
    before = stored()

    with pytest.raises(IntegrityError), transaction.atomic():
        PriceTierFactory(**{"lead": lead, "min_quantity": Decimal(20)} | row)

    assert stored() == before


@pytest.mark.django_db(transaction=True)
def test_a_seventh_tier_leaves_no_draft_behind() -> None:
    member = MemberFactory(company=CompanyFactory())
    tiers = tuple(Tier(Decimal(n), Decimal(1)) for n in range(1, 8))
    details = LeadDetails(title="Seven", tiers=tiers)

    with pytest.raises(IntegrityError):
        create_draft(company=Company.objects.get(), member=member, submission=uuid4(), details=details, now=NOW)

    assert (list(Lead.objects.all()), stored()) == ([], [])
