"""A mail to many is written in admin: what its form asks, refuses and keeps."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client

from mailings.models import Campaign, CampaignText
from mailings.services import campaigns as services
from tests.factories import NOW, TopCategoryFactory
from tests.mailings.campaigning import fresh, release, write
from tests.mailings.desk import ADD, LIST, OFFER, TEXT, announcement, form, form_of, place, writer
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
OFFER_IS_WHOLE = "An offer has a title, words on its button and an address behind it."
ARABIC = {"language": "ar", "subject": "أخبار", "body": "في اللوحة مرشح جديد."}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def words() -> dict[str, str]:
    return dict(CampaignText.objects.values_list("language", "subject"))


def said(answer: Any) -> str:
    """What the page says, its errors included."""
    assert answer.status_code == 200
    return str(answer.content.decode())


# --- what is kept --------------------------------------------------------------------------------------------------


def test_a_draft_keeps_its_filters_and_a_text_in_each_language() -> None:
    """Arabic is to be had, although the site itself is not translated."""
    industry, client = TopCategoryFactory(), writer(email="tunde@example.com")
    chosen = {
        "countries": ["KE", "VN"],
        "industries": [industry.slug],
        "business_types": ["grower"],
        "tiers": ["member"],
        "languages": ["en"],
    }

    answer = client.post(ADD, form(TEXT, ARABIC | OFFER, **chosen))

    draft = Campaign.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, place("change", draft))
    assert (draft.state, draft.written_by.email, draft.written_at) == ("draft", "tunde@example.com", NOW)  # type: ignore[union-attr]
    assert {name: sorted(getattr(draft, name)) for name in chosen} == chosen
    assert words() == {"en": "News of November", "ar": "أخبار"}
    assert CampaignText.objects.get(language="ar").offer_link == "https://fair.example/"


def test_its_address_is_made_once_and_two_may_have_one_title() -> None:
    client = writer()
    client.post(ADD, form(title="November & more"))
    client.post(ADD, form(title="November & more"))
    one, other = Campaign.objects.order_by("pk")

    client.post(place("change", one), form_of(one, title="December"))

    assert fresh(one).slug == one.slug
    assert fresh(one).title == "December"
    assert one.slug != other.slug
    assert {slug.rpartition("-")[0] for slug in (one.slug, other.slug)} == {"2026-11"}


def test_its_title_stands_in_no_address_that_readers_see() -> None:
    """A copy's neither."""
    client = writer()
    client.post(ADD, form(title="Hana's second try"))
    services.copy_campaign(campaign=Campaign.objects.get(), writer=make_staff(), now=NOW)

    slugs = list(Campaign.objects.values_list("slug", flat=True))
    assert [re.fullmatch(r"2026-11-[0-9a-f]{8}", slug) is not None for slug in slugs] == [True, True]
    assert "For staff; no reader sees it." in said(client.get(ADD))


def test_its_history_names_what_was_changed_and_nothing_that_nobody_typed() -> None:
    draft = write()
    client = writer()

    client.post(place("change", draft), form_of(draft, title="December"))
    client.post(place("change", draft), form_of(fresh(draft), {"subject": "Other words"}))

    first, second = (entry.get_change_message() for entry in LogEntry.objects.order_by("pk"))
    assert first == "Changed Title."
    assert "seen" not in second.lower()


def test_whoever_changes_only_a_text_is_the_author_now(clock: time_machine.Traveller) -> None:
    """So that no announcement is released by the one who wrote its last words."""
    draft = write("announcement")
    clock.shift(timedelta(hours=1))

    writer(email="hana@example.com").post(place("change", draft), form_of(draft, {"subject": "Other words"}))

    assert words() == {"en": "Other words"}
    assert fresh(draft).written_by.email == "hana@example.com"  # type: ignore[union-attr]
    assert fresh(draft).written_at == NOW + timedelta(hours=1)


def test_saving_without_a_change_makes_nobody_an_author(clock: time_machine.Traveller) -> None:
    """Also where a browser parts lines in its own way."""
    draft = write("announcement", texts={"en": {"subject": "News", "body": "One.\n\nTwo."}})
    clock.shift(timedelta(hours=1))

    sent = form_of(draft, {"body": "One.\r\n\r\nTwo."})
    answer = writer(email="hana@example.com").post(place("change", draft), sent)

    assert answer.status_code == 302
    assert (fresh(draft).written_by, fresh(draft).written_at) == (draft.written_by, NOW)
    assert not draft.writers.exists()


def test_the_first_author_is_remembered_when_another_writes_after_them() -> None:
    hana, tunde = make_staff("communications", email="hana@example.com"), make_staff("communications")
    hanas = at_work(hana)
    hanas.post(ADD, announcement())
    draft = Campaign.objects.get()

    at_work(tunde).post(place("change", draft), form_of(draft, {"subject": "Other words"}))
    page = hanas.get(place("release", draft))

    assert set(draft.writers.values_list("member", flat=True)) == {hana.pk, tunde.pk}
    assert "nobody who wrote in it can release it" in said(page)


