"""Cards: put together once, said anew where time or a change in the data asks for it."""

from datetime import timedelta

import pytest

from directory.models import Company, Verification
from offerboard.models import Lead
from offerboard.presentation import LeadCard, ago
from offerboard.selectors.cards import cards_by_id, lead_cards
from tests.factories import NOW, LeadFactory, VerificationFactory

pytestmark = pytest.mark.django_db


def card(seconds: int = 0) -> LeadCard:
    """The only lead's card, so many seconds after NOW."""
    [only] = lead_cards(Lead.objects.all(), now=NOW + timedelta(seconds=seconds))
    return only


def test_time_moves_the_words_that_speak_of_it() -> None:
    LeadFactory(posted_at=NOW - timedelta(hours=3), expires_at=NOW + timedelta(days=4))

    assert (card().posted_ago, card().ends_soon) == ("3 hours ago", "")
    assert (card(7200).posted_ago, card(86_400).ends_soon) == ("5 hours ago", "Ends in 3 days")


@pytest.mark.parametrize("seconds", [61, 89, 91, 3599, 5399, 5401, 86_399, 129_601, 2_678_400, 63_072_000])
def test_the_words_for_a_time_are_those_of_its_half_minute(seconds: int) -> None:
    """Asked twice within it, and once a moment before."""
    moment = NOW - timedelta(seconds=seconds)
    words = ago(moment, now=NOW)

    assert ago(moment, now=NOW + timedelta(milliseconds=999)) == words
    assert words.endswith(" ago")


@pytest.mark.parametrize(
    ("change", "field", "before", "after"),
    [
        ({"title": "Basmati rice"}, "title", "Robusta green coffee, grade 1, screen 18", "Basmati rice"),
        ({"price": None, "currency": ""}, "price", "USD 4,180", ""),
        ({"kind": "buy_inquiry"}, "kind_label", "Sell offer", "Buy inquiry"),
        ({"country": "BR"}, "company_country", "Viet Nam", "Brazil"),
    ],
)
def test_a_change_is_on_the_card_without_anybody_saying_so(
    change: dict[str, object], field: str, before: str, after: str
) -> None:
    """Nothing marks the row as changed: what it says is what counts."""
    LeadFactory()
    assert getattr(card(), field) == before

    Lead.objects.update(**change)

    assert getattr(card(), field) == after


def test_a_new_company_name_and_a_lapsed_badge_are_on_the_card() -> None:
    company = LeadFactory().company
    VerificationFactory(company=company)
    assert card().verified == "Identity verified Sep 2026"

    Company.objects.update(legal_name="Highland Coffee")
    Verification.objects.update(valid_until=NOW)

    assert (card().company_name, card().verified) == ("Highland Coffee", "")


def test_cards_by_id_keep_the_order_and_leave_out_what_is_not_public() -> None:
    first, second, paused = LeadFactory(), LeadFactory(), LeadFactory(state="paused")

    cards = cards_by_id([second.pk, paused.pk, first.pk], now=NOW)

    assert [card.url for card in cards] == [f"/leads/{second.slug}/", f"/leads/{first.slug}/"]
    assert cards_by_id([second.pk], now=NOW + timedelta(days=29)) == []
