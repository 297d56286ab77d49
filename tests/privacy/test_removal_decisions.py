"""Staff decide about removals: by the day on which the law wants an answer, once, and so that nothing comes back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services.companies import CompanyDetails, add_company
from directory.models import Company
from mailings.models import Delivery
from moderation.models import Decision, Report
from privacy import removables
from privacy.erasing import ledger
from privacy.forms.removals import asked_about
from privacy.models import Removal, SubjectRequest, Suppression
from privacy.selectors.suppression import is_suppressed
from privacy.services import removal_decisions as services
from privacy.services.requests import ReasonMissing, month_after
from privacy.services.suppression import lift, suppress_for_good
from tests.accounts.people import mails_to
from tests.factories import NOW, CompanyFactory, InvitationFactory, LeadFactory, MemberFactory
from tests.privacy.removing import ask, link_to, press, states, the_removal
from tests.staff import at_work, make_staff
from tests.world import fingerprint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
LINH = "linh@dakhoa.example"
LIST = reverse("admin:privacy_removal_changelist")
ADD = reverse("admin:privacy_removal_add")


@pytest.fixture
def company() -> Company:
    """Without a team: somebody has entered it, and nobody acts for it."""
    return CompanyFactory(legal_name="Dak Hoa", website="https://www.dakhoa.example/en/")


@pytest.fixture
def officer() -> Client:
    return at_work(make_staff("privacy officer"))


def by_phone(page: str = "", email: str = "", **changes: Any) -> Removal:
    """A request that staff have written down."""
    received = services.Received(channel=Removal.Channel.PHONE, who="Linh Tran", identity_proof="Called back.")
    asked = asked_about(page, email=email, text="Please remove us.", language="en")
    return services.enter_removal(asked=asked, received=received, **{"now": NOW, **changes})


def step(client: Client, removal: Removal, name: str, **answers: str) -> Any:
    """Press a button of the decision's page."""
    return client.post(reverse("admin:privacy_removal_decide", args=[removal.pk, name]), answers, follow=True)


def proved(page: str = "", email: str = LINH) -> Removal:
    """Asked for with the form, and proved."""
    ask(email, page=page, now=timezone.now())
    press(link_to(email))
    return the_removal()


# --- the work list


def test_the_list_has_the_most_urgent_on_top_then_what_is_decided(officer: Client) -> None:
    late, soon, done = by_phone(now=NOW - timedelta(days=3000)), by_phone(now=timezone.now()), by_phone()
    for removal, who in ((late, "Late Person"), (soon, "Soon Person"), (done, "Done Person")):
        Removal.objects.filter(pk=removal.pk).update(who=who)
    SubjectRequest.objects.filter(pk=done.pk).update(state="refused", ended_at=NOW)

    page = officer.get(LIST).content.decode()

    assert page.index("Late Person") < page.index("Soon Person") < page.index("Done Person")
    assert page.count("overdue") == 1
    assert "Late Person" not in officer.get(reverse("admin:privacy_subjectrequest_changelist")).content.decode()


def test_what_nobody_has_proved_is_not_shown_to_staff(officer: Client) -> None:
    """Anybody can type anybody's address."""
    ask("typed@example.com")

    assert "typed@example.com" not in officer.get(LIST).content.decode()
    answer = officer.get(reverse("admin:privacy_removal_change", args=[the_removal().pk]), follow=True)
    assert "typed@example.com" not in answer.content.decode()
    assert step(officer, the_removal(), "done").status_code == 404
    assert states() == ["received"]


def test_the_front_page_counts_those_that_wait(officer: Client) -> None:
    by_phone()
    ask("typed@example.com")

    queues = {queue.name: queue.open for queue in officer.get(reverse("admin:index")).context["work"]}

    assert queues["Removals"] == 1


def test_moderators_do_not_see_removals(company: Company) -> None:
    removal = by_phone(company.get_absolute_url())
    client = at_work(make_staff("moderator"))
    before = fingerprint()

    answers = [client.get(LIST), client.get(ADD), step(client, removal, "done"), step(client, removal, "hide")]

    assert ([answer.status_code for answer in answers], fingerprint()) == ([403] * 4, before)


# --- taking one in