def test_control_signs_are_left_out_and_lines_are_parted_in_one_way() -> None:
    sent = {**TEXT, "subject": "News\rBcc:\x1b x\x00", "body": "One.\r\n\r\nTwo.\rThree\x08.\x1b[31m\u2028Four\t4."}

    writer().post(ADD, form(sent, title="Novem\x07ber"))

    text = CampaignText.objects.get()
    assert (text.subject, text.body) == ("News Bcc: x", "One.\n\nTwo.\nThree.[31m\nFour\t4.")
    assert text.campaign.title == "November"


def test_marketing_keeps_no_reason_and_an_announcement_no_topic() -> None:
    client = writer()

    client.post(ADD, form(reason="law"))
    client.post(ADD, announcement(topic="events"))

    assert sorted(Campaign.objects.values_list("kind", "topic", "reason")) == [
        ("announcement", "", "service"),
        ("marketing", "newsletter", ""),
    ]


# --- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (announcement({**TEXT, "body": "Now 20% off."}), "In English this announcement promotes something: “20% off”."),
        (announcement(TEXT, {**ARABIC, "body": "خصم للجميع"}), "In Arabic this announcement promotes something: “خصم”"),
        (announcement({**TEXT, "body": "Visit acme.example.com"}), "“acme.example.com”. Take this out, or send it as"),
        (announcement({**TEXT, **OFFER}), "promotes something: the block with an offer."),
        (announcement(reason=""), "Say why everybody must hear of it"),
        (form(topic=""), "Choose what people have said yes to."),
        (form(topic="horoscopes"), "horoscopes is not one of the available choices"),
        (form(countries=["XX"]), "XX is not one of the available choices"),
        (form({**TEXT, "language": "xx"}), "xx is not one of the available choices"),
        (form(default_language="fr"), "Write a text in French, the language for everybody else."),
        (form(TEXT, {**TEXT, "subject": "Again"}), "There are two texts in one language."),
        (form({**TEXT, "offer_title": "Stand 12"}), "An offer has a title, words on its button and an address"),
        (form({**TEXT, "offer_text": "Coffee is on us."}), "An offer has a title, words on its button"),
        (form({**TEXT, "body": "One.\n[x](javascript:x)"}), "Line 2: the link “[x](javascript:x)” leads nowhere."),
        (form({**TEXT, **OFFER, "offer_text": "![x](/x.png)"}), "Line 1: “![x](/x.png)” is a picture"),
        (form(**{"texts-TOTAL_FORMS": 0}), "Write the text in at least one language."),
    ],
)  # fmt: skip
def test_what_could_not_be_sent_is_not_saved(sent: dict[str, Any], error: str) -> None:
    """The error names the language and what was found in it."""
    answer = writer().post(ADD, sent)

    assert error in said(answer)
    assert not Campaign.objects.exists()


def test_a_warning_against_fraud_that_quotes_it_is_saved_and_the_form_says_so_before() -> None:
    client, quoting = writer(), {**TEXT, "body": "They write “Buy now and save money”."}

    asked = said(client.get(ADD))
    refused = client.post(ADD, announcement(quoting))
    client.post(ADD, announcement(quoting, reason="fraud"))

    assert "may quote words that sell, within quotation marks" in asked
    assert "“buy now”" in said(refused)
    assert list(Campaign.objects.values_list("reason", flat=True)) == ["fraud"]


def test_marketing_without_a_postal_address_is_not_saved(settings: Any) -> None:
    settings.OPERATOR = {**settings.OPERATOR, "address": ""}

    answer = writer().post(ADD, form())

    assert "As it would arrive in English it lacks our postal address (OPERATOR_ADDRESS)." in said(answer)
    assert not Campaign.objects.exists()


def test_a_draft_that_becomes_an_announcement_has_to_lose_its_offer() -> None:
    draft = write(texts={"en": {"subject": "Fair", "body": "Come.", **OFFER}})
    client = writer()

    refused = client.post(place("change", draft), form_of(draft, kind="announcement", reason="service", topic=""))
    before = fresh(draft).kind
    client.post(place("change", draft), form_of(draft, dict.fromkeys(OFFER, ""), kind="announcement", reason="service"))

    assert "the block with an offer" in said(refused)
    assert (before, fresh(draft).kind, fresh(draft).topic) == ("marketing", "announcement", "")


def test_words_that_somebody_else_has_changed_meanwhile_are_not_written_over() -> None:
    """What was typed stays in the form."""
    draft = write()
    opened = form_of(draft, {"subject": "Mine"})
    services.change_campaign(campaign=fresh(draft), writer=make_staff(), seen=NOW, now=NOW + timedelta(minutes=1))

    answer = writer().post(place("change", draft), opened)

    assert "Mona Moderator has changed this meanwhile." in said(answer)
    assert 'value="Mine"' in said(answer)
    assert words() == {"en": "News of November"}


