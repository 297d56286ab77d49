"""Wanting to leave: hidden at once, confirmed by mail, two weeks to come back, and then for good."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from accounts.services.signup import forget_unconfirmed
from directory.models import Company, TeamMember
from mailings.models import Delivery
from offerboard.models import Inquiry, Lead, LeadRevision, Message
from offerboard.services import inquiries
from privacy.erasing import running
from privacy.models import ConsentEvent, ConsentWords, Erasure, LegalHold, PolicyVersion, SubjectRequest, Suppression
from privacy.selectors.suppression import is_suppressed
from privacy.services import leaving as services
from privacy.services.consent import consent_key
from privacy.sweeping import running as sweeping
from tests.factories import (
    NOW,
    PASSWORD,
    CompanyFactory,
    InquiryFactory,
    LeadFactory,
    MemberFactory,
    MessageFactory,
)
from tests.privacy.leaving import ask, ask_and_confirm, leave, token_of
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
DELETE, STAY = reverse("privacy:delete"), reverse("privacy:stay")


def browser(member: Any, *, knows_password: bool = True) -> Client:
    """A browser of the member, who has just given the password or not."""
    client = Client()
    client.force_login(member)
    if knows_password:
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def wish(member: Member) -> dict[str, str]:
    """What the form sends when nothing but the tick is changed."""
    owned = Company.objects.filter(team__member=member)
    return {"sure": "on", "leads": "now", **{f"heir-{one.pk}": "nobody" for one in owned}}


def confirm_page(request: SubjectRequest) -> str:
    """The address in the mail."""
    return reverse("privacy:leaving_confirm", args=[token_of(request)])


def state_of(thing: Any) -> str:
    """As the database has it now."""
    thing.refresh_from_db()
    return str(thing.state)


@pytest.fixture
def seller() -> Member:
    """The only owner of a company, with a lead on the board."""
    member = MemberFactory(company=CompanyFactory(state="listed"), full_name="Linh Tran", password=PASSWORD)
    LeadFactory(company=Company.objects.get(team__member=member), posted_by=member)
    return member


def colleague(company: Company, role: str) -> Member:
    """Somebody else of the team."""
    member = MemberFactory()
    TeamMember.objects.create(company=company, member=member, role=role, joined_at=NOW)
    return member


def on_board() -> int:
    """How many leads the world sees."""
    return Lead.objects.public(at=timezone.now()).count()


def test_leaving_wants_the_password_and_a_tick(seller: Member) -> None:
    unknown = browser(seller, knows_password=False).post(DELETE, wish(seller))
    unsure = browser(seller).post(DELETE, wish(seller) | {"sure": ""})

    assert (unknown.status_code, unknown.headers["Location"].split("?")[0]) == (302, reverse("account_reauthenticate"))
    assert (unsure.status_code, "Tick this if you are sure." in unsure.content.decode()) == (200, True)
    assert (SubjectRequest.objects.count(), state_of(seller), on_board()) == (0, "active", 1)


@pytest.mark.promise("hidden-at-once")
def test_leads_and_the_page_of_a_company_that_closes_disappear_at_once(seller: Member) -> None:
    browser(seller).post(DELETE, wish(seller))

    company = Company.objects.get(team__member=seller)
    assert (state_of(seller), company.state, on_board()) == ("closing", "hidden", 0)
    assert [(mail.template, mail.to) for mail in Delivery.objects.all()] == [("erasure_confirm", seller.email)]


@pytest.mark.promise("hidden-at-once")
def test_who_prefers_so_leaves_leads_on_the_board_until_the_end(seller: Member) -> None:
    heir = colleague(Company.objects.get(team__member=seller), "editor")

    ask(seller, leads=Erasure.Leads.LATER, successors={Company.objects.get(team__member=seller).pk: heir.pk})

    assert on_board() == 1


def test_following_the_link_changes_nothing_and_pressing_its_button_begins_the_two_weeks(seller: Member) -> None:
    request = ask(seller)
    for method in ("get", "head"):
        assert getattr(Client(), method)(confirm_page(request)).status_code == 200
    assert (state_of(request), Erasure.objects.get().runs_at) == ("received", None)

    first, second = Client().post(confirm_page(request)), Client().post(confirm_page(request))

    runs_at = Erasure.objects.get().runs_at
    assert runs_at is not None
    assert runs_at - timezone.now() > services.COOLING_OFF - timedelta(minutes=1)
    assert (first.status_code, second.status_code, state_of(request)) == (200, 200, "cooling_off")
    assert Delivery.objects.filter(template="erasure_confirmed").count() == 1  # of two clicks, one
    assert not Client().cookies


def test_a_link_that_nobody_was_given_does_nothing(seller: Member) -> None:
    request = ask(seller)

    answer = Client().post(reverse("privacy:leaving_confirm", args=[f"{token_of(request)}x"]))

    assert (answer.status_code, state_of(request)) == (410, "received")


@pytest.mark.promise("back-within-14-days")
def test_one_click_and_the_password_bring_everything_back(seller: Member) -> None:
    request = ask(seller)
    Client().post(confirm_page(request))

    refused = browser(seller, knows_password=False).post(STAY)
    assert (refused.status_code, state_of(request)) == (302, "cooling_off")
    browser(seller).post(STAY)

    company = Company.objects.get(team__member=seller)
    assert (state_of(request), state_of(seller), company.state, on_board()) == ("cancelled", "active", "listed", 1)
    assert Client().post(confirm_page(request)).status_code == 410
    assert state_of(request) == "cancelled"


def test_what_was_hidden_before_stays_hidden_when_somebody_stays(seller: Member) -> None:
    Company.objects.filter(team__member=seller).update(state="hidden")
    ask(seller)

    services.stay(member=seller, now=timezone.now())

    assert Company.objects.get(team__member=seller).state == "hidden"


def test_a_wish_that_is_not_confirmed_within_a_week_comes_to_nothing(seller: Member) -> None:
    request = ask(seller, now=timezone.now() - timedelta(days=7, minutes=1))

    services.forget_unconfirmed(now=timezone.now())

    assert (state_of(request), state_of(seller), on_board()) == ("expired", "active", 1)
    assert Delivery.objects.filter(template="erasure_cancelled", to=seller.email).count() == 1


@pytest.mark.promise("back-within-14-days")
def test_nothing_is_deleted_before_the_two_weeks_are_over(seller: Member) -> None:
    request = ask(seller)
    running.run(request.pk)
    services.confirm_leaving(token=token_of(request), now=timezone.now())

    running.run(request.pk)

    assert (state_of(request), state_of(seller), Lead.objects.count()) == ("cooling_off", "closing", 1)


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


def test_a_stranger_cannot_be_made_heir(seller: Member) -> None:
    company = Company.objects.get(team__member=seller)
    stranger = MemberFactory()

    answer = browser(seller).post(DELETE, wish(seller) | {f"heir-{company.pk}": str(stranger.pk)})

    assert (answer.status_code, SubjectRequest.objects.count()) == (200, 0)


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


def test_the_page_says_from_the_map_what_goes_and_what_stays(seller: Member) -> None:
    consent_key(member=seller)
    page = browser(seller).get(DELETE).content.decode()
    goes, stays = page.index("What goes"), page.index("What we must keep")

    assert stays < goes < page.index("Your leads")
    assert "deleted, unless you leave your leads to your company" in page


def test_one_cannot_ask_twice(seller: Member) -> None:
    ask(seller)

    answer = browser(seller).post(DELETE, wish(seller), follow=True)

    assert "We have your request already." in answer.content.decode()
    assert SubjectRequest.objects.count() == 1


# --- staff


ENTER = reverse("admin:privacy_erasure_enter")


def test_staff_enter_a_wish_that_came_by_letter_and_its_person_confirms_it(seller: Member) -> None:
    Member.objects.filter(pk=seller.pk).update(state="suspended")  # who cannot log in can leave
    wish = {"email": seller.email.upper(), "identity_proof": "Called back the company’s number", "text": "Enough."}

    at_work(make_staff("privacy officer")).post(ENTER, wish)

    request = SubjectRequest.objects.get()
    assert (request.state, request.text, request.identity_proof) == ("received", "Enough.", wish["identity_proof"])
    assert (state_of(seller), on_board()) == ("suspended", 0)
    assert Client().post(confirm_page(request)).status_code == 200
    Erasure.objects.update(runs_at=timezone.now())
    running.run(request.pk)
    assert state_of(seller) == "closed"


@pytest.mark.parametrize("whose", ["nobody", "staff"])
def test_a_wish_of_nobody_or_of_the_staff_is_not_entered(whose: str) -> None:
    officer = make_staff("privacy officer")
    email = "nobody@example.com" if whose == "nobody" else officer.email

    answer = at_work(officer).post(ENTER, {"email": email, "identity_proof": "x"})

    assert (answer.status_code, SubjectRequest.objects.count()) == (200, 0)


def test_staff_refuse_with_a_reason_and_everything_is_back(seller: Member) -> None:
    request = ask(seller)
    page = reverse("admin:privacy_erasure_refuse", args=[request.pk])
    officer = at_work(make_staff("privacy officer"))
    assert officer.post(page, {"reason": " "}).status_code == 200
    assert state_of(request) == "received"

    officer.post(page, {"reason": "A court ordered us to keep it."})

    assert (state_of(request), request.answer) == ("refused", "A court ordered us to keep it.")
    assert (state_of(seller), on_board()) == ("active", 1)
    assert "A court ordered us to keep it." in Delivery.objects.get(template="erasure_refused").text


def test_moderators_neither_enter_nor_refuse(seller: Member) -> None:
    request = ask(seller)
    moderator = at_work(make_staff("moderator"))
    pages = [ENTER, reverse("admin:privacy_erasure_refuse", args=[request.pk])]

    assert [moderator.post(page, {"reason": "x"}).status_code for page in pages] == [403, 403]
    assert state_of(request) == "received"


# --- never begun


@pytest.mark.parametrize(("days", "confirmed", "goes"), [(31, False, True), (29, False, False), (31, True, False)])
def test_an_account_that_nobody_confirmed_goes_after_a_month_without_a_word(
    days: int, confirmed: bool, goes: bool
) -> None:
    member = MemberFactory(company=CompanyFactory(state="draft"), joined_at=timezone.now() - timedelta(days=days))
    EmailAddress.objects.filter(user=member).update(verified=confirmed)
    email = member.email

    forget_unconfirmed(now=timezone.now())
    forget_unconfirmed(now=timezone.now())  # twice does no harm
    for job in Erasure.objects.all():
        running.run(job.pk)

    assert (state_of(member) == "closed", Delivery.objects.count()) == (goes, 0)
    assert Company.objects.filter(state="closed").exists() == goes
    assert not is_suppressed("email", email)  # it was nobody's wish


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