def test_staff_enter_what_came_by_telephone(officer: Client, company: Company) -> None:
    page = officer.get(ADD)
    answers = {
        "channel": "phone",
        "who": "Linh Tran, owner",
        "identity_proof": "Called back at the number of the public register.",
        "page": company.get_absolute_url(),
        "email": "",
        "text": "The company has closed.",
    }

    officer.post(ADD, answers)

    removal = the_removal()
    request = removal.request
    assert ('value="form"' in page.content.decode(), page.status_code) == (False, 200)
    assert (request.kind, request.state, request.text, request.email) == (
        *("removal", "review", "The company has closed."),
        "",
    )
    assert request.due_at == month_after(request.received_at)
    assert (removal.channel, removal.who, removal.target_key) == ("phone", "Linh Tran, owner", company.slug)
    assert (
        "Called back at the number"
        in officer.get(reverse("admin:privacy_removal_change", args=[removal.pk])).content.decode()
    )
    assert Delivery.objects.filter(template__startswith="removal").count() == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channel": "form"}, "channel"),
        ({"who": ""}, "who"),
        ({"identity_proof": ""}, "identity_proof"),
        ({"text": ""}, "text"),
        ({"email": "member@example.com"}, "email"),
        ({"page": "https://other.example/"}, "page"),
    ],
)
def test_what_is_not_written_down_fully_is_not_entered(officer: Client, changes: dict[str, str], field: str) -> None:
    MemberFactory(email="member@example.com")
    whole = {"channel": "post", "who": "Linh", "identity_proof": "A letter with the seal.", "text": "x", "email": ""}

    answer = officer.post(ADD, {**whole, **changes})

    assert (list(answer.context["adminform"].form.errors), Removal.objects.count()) == ([field], 0)


# --- hiding


def test_staff_hide_a_page_until_it_is_decided(officer: Client, company: Company) -> None:
    owner = MemberFactory(company=company)
    removal = by_phone(company.get_absolute_url())

    asked = officer.get(reverse("admin:privacy_removal_decide", args=[removal.pk, "hide"]))
    company.refresh_from_db()
    assert (asked.status_code, company.state) == (200, "listed")  # a look changes nothing
    step(officer, removal, "hide")

    company.refresh_from_db()
    assert (states(), company.state, the_removal().hidden_here) == (["hidden"], "suspended", True)
    assert [mail.template for mail in mails_to(owner.email)] == ["decision"]
    assert Decision.objects.get().decided_by is not None


def test_what_cannot_be_hidden_stays_where_it_was(officer: Client) -> None:
    for page in ("", "/about/", "/companies/no-such-company/"):
        removal = by_phone(page)
        answer = step(officer, removal, "hide")
        assert "no page that this could hide" in answer.content.decode()

    assert states() == ["review"] * 3


# --- refusing


def test_a_refusal_says_why_and_shows_again_what_the_request_had_hidden(officer: Client, company: Company) -> None:
    removal = proved(company.get_absolute_url())
    company.refresh_from_db()
    assert company.state == "suspended"

    bare = step(officer, removal, "refuse", reason=" ")
    assert (bare.status_code, states()) == (200, ["hidden"])
    step(officer, removal, "refuse", reason="The register names you as its owner.")

    company.refresh_from_db()
    request = SubjectRequest.objects.get()
    assert (request.state, request.answer, request.ended_at is not None, company.state) == (
        *("refused", "The register names you as its owner."),
        *(True, "listed"),
    )
    [mail] = mails_to(LINH)
    assert (mail.template, "The register names you as its owner." in mail.text) == ("removal_refused", True)
    assert is_suppressed("email", LINH)  # nobody needs a reason for that
    assert LogEntry.objects.filter(object_id=str(removal.pk)).count() == 1