@pytest.mark.parametrize(
    "meanwhile",
    [{"state": "approved", "approved_at": NOW, "starts_at": NOW}, {"written_at": NOW + timedelta(seconds=1)}],
)
def test_what_happens_at_the_moment_of_saving_wins(monkeypatch: pytest.MonkeyPatch, meanwhile: dict[str, Any]) -> None:
    """A release, or another change, between the form's look at the draft and its writing."""
    draft = write()
    client, change = writer(), services.change_campaign

    def something_then_change(**arguments: Any) -> None:
        Campaign.objects.filter(pk=draft.pk).update(**meanwhile)
        change(**arguments)

    monkeypatch.setattr(services, "change_campaign", something_then_change)

    answer = client.post(place("change", draft), form_of(draft, {"subject": "Late"}, title="Late"), follow=True)

    assert "Your changes are not saved." in said(answer)
    assert (words(), fresh(draft).title) == ({"en": "News of November"}, "November")


@pytest.mark.parametrize("state", ["approved", "sending", "paused", "done", "cancelled"])
def test_what_is_no_draft_is_only_read(state: str) -> None:
    campaign = release(write())
    ended = {"ended_at": NOW} if state in {"done", "cancelled"} else {}
    cancelled = {"cancelled_at": NOW} if state == "cancelled" else {}
    Campaign.objects.filter(pk=campaign.pk).update(state=state, **ended, **cancelled)
    client, before = writer(), Campaign.objects.values().get()

    answers = [client.post(place(page, campaign), form_of(campaign, {"subject": "x"})) for page in ("change", "delete")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert (Campaign.objects.values().get(), words()) == (before, {"en": "News of November"})


# --- how it is laid out ----------------------------------------------------------------------------------------------


def test_words_are_asked_for_before_readers() -> None:
    page = said(writer().get(ADD))

    asked = ["title", "kind", "topic", "reason", "texts-0-subject", "texts-0-body", "countries", "languages"]
    places = [page.index(f'name="{name}"') for name in asked]
    assert places == sorted(places)
    assert places[-1] < page.index('id="readers"')


def test_each_error_is_listed_above_with_the_way_to_its_field() -> None:
    """Also of fields that are far below, and of the texts as a whole."""
    broken = form(TEXT, {**TEXT, "subject": "", "offer_text": "Free."}, topic="", countries=["XX"])

    page = said(writer().post(ADD, broken))
    listed = re.findall(r'<li><a href="#([^"]*)">([^<]*)</a>: ([^<]*)</li>', page)

    assert listed == [
        ("id_topic", "Topic, of marketing", "Choose what people have said yes to."),
        ("id_countries", "Countries", "Select a valid choice. XX is not one of the available choices."),
        ("id_texts-1-subject", "Text in English, Subject", "This field is required."),
        *(
            (f"id_texts-1-{name}", f"Text in English, {label}", OFFER_IS_WHOLE)
            for name, label in [
                ("offer_title", "Title of the offer"),
                ("offer_button", "Words on its button"),
                ("offer_link", "Address behind its button"),
            ]
        ),
    ]
    assert [anchor for anchor, _place, _words in listed if f'id="{anchor}"' not in page] == []
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    ("sent", "listed"),
    [
        (form(default_language="fr"), ("texts-group", "Texts", "Write a text in French, the language for everybody")),
        (
            announcement({**TEXT, "body": "Now 20% off."}),
            ("id_texts-0-body", "Text in English, Text", "In English this"),
        ),
    ],
)
def test_what_is_wrong_with_a_text_as_it_would_arrive_is_listed_too(
    sent: dict[str, Any], listed: tuple[str, str, str]
) -> None:
    page = said(writer().post(ADD, sent))

    anchor, place_of_it, words_of_it = listed
    assert f'<li><a href="#{anchor}">{place_of_it}</a>: {words_of_it}' in page
    assert f'id="{anchor}"' in page


def test_a_page_without_an_error_lists_none() -> None:
    assert 'class="faults"' not in said(writer().get(ADD))


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["moderator", "privacy officer"])
def test_others_of_the_staff_neither_see_nor_write_campaigns(group: str) -> None:
    draft, client = write(), at_work(make_staff(group))
    pages = [LIST, ADD, *(place(page, draft) for page in ("change", "preview", "mail", "test", "release", "progress"))]
    pages += [place("step", draft, "cancel"), place("copy", draft)]

    answers = {client.get(page).status_code for page in pages} | {
        client.post(page, form()).status_code for page in pages
    }

    assert (answers, Campaign.objects.count(), fresh(draft).state) == ({403}, 1, "draft")


def test_a_draft_may_be_thrown_away_by_whoever_writes_and_nothing_that_was_released() -> None:
    """From its own page; the list offers no deleting in bulk."""
    draft, kept, released = write(), write(), release(write())
    client = writer(email="tunde@example.com")

    client.post(LIST, {"action": "delete_selected", "_selected_action": [kept.pk], "post": "yes"})
    client.post(place("delete", draft), {"post": "yes"})
    refused = client.post(place("delete", released), {"post": "yes"}).status_code

    assert (refused, set(Campaign.objects.all())) == (403, {kept, released})


def test_the_list_asks_few_questions(django_assert_max_num_queries: Any) -> None:
    for _each in range(20):
        write()
    client: Client = writer()

    with django_assert_max_num_queries(12):
        assert client.get(LIST).status_code == 200
