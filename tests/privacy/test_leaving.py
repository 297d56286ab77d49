"""Wanting to leave: hidden at once, confirmed by mail, and two weeks to come back."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from accounts.services.signup import forget_unconfirmed
from directory.models import Company
from mailings.models import Delivery
from offerboard.models import Lead
from privacy.erasing import running
from privacy.models import Erasure, SubjectRequest
from privacy.selectors.suppression import is_suppressed
from privacy.services import leaving as services
from privacy.services.consent import consent_key
from privacy.services.requests import ReasonMissing
from tests.factories import CompanyFactory, MemberFactory
from tests.privacy.leaving import ask, browser, colleague, on_board, only_owner, state_of, token_of
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
DELETE, STAY = reverse("privacy:delete"), reverse("privacy:stay")


def wish(member: Member) -> dict[str, str]:
    """What the form sends when nothing but the tick is changed."""
    owned = Company.objects.filter(team__member=member)
    return {"sure": "on", "leads": "now", **{f"heir-{one.pk}": "nobody" for one in owned}}


def confirm_page(request: SubjectRequest) -> str:
    """The address in the mail."""
    return reverse("privacy:leaving_confirm", args=[token_of(request)])


@pytest.fixture
def seller() -> Member:
    return only_owner()


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


def test_a_stranger_cannot_be_made_heir(seller: Member) -> None:
    company = Company.objects.get(team__member=seller)
    stranger = MemberFactory()

    answer = browser(seller).post(DELETE, wish(seller) | {f"heir-{company.pk}": str(stranger.pk)})

    assert (answer.status_code, SubjectRequest.objects.count()) == (200, 0)


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


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_refusal_needs_words(seller: Member, reason: str) -> None:
    request = ask(seller)
    mails = Delivery.objects.count()

    with pytest.raises(ReasonMissing):
        services.refuse_leaving(request=request, reason=reason, now=timezone.now())

    assert (state_of(request), request.answer, Delivery.objects.count()) == ("received", "", mails)


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