def test_refusing_lifts_no_suspension_that_this_request_did_not_bring(officer: Client, company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(state="suspended", suspended_from="listed")
    removal = by_phone(company.get_absolute_url())

    step(officer, removal, "refuse", reason="Not yours.")

    company.refresh_from_db()
    assert (states(), company.state) == (["refused"], "suspended")


def test_a_refusal_needs_words(company: Company) -> None:
    removal = by_phone(company.get_absolute_url())

    with pytest.raises(ReasonMissing):
        services.refuse_removal(removal=removal, reason=" \n", by=MemberFactory(), now=NOW)

    assert (states(), Delivery.objects.count()) == (["review"], 0)


# --- removing


def test_a_company_without_an_account_goes_and_cannot_be_founded_again(officer: Client, company: Company) -> None:
    removal = proved(company.get_absolute_url())
    InvitationFactory(email=LINH)

    step(officer, removal, "done")

    company.refresh_from_db()
    request, removal = SubjectRequest.objects.get(), the_removal()
    assert (request.state, request.email, request.text, removal.who, removal.page) == ("done", "", "", "", "")
    assert (company.state, removal.decided_by is not None) == ("closed", True)
    kinds = Suppression.objects.order_by("kind").values_list("kind", "reason")
    assert list(kinds) == [(kind, "removed") for kind in ("company", "email", "phone", "website")]
    assert [(mail.template, mail.to) for mail in Delivery.objects.filter(to=LINH)] == [("removal_done", LINH)]
    again = CompanyDetails(name="DAK HOA", country="VN", city="Huế", address="1", phone="+84243825999")
    assert add_company(member=MemberFactory(), details=again, now=NOW).state == "draft"
    assert Report.objects.filter(target_kind="company", state="open").count() == 1


def test_of_a_company_for_which_somebody_acts_only_the_page_goes(officer: Client, company: Company) -> None:
    owner = MemberFactory(company=company)
    removal = by_phone(company.get_absolute_url(), email="other@example.com")

    step(officer, removal, "done")

    company.refresh_from_db()
    assert (states(), company.state) == (["done"], "suspended")
    assert list(Suppression.objects.values_list("kind", flat=True)) == ["email"]
    assert [mail.template for mail in mails_to(owner.email)] == ["decision"]


def test_a_lead_goes_and_its_company_stays(officer: Client, company: Company) -> None:
    lead = LeadFactory(company=company)

    step(officer, by_phone(lead.get_absolute_url()), "done")

    lead.refresh_from_db()
    company.refresh_from_db()
    assert (lead.holds, company.state, Suppression.objects.count()) == (["moderation"], "listed", 0)


def test_who_called_and_left_no_address_gets_no_mail(officer: Client, company: Company) -> None:
    step(officer, by_phone(company.get_absolute_url()), "done")
    step(officer, by_phone(), "refuse", reason="Who are you?")

    assert (sorted(states()), Delivery.objects.count()) == (["done", "refused"], 0)


def test_who_has_joined_meanwhile_keeps_the_mailbox(officer: Client) -> None:
    removal = by_phone(email=LINH)
    MemberFactory(email=LINH)
    InvitationFactory(email=LINH)
    before = fingerprint()["Invitation"]

    step(officer, removal, "done")

    assert (states(), is_suppressed("email", LINH), fingerprint()["Invitation"]) == (["done"], False, before)


@pytest.mark.parametrize("second", ["hide", "refuse", "done"])
@pytest.mark.parametrize("first", ["refuse", "done"])
def test_of_two_of_the_staff_one_decides(officer: Client, company: Company, first: str, second: str) -> None:
    """An old page in another window."""
    removal = by_phone(company.get_absolute_url(), email=LINH)
    step(officer, removal, first, reason="First.")
    before = (fingerprint(), Delivery.objects.count())

    answer = step(officer, removal, second, reason="Second.")

    assert "Somebody has decided this already." in answer.content.decode()
    assert (fingerprint(), Delivery.objects.count()) == before


def test_what_is_decided_has_no_buttons(officer: Client, company: Company) -> None:
    removal = by_phone(company.get_absolute_url())
    page = reverse("admin:privacy_removal_change", args=[removal.pk])
    places = [reverse("admin:privacy_removal_decide", args=[removal.pk, name]) for name in ("hide", "refuse", "done")]

    before = officer.get(page).content.decode()
    step(officer, removal, "done")
    after = officer.get(page).content.decode()

    assert [place in before for place in places] == [True] * 3
    assert [place in after for place in places] == [False] * 3
    assert officer.get(reverse("admin:privacy_removal_decide", args=[removal.pk, "nonsense"])).status_code == 404


def test_staff_see_which_accounts_were_opened_with_the_address_of_somebody_else(officer: Client) -> None:
    """Who proved the mailbox did not open them; a member who confirmed the address is no such account."""
    stranger = MemberFactory(email=LINH)
    EmailAddress.objects.filter(user=stranger).update(verified=False)
    MemberFactory(email="other@example.com")

    page = officer.get(reverse("admin:privacy_removal_change", args=[proved().pk])).content.decode()

    links = [
        f'href="{reverse("admin:accounts_member_change", args=[pk])}"' in page for pk in (stranger.pk, stranger.pk + 1)
    ]
    assert links == [True, False]


def test_a_removal_that_the_database_takes_back_leaves_no_line_that_a_later_start_would_carry_out(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Staff may still refuse it."""

    def close(key: str, reason: str, by: Any, now: Any) -> bool:
        raise DatabaseError

    removal = by_phone(company.get_absolute_url(), LINH)
    unwilling = replace(removables.removable("company") or pytest.fail("not registered"), close=close)
    monkeypatch.setattr(services, "removable", {"company": unwilling}.get)
    staff = make_staff("moderator")
    before = fingerprint()

    with pytest.raises(DatabaseError), transaction.atomic():
        services.finish_removal(removal=removal, by=staff, now=NOW)

    assert (fingerprint(), list(ledger.lines())) == (before, [])


def test_a_return_that_the_database_takes_back_lifts_nothing_in_the_ledger(
    django_capture_on_commit_callbacks: Any,
) -> None:
    suppress_for_good(request=uuid4(), values=[("email", LINH)], now=NOW)

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        lift(kind="email", value=LINH, now=NOW)
        transaction.set_rollback(True)
    assert [one.reason for one in ledger.lines()] == ["removed"]

    with django_capture_on_commit_callbacks(execute=True):
        lift(kind="email", value=LINH, now=NOW)
    assert [one.reason for one in ledger.lines()] == ["removed", "lifted"]
