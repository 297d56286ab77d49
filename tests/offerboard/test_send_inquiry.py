"""A member writes to a lead's company, or to a company in general."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from directory.models import Company, TeamMember
from mailings.models import Delivery
from offerboard.models import Inquiry, Lead, Message
from offerboard.services import inquiries as services
from tests.factories import NOW, CompanyFactory, InquiryFactory, LeadFactory, MemberFactory
from tests.offerboard.asking import QUESTION, address, client_of, form, other_owner, sellers_lead, sending, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lead() -> Lead:
    return sellers_lead()


@pytest.fixture
def buyer() -> Member:
    return other_owner()


# --- what it does ---------------------------------------------------------------------------------------------------


def test_the_inquiry_becomes_a_thread_about_the_lead(lead: Lead, buyer: Member) -> None:
    """And its sender lands on it."""
    response = client_of(buyer).post(address(lead), form())

    inquiry = Inquiry.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, f"/my/inquiries/{inquiry.pk}/")
    assert (inquiry.sender.legal_name, inquiry.recipient, inquiry.lead) == (
        "Savanna Spice Mills Ltd",
        lead.company,
        lead,
    )
    assert (inquiry.subject, inquiry.started_at, inquiry.last_message_at) == (lead.title, NOW, NOW)
    assert [(message.author, message.text) for message in inquiry.messages.all()] == [(buyer, QUESTION)]


def test_owners_and_editors_of_the_other_side_get_a_mail_each(lead: Lead, buyer: Member) -> None:
    """Not its viewers, not those who are suspended, not the sender."""
    MemberFactory(company=lead.company, email="gone@example.com", state=Member.State.SUSPENDED)

    sending(buyer, lead)()

    assert set(Delivery.objects.values_list("to", "template")) == {
        ("owner@example.com", "inquiry_received"),
        ("editor@example.com", "inquiry_received"),
    }


def test_the_mail_says_who_asks_about_what_and_leads_to_the_thread(lead: Lead, buyer: Member) -> None:
    """Without the sender's address, in words and in HTML alike."""
    sending(buyer, lead)()

    mail = Delivery.objects.get(to="owner@example.com")
    thread = f"http://localhost:8000/my/inquiries/{Inquiry.objects.get().pk}/"
    assert mail.subject == f"Inquiry from Savanna Spice Mills Ltd: {lead.title}"
    for body in (mail.text, mail.html):
        for words in (
            "Wanjiru Kamau",
            "Savanna Spice Mills Ltd",
            lead.title,
            QUESTION,
            thread,
            "never ask for your password",
        ):
            assert words in body
        assert "wanjiru@example.com" not in body


def test_words_that_look_like_markup_stay_words_in_the_mail(lead: Lead, buyer: Member) -> None:
    """Plain text shows them as typed, HTML shows them escaped."""
    sending(buyer, lead, text='<img src="https://evil.example/x.png"> & so on')()

    mail = Delivery.objects.get(to="owner@example.com")
    assert '<img src="https://evil.example/x.png"> & so on' in mail.text
    assert "<img" not in mail.html
    assert "&lt;img" in mail.html


@pytest.mark.promise("contact-details-masked")
def test_contact_details_are_hidden_before_they_are_stored(lead: Lead, buyer: Member) -> None:
    """In the thread and in the mail."""
    sending(buyer, lead, text="Write to wanjiru@savanna.example or call +254 20 222 5555.")()

    assert Message.objects.get().text == "Write to [e-mail hidden] or call [telephone hidden]."
    assert not Delivery.objects.filter(text__contains="savanna.example").exists()
    assert not Delivery.objects.filter(html__contains="222 5555").exists()


def test_a_second_inquiry_goes_into_the_same_thread(lead: Lead, buyer: Member) -> None:
    """The lead's owner never sees two threads from one company about one lead."""
    first = sending(buyer, lead)()

    second = sending(buyer, lead, text="One more question.", now=NOW + timedelta(hours=1))()

    assert (second, stored()) == (first, (1, 2, 4))
    assert Inquiry.objects.get().last_message_at == NOW + timedelta(hours=1)
    assert set(Delivery.objects.filter(text__contains="One more").values_list("template", flat=True)) == {
        "reply_received"
    }


def test_a_colleague_writes_into_the_same_thread(lead: Lead, buyer: Member) -> None:
    """A thread is between companies."""
    colleague = MemberFactory(company=Company.objects.get(team__member=buyer), role=TeamMember.Role.EDITOR)
    first = sending(buyer, lead)()

    assert (sending(colleague, lead)(), Inquiry.objects.count()) == (first, 1)


def test_a_double_press_sends_once(lead: Lead, buyer: Member) -> None:
    """Both answers lead to the thread."""
    filled, client = form(), client_of(buyer)

    places = [client.post(address(lead), filled).headers["Location"] for _press in range(2)]

    assert places[0] == places[1]
    assert stored() == (1, 1, 2)


def test_other_words_on_the_same_form_are_another_message(lead: Lead, buyer: Member) -> None:
    """Somebody went back in the browser and changed the text; it must not vanish."""
    press = uuid4()

    sending(buyer, lead, submission=press)()
    sending(buyer, lead, submission=press, text="Two containers, in fact.")()

    assert list(Message.objects.order_by("pk").values_list("text", flat=True)) == [QUESTION, "Two containers, in fact."]


def test_one_writes_to_a_company_in_general(buyer: Member) -> None:
    """With a subject, in which contact details are hidden too."""
    company = CompanyFactory()
    place = reverse("offerboard:inquire_company", args=[company.slug])

    client_of(buyer).post(place, form() | {"subject": "Spare parts, call +254 20 222 5555"})

    inquiry = Inquiry.objects.get()
    assert (inquiry.recipient, inquiry.lead, inquiry.subject) == (company, None, "Spare parts, call [telephone hidden]")


