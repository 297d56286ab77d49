"""Once somebody has left: what is gone, what is kept and for how long, and what the others still see."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Member
from directory.models import Company, TeamMember
from mailings.models import Delivery
from offerboard.models import Inquiry, Lead, LeadRevision, Message
from offerboard.services import inquiries
from privacy.erasing import running
from privacy.models import ConsentEvent, ConsentWords, Erasure, LegalHold, PolicyVersion, Suppression
from privacy.services import leaving as services
from privacy.services.consent import consent_key
from privacy.sweeping import running as sweeping
from tests.factories import NOW, PASSWORD, CompanyFactory, InquiryFactory, LeadFactory, MemberFactory, MessageFactory
from tests.privacy.leaving import ask_and_confirm, browser, colleague, leave, on_board, only_owner, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]


@pytest.fixture
def seller() -> Member:
    return only_owner()


def test_only_a_number_is_left_of_the_account(seller: Member) -> None:
    email = seller.email

    leave(seller)

    seller.refresh_from_db()
    assert (seller.state, seller.is_active, seller.full_name, seller.email) == (
        *("closed", False, "Former member"),
        f"former-{seller.pk}@left.invalid",
    )
    assert not Client().login(email=email, password=PASSWORD)
    assert not Suppression.objects.filter(digest__contains="@").exists()
    assert Suppression.objects.filter(kind="email", reason="erased").count() == 1


def test_a_heir_owns_the_company_afterwards_and_hears_of_it(seller: Member) -> None:
    company = Company.objects.get(team__member=seller)
    heir = colleague(company, "editor")

    leave(seller, leads=Erasure.Leads.COMPANY, successors={company.pk: heir.pk})

    assert list(TeamMember.objects.filter(company=company).values_list("member", "role")) == [(heir.pk, "owner")]
    lead = Lead.objects.get()
    assert (state_of(company), lead.posted_by, on_board()) == ("listed", None, 1)
    assert Delivery.objects.filter(template="company_handed_over", to=heir.email).count() == 1


def test_a_company_with_another_owner_goes_on_and_its_leads_go_with_their_author(seller: Member) -> None:
    company = Company.objects.get(team__member=seller)
    other = colleague(company, "owner")
    theirs = LeadFactory(company=company, posted_by=other)

    leave(seller)

    assert (state_of(company), list(Lead.objects.all())) == ("listed", [theirs])


@pytest.mark.promise("leaving-leaves-nothing")
def test_threads_stay_readable_for_the_other_side(seller: Member) -> None:
    company = Company.objects.get(team__member=seller)
    buyer = MemberFactory(company=CompanyFactory(state="listed", legal_name="Buyer Ltd"))
    thread = InquiryFactory(
        lead=Lead.objects.get(), sender=Company.objects.get(team__member=buyer), recipient=company, subject="Robusta"
    )
    MessageFactory(inquiry=thread, company=thread.sender, author=buyer, text="What is your best price?")
    MessageFactory(inquiry=thread, company=company, author=seller, text="Two thousand, says Linh.")

    leave(seller)

    page = browser(buyer).get(thread.get_absolute_url()).content.decode()
    assert "What is your best price?" in page
    assert "[removed by its author]" in page
    assert "A company that has left" in page
    assert "This company has left the market." in page
    assert not any(words in page for words in ("Linh", company.legal_name, "<textarea", "Robusta"))
    with pytest.raises(inquiries.CompanyHasLeft):
        inquiries.reply(
            inquiry=Inquiry.objects.get(pk=thread.pk),
            company=thread.sender,
            author=buyer,
            text="Are you there?",
            submission=thread.pk,
            now=timezone.now(),
        )
    assert Message.objects.count() == 2


def test_what_was_offered_is_kept_without_the_name_and_ends_with_the_lead(seller: Member) -> None:
    lead = Lead.objects.get()
    LeadRevision.objects.create(
        lead=lead, facts={"title": "Robusta"}, public_from=NOW, expires_at=NOW + timedelta(days=30)
    )

    leave(seller)

    revision = LeadRevision.objects.get()
    assert (revision.lead_id, revision.closed_at is not None) == (lead.pk, True)
    assert not Lead.objects.exists()


def test_who_leaves_takes_every_yes_back(seller: Member) -> None:
    key = consent_key(member=seller)
    words = {
        "words": ConsentWords.objects.create(digest="0" * 64, language="en", text="News"),
        "policy": PolicyVersion.objects.filter(kind="privacy")[0],
        "method": "privacy_centre",
        "at": timezone.now(),
    }
    ConsentEvent.objects.create(subject=key, purpose="newsletter", channel="email", given=True, **words)
    ConsentEvent.objects.create(subject=key, purpose="events", channel="email", given=False, **words)

    leave(seller)

    assert list(ConsentEvent.objects.order_by("pk").values_list("purpose", "given", "method")) == [
        ("newsletter", True, "privacy_centre"),
        ("events", False, "privacy_centre"),
        ("newsletter", False, "leaving"),
    ]


def test_a_hold_stops_the_deletion_until_it_is_over(seller: Member) -> None:
    request = ask_and_confirm(seller)
    hold = LegalHold.objects.create(
        member=seller, reason="Claim 12", begun_at=timezone.now(), ends_at=timezone.now() + timedelta(days=30)
    )

    running.run(request.pk)
    assert (state_of(request), state_of(seller), Lead.objects.count()) == ("cooling_off", "closing", 1)
    hold.lifted_at, hold.lift_reason = timezone.now(), "Settled."
    hold.save()
    Erasure.objects.update(runs_at=timezone.now())
    running.run(request.pk)

    assert (state_of(request), Lead.objects.count()) == ("partly_kept", 0)


def test_a_row_that_is_held_is_erased_once_the_hold_is_over(seller: Member) -> None:
    company = Company.objects.get(team__member=seller)
    held, free = (
        MessageFactory(inquiry=InquiryFactory(recipient=company), company=company, author=seller, text=f"{one}, Linh.")
        for one in ("Held", "Free")
    )
    hold = LegalHold.objects.create(
        table="offerboard.Message",
        key=str(held.pk),
        reason="Claim 12",
        begun_at=timezone.now(),
        ends_at=timezone.now() + timedelta(days=30),
    )

    leave(seller)

    texts = dict(Message.objects.values_list("pk", "text"))
    assert (texts[held.pk], texts[free.pk]) == ("Held, Linh.", "[removed by its author]")
    assert [one["why"] for one in Erasure.objects.get().kept if one["held"]] == [["Claim 12"]]
    assert "Claim 12" in Delivery.objects.get(template="erasure_done").text
    assert running.erase_released(now=timezone.now()) == 0
    hold.lifted_at, hold.lift_reason = timezone.now(), "Settled."
    hold.save()

    assert running.erase_released(now=timezone.now()) == 1
    assert set(Message.objects.values_list("text", flat=True)) == {"[removed by its author]"}
    assert not Message.objects.exclude(author=None).exists()
    assert running.erase_released(now=timezone.now()) == 0


def test_the_final_letter_says_what_is_kept_and_is_forgotten_once_it_is_sent(seller: Member) -> None:
    email = seller.email
    leave(seller)
    (letter,) = Delivery.objects.filter(to=email)
    assert (letter.template, "kept without your name, as proof that we answered" in letter.text) == (
        *("erasure_done",),
        True,
    )
    services.forget_letters(now=timezone.now())
    assert Delivery.objects.filter(to=email).exists()  # it is still owed

    Delivery.objects.update(state="sent", ended_at=timezone.now())
    services.forget_letters(now=timezone.now())

    assert not Delivery.objects.filter(to=email).exists()


def test_an_account_that_nobody_proved_goes_without_a_letter() -> None:
    """Somebody typed an address that is not theirs; who reads mail there has just asked not to be written to."""
    stranger = MemberFactory()
    services.let_go(member=stranger, now=timezone.now())

    running.run(Erasure.objects.get().pk)

    assert (state_of(stranger), Delivery.objects.count(), Erasure.objects.get().letter) == ("closed", 0, None)


def test_of_the_release_before_it_is_known_to_whom_no_letter_is_owed(seller: Member) -> None:
    ask_and_confirm(seller)
    services.let_go(member=MemberFactory(), now=timezone.now())
    Erasure.objects.update(writes_letter=True)  # the column's own default, which old rows get

    with connection.cursor() as cursor:
        cursor.execute(import_module("privacy.migrations.0011_writes_letter").NEVER_PROVED)

    assert dict(Erasure.objects.values_list("member_number", "writes_letter")) == {
        seller.pk: True,
        Member.objects.latest("pk").pk: False,
    }


def test_what_is_left_of_a_company_goes_a_year_later_and_not_before_its_threads(seller: Member) -> None:
    company = Company.objects.get(team__member=seller)
    thread = InquiryFactory(recipient=company, last_message_at=timezone.now())
    leave(seller)
    in_a_year = timezone.now() + timedelta(days=366)

    sweeping.sweep(now=in_a_year)
    assert Company.objects.filter(pk=company.pk).exists()
    thread.delete()
    sweeping.sweep(now=in_a_year + timedelta(days=1))

    assert not Company.objects.filter(pk=company.pk).exists()
