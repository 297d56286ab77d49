"""Staff decide: the thing changes, the decision is kept, the people concerned are told why, all or nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection
from django.test import Client

from accounts.models import Member
from directory.models import Company, TeamMember
from mailings.models import Delivery
from moderation import services
from moderation.models import Decision, Report
from offerboard.models import Lead
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory

pytestmark = pytest.mark.django_db
REASON = "Rule 4: counterfeit goods. The pictures show a protected logo."


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def staff() -> Member:
    """Who decides."""
    return MemberFactory(is_staff=True, full_name="Mona Moderator")


@pytest.fixture
def lead() -> Lead:
    """A public lead; its author is an editor of a company with an owner."""
    company = CompanyFactory()
    MemberFactory(company=company, email="owner@example.com")
    author = MemberFactory(company=company, email="author@example.com", role=TeamMember.Role.EDITOR)
    return LeadFactory(company=company, posted_by=author)


def decide(staff: Member, kind: str, key: str, action: str, reason: str = REASON) -> Decision:
    """The service with everything filled in."""
    return services.decide(kind=kind, key=key, action=action, reason=reason, by=staff, now=NOW)


def on_the_board() -> list[Lead]:
    """What the world sees."""
    return list(Lead.objects.public(at=NOW))


def state() -> tuple[list[Any], int, int]:
    """Everything a decision can change."""
    things = [
        *Lead.objects.order_by("pk").values_list("state", "holds"),
        *Company.objects.order_by("pk").values_list("state"),
        *Member.objects.order_by("pk").values_list("state"),
        *Report.objects.order_by("pk").values_list("state"),
    ]
    return things, Decision.objects.count(), Delivery.objects.count()


def test_a_suspended_lead_vanishes_and_its_people_learn_why(staff: Member, lead: Lead) -> None:
    """The decision says by whom, when and for what reason."""
    decision = decide(staff, "lead", lead.slug, "suspend")

    mails = Delivery.objects.order_by("to")
    assert on_the_board() == []
    assert (decision.target_title, decision.reason, decision.decided_by, decision.decided_at) == (
        lead.title,
        REASON,
        staff,
        NOW,
    )
    assert [mail.to for mail in mails] == ["author@example.com", "owner@example.com"]
    assert all(REASON in mail.text and lead.title in mail.text and "/contact/" in mail.text for mail in mails)
    assert "Mona" not in mails[0].text + mails[0].html


def test_a_restored_lead_is_back(staff: Member, lead: Lead) -> None:
    """Its people hear of that too; no reason is needed."""
    decide(staff, "lead", lead.slug, "suspend")

    decide(staff, "lead", lead.slug, "restore", reason="")

    assert on_the_board() == [lead]
    assert Delivery.objects.filter(to="owner@example.com", subject__startswith="No longer suspended").count() == 1


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_who_decides_about_a_waiting_lead_writes_one_mail_a_person(staff: Member, lead: Lead, action: str) -> None:
    """The lead's own mail says what to do next; a general one beside it would only confuse."""
    Lead.objects.update(state=Lead.State.PENDING)

    decide(staff, "lead", lead.slug, action)

    assert sorted(Delivery.objects.values_list("to", flat=True)) == ["author@example.com", "owner@example.com"]
    assert REASON in Delivery.objects.all()[0].text or action == "approve"


def test_a_suspended_companys_leads_vanish_at_once(staff: Member, lead: Lead) -> None:
    """And come back with it."""
    decide(staff, "company", lead.company.slug, "suspend")
    gone = on_the_board()

    decide(staff, "company", lead.company.slug, "restore")

    assert (gone, on_the_board()) == ([], [lead])
    assert Delivery.objects.filter(to="owner@example.com").count() == 2


def test_a_suspended_member_is_out_and_so_are_their_leads(staff: Member, lead: Lead) -> None:
    """Sessions end, what they posted is hidden, what colleagues posted stays."""
    author = Member.objects.get(email="author@example.com")
    colleagues = LeadFactory(company=lead.company, posted_by=Member.objects.get(email="owner@example.com"))
    client = Client()
    client.force_login(author)
    client.get("/my/leads/")

    decide(staff, "member", str(author.pk), "suspend")

    author.refresh_from_db()
    assert (author.state, author.is_active, on_the_board()) == ("suspended", False, [colleagues])
    assert Session.objects.count() == 0
    assert client.get("/my/leads/").headers["Location"].startswith("/account/login/")
    mail = Delivery.objects.get(to="author@example.com")
    assert "suspended your account" in mail.text
    assert REASON in mail.text