def test_the_second_general_inquiry_needs_no_subject(buyer: Member) -> None:
    """It continues the thread."""
    earlier = InquiryFactory(lead=None, sender=Company.objects.get(team__member=buyer), subject="Spare parts")
    place = reverse("offerboard:inquire_company", args=[earlier.recipient.slug])

    response = client_of(buyer).post(place, form())

    assert response.headers["Location"] == earlier.get_absolute_url()
    assert Inquiry.objects.get().subject == "Spare parts"


# --- what it refuses -------------------------------------------------------------------------------------------------


def test_a_visitor_is_led_to_log_in_and_back(lead: Lead) -> None:
    """The page after the log-in is the form."""
    response = Client().get(address(lead))

    assert response.headers["Location"] == f"/account/login/?next=/leads/{lead.slug}/inquire/"


def test_a_member_without_a_company_is_led_to_make_one(lead: Lead) -> None:
    """Only companies write."""
    response = client_of(MemberFactory()).post(address(lead), form())

    assert (response.headers["Location"], stored()) == ("/my/company/new/", (0, 0, 0))


def test_a_viewer_may_not_send(lead: Lead) -> None:
    """Viewers read."""
    viewer = MemberFactory(company=CompanyFactory(), role=TeamMember.Role.VIEWER)

    response = client_of(viewer).post(address(lead), form())

    assert (response.status_code, stored()) == (403, (0, 0, 0))


def test_nobody_asks_the_own_company(lead: Lead) -> None:
    """Neither on the page nor past it."""
    owner = Member.objects.get(email="owner@example.com")

    response = client_of(owner).post(address(lead), form())

    assert response.status_code == 403
    with pytest.raises(services.OwnCompany):
        sending(owner, lead)()
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "draft"},
        {"state": "paused"},
        {"state": "closed"},
        {"holds": ["moderation"]},
        {"expires_at": NOW},
        {"company__state": Company.State.SUSPENDED},
        {"company__state": Company.State.HIDDEN},
    ],
)
def test_a_lead_that_is_not_public_cannot_be_asked_about(buyer: Member, changes: dict[str, Any]) -> None:
    """It is not found, whatever the reason."""
    response = client_of(buyer).post(address(LeadFactory(**changes)), form())

    assert (response.status_code, stored()) == (404, (0, 0, 0))


def test_a_company_that_is_not_listed_cannot_be_asked(buyer: Member) -> None:
    """It is not found."""
    hidden = CompanyFactory(state=Company.State.HIDDEN)

    response = client_of(buyer).post(reverse("offerboard:inquire_company", args=[hidden.slug]), form())

    assert (response.status_code, stored()) == (404, (0, 0, 0))


def test_a_suspended_company_writes_to_nobody(lead: Lead, buyer: Member) -> None:
    """Its people may still log in and read why."""
    Company.objects.filter(team__member=buyer).update(state=Company.State.SUSPENDED)

    response = client_of(buyer).post(address(lead), form())

    assert (response.status_code, stored()) == (200, (0, 0, 0))
    assert "Nothing was sent." in response.content.decode()


@pytest.mark.parametrize(
    ("text", "words"), [("  \r\n ", "Please write what you want to know."), ("x" * 8001, "it has 8001.")]
)
def test_a_text_that_is_empty_or_too_long_comes_back(lead: Lead, buyer: Member, text: str, words: str) -> None:
    """With a message beside the field and nothing lost."""
    response = client_of(buyer).post(address(lead), form(text))

    page = response.content.decode()
    assert (response.status_code, stored()) == (200, (0, 0, 0))
    assert words in page
    assert text.strip() in page


def test_line_breaks_count_once(lead: Lead, buyer: Member) -> None:
    """Browsers send each as two characters."""
    client_of(buyer).post(address(lead), form("x" * 7998 + "\r\ny"))

    assert Message.objects.get().text == "x" * 7998 + "\ny"


# --- what does not leak ----------------------------------------------------------------------------------------------


def test_the_thread_shows_the_other_side_a_name_and_a_company_only(lead: Lead, buyer: Member) -> None:
    """No address, no telephone number of either person or company."""
    Member.objects.filter(pk=buyer.pk).update(phone="+254202225555")
    inquiry = sending(buyer, lead)()

    page = client_of(Member.objects.get(email="owner@example.com")).get(inquiry.get_absolute_url()).content.decode()

    assert "Wanjiru Kamau" in page
    assert "Savanna Spice Mills Ltd" in page
    assert "wanjiru@example.com" not in page
    assert not re.search(r"\+?254 ?20 ?222", page)
    assert str(inquiry.sender.address) not in page


def test_message_and_mails_are_stored_together_or_not_at_all(lead: Lead, buyer: Member) -> None:
    """The outbox refuses the second of two mails; nothing is left of the inquiry."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE mailings_delivery ADD CONSTRAINT broken CHECK (\"to\" <> 'editor@example.com')")

    with pytest.raises(IntegrityError):
        sending(buyer, lead)()

    assert stored() == (0, 0, 0)


@pytest.mark.parametrize("changes", [{"text": " \u200b\n\u2060"}, {"subject": "\u200b"}])
def test_signs_that_nobody_sees_are_no_message_and_no_subject(buyer: Member, changes: dict[str, str]) -> None:
    general = reverse("offerboard:inquire_company", args=[CompanyFactory().slug])
    response = client_of(buyer).post(general, {**form(), "subject": "Pepper", **changes})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == list(changes)
    assert (Inquiry.objects.count(), Message.objects.count(), Delivery.objects.count()) == (0, 0, 0)