def test_a_restored_member_and_their_leads_are_back(staff: Member, lead: Lead) -> None:
    """Unless something else hides a lead."""
    author = Member.objects.get(email="author@example.com")
    hidden = LeadFactory(company=lead.company, posted_by=author, holds=["moderation"])
    decide(staff, "member", str(author.pk), "suspend")

    decide(staff, "member", str(author.pk), "restore", reason="")

    author.refresh_from_db()
    hidden.refresh_from_db()
    assert (author.is_active, on_the_board(), hidden.holds) == (True, [lead], ["moderation"])


def test_a_decision_against_something_answers_the_reports_about_it(staff: Member, lead: Lead) -> None:
    """Reports about other things stay open."""
    for slug in (lead.slug, lead.slug, "another"):
        Report.objects.create(target_kind="lead", target_id=slug, target_title="x", reason="fraud", filed_at=NOW)

    decide(staff, "lead", lead.slug, "suspend")

    assert list(Report.objects.order_by("pk").values_list("state", "closed_by")) == [
        ("closed", staff.pk),
        ("closed", staff.pk),
        ("open", None),
    ]


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["suspend", "reject"])
@pytest.mark.parametrize("reason", ["", "  \n "])
def test_nobody_loses_anything_without_a_reason(staff: Member, lead: Lead, action: str, reason: str) -> None:
    """Source: Regulation (EU) 2022/2065, article 17."""
    before = state()

    with pytest.raises(services.ReasonMissing):
        decide(staff, "lead", lead.slug, action, reason)

    assert state() == before


@pytest.mark.parametrize(
    ("kind", "key", "action"),
    [
        ("lead", "robusta", "restore"),  # it is not suspended
        ("lead", "robusta", "approve"),  # it is on the board
        ("lead", "none", "suspend"),
        ("lead", "robusta", "praise"),
        ("company", "none", "suspend"),
        ("company", "dak-hoa", "approve"),  # companies are not reviewed
        ("company", "dak-hoa", "restore"),
        ("member", "0", "suspend"),
        ("member", "x", "suspend"),
        ("member", "9" * 40, "suspend"),
        ("weather", "robusta", "suspend"),
    ],
)
def test_what_cannot_be_decided_changes_nothing(staff: Member, kind: str, key: str, action: str) -> None:
    """Not there, not possible, or already so."""
    LeadFactory(slug="robusta", company=CompanyFactory(slug="dak-hoa"))
    before = state()

    with pytest.raises(services.NothingToDecide):
        decide(staff, kind, key, action)

    assert state() == before


def test_the_second_of_two_decisions_finds_nothing_to_do(staff: Member, lead: Lead) -> None:
    """Two moderators look at the same report."""
    decide(staff, "lead", lead.slug, "suspend")
    before = state()

    with pytest.raises(services.NothingToDecide):
        decide(MemberFactory(is_staff=True), "lead", lead.slug, "suspend")

    assert (state()[1:], Decision.objects.get().decided_by) == (before[1:], staff)


@pytest.mark.parametrize("rights", [{"is_staff": True}, {"is_superuser": True}])
def test_staff_cannot_be_suspended(staff: Member, rights: dict[str, bool]) -> None:
    """Neither oneself nor an administrator; whoever leaves the staff loses that right first."""
    colleague = MemberFactory(**rights)
    before = state()

    for target in (staff, colleague):
        with pytest.raises(services.NothingToDecide):
            decide(staff, "member", str(target.pk), "suspend")

    assert state() == before


def test_who_is_not_staff_finds_no_member(lead: Lead) -> None:
    """Persons are nobody else's to look up."""
    author = Member.objects.get(email="author@example.com")

    with pytest.raises(services.NothingToDecide):
        decide(MemberFactory(), "member", str(author.pk), "suspend")

    author.refresh_from_db()
    assert author.state == "active"


def test_a_decision_whose_mail_cannot_be_queued_did_not_happen(staff: Member, lead: Lead) -> None:
    """The outbox refuses the second of two mails."""
    author = Member.objects.get(email="author@example.com")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE mailings_delivery ADD CONSTRAINT broken CHECK (\"to\" <> 'author@example.com')")
    before = state()

    with pytest.raises(IntegrityError):
        decide(staff, "member", str(author.pk), "suspend")

    assert state() == before
    assert on_the_board() == [lead]
