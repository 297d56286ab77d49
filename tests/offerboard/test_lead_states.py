"""A lead's way on and off the board: pause, resume, renew, close, and what staff decide."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from accounts.services.suspension import restore_member, suspend_member
from directory.models import Company, TeamMember
from mailings.models import Delivery
from moderation.registry import moderatable
from moderation.services import NothingToDecide, decide
from offerboard import periodic
from offerboard.models import Lead
from offerboard.services import lead_states
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory

pytestmark = pytest.mark.django_db
STATES = ["draft", "pending", "published", "paused", "rejected", "closed"]
Change = Callable[..., None]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def expired(**values: Any) -> Lead:
    return LeadFactory(posted_at=NOW - timedelta(days=40), expires_at=NOW - timedelta(days=10), **values)


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def outcome(change: Change, lead: Lead) -> str:
    """The state after the change, or the name of the refusal, which must have changed nothing."""
    before = Lead.objects.values().get(pk=lead.pk)
    try:
        change(lead=lead, now=NOW)
    except Exception as refusal:  # noqa: BLE001  # whatever it is, the test compares its name
        assert Lead.objects.values().get(pk=lead.pk) == before
        return type(refusal).__name__
    return str(Lead.objects.get(pk=lead.pk).state)


@pytest.mark.parametrize(
    ("change", "outcomes"),
    [
        (lead_states.pause_lead, "NotPublished NotPublished paused NotPublished NotPublished NotPublished"),
        (lead_states.resume_lead, "NotPaused NotPaused NotPaused published NotPaused NotPaused"),
        (lead_states.renew_lead, "NotRenewable NotRenewable published NotRenewable NotRenewable NotRenewable"),
        (lead_states.close_lead, "StillADraft closed closed closed closed NotOpen"),
        (lead_states.approve_lead, "NotDecidable published NotDecidable NotDecidable published NotDecidable"),
    ],
)
def test_each_change_starts_from_its_own_states(change: Change, outcomes: str) -> None:
    assert [outcome(change, LeadFactory(state=state)) for state in STATES] == outcomes.split()


@pytest.mark.parametrize(
    ("change", "outcomes"),
    [
        (lead_states.pause_lead, "NotPublished NotPublished"),
        (lead_states.resume_lead, "NotPaused NotPaused"),
        (lead_states.renew_lead, "published published"),
        (lead_states.close_lead, "closed closed"),
    ],
)
def test_an_expired_lead_is_renewed_or_closed(change: Change, outcomes: str) -> None:
    assert [outcome(change, expired(state=state)) for state in ("published", "paused")] == outcomes.split()


def test_a_pause_takes_the_lead_off_the_board_and_keeps_its_dates() -> None:
    lead = LeadFactory()

    lead_states.pause_lead(lead=lead, now=NOW)
    off = list(Lead.objects.public(at=NOW))
    lead_states.resume_lead(lead=lead, now=NOW)

    again = Lead.objects.public(at=NOW).get()
    assert (off, again.posted_at, again.expires_at) == ([], lead.posted_at, lead.expires_at)


def test_where_leads_are_reviewed_first_what_was_paused_waits_before_it_is_back(settings: Any) -> None:
    """It may have been changed during the pause, also when it has expired meanwhile."""
    settings.LEADS_REVIEWED_FIRST = True
    resumed, renewed = LeadFactory(state="paused"), expired(state="paused", valid_days=14)

    outcomes = [outcome(lead_states.resume_lead, resumed), outcome(lead_states.renew_lead, renewed)]
    shown = list(Lead.objects.public(at=NOW))
    for lead in (resumed, renewed):
        lead_states.approve_lead(lead=lead, now=NOW)

    assert (outcomes, shown) == (["pending", "pending"], [])
    assert set(Lead.objects.public(at=NOW)) == {resumed, renewed}
    assert (resumed.posted_at, renewed.expires_at) == (NOW - timedelta(days=1), NOW + timedelta(days=14))


def test_who_resumes_a_lead_is_told_that_a_moderator_reads_it_first(settings: Any) -> None:
    settings.LEADS_REVIEWED_FIRST = True
    lead = LeadFactory(state="paused")
    browser = client_of(MemberFactory(company=lead.company))

    page = browser.post(reverse("offerboard:resume", args=[lead.slug]), follow=True).content.decode()

    assert ["A moderator reads your lead" in page, "back on the board" in page] == [True, False]


def test_a_renewal_runs_the_full_time_from_the_top() -> None:
    lead = expired(valid_days=14, company__country="VN")
    Company.objects.update(country="TH")

    lead_states.renew_lead(lead=lead, now=NOW)

    assert list(Lead.objects.public(at=NOW)) == [lead]
    assert (lead.posted_at, lead.expires_at, lead.renewals) == (NOW, NOW + timedelta(days=14), 1)
    assert lead.country.code == "TH"


def test_the_second_press_on_renew_does_nothing() -> None:
    lead = expired()
    lead_states.renew_lead(lead=lead, now=NOW)

    with pytest.raises(lead_states.RenewedToday):
        lead_states.renew_lead(lead=lead, now=NOW + timedelta(hours=23))
    lead_states.renew_lead(lead=lead, now=NOW + timedelta(days=1))

    assert Lead.objects.get().renewals == 2


@pytest.mark.parametrize("change", [lead_states.resume_lead, lead_states.renew_lead])
def test_nothing_comes_back_while_the_company_is_not_listed(change: Change) -> None:
    lead = LeadFactory(state="paused" if change is lead_states.resume_lead else "published")
    Company.objects.update(state=Company.State.SUSPENDED)

    assert outcome(change, lead) == "CompanyNotListed"


def test_a_draft_is_deleted_rather_than_closed() -> None:
    lead = LeadFactory(state="draft")
    other = LeadFactory(state="draft")
    browser = client_of(MemberFactory(company=lead.company))

    response = browser.post(reverse("offerboard:close", args=[lead.slug]), follow=True)

    assert list(Lead.objects.all()) == [other]
    assert "Deleted: the draft “Robusta green coffee, grade 1, screen 18”." in response.content.decode()


# --- in the browser -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("pause", "published", "paused"),
        ("resume", "paused", "published"),
        ("renew", "published", "published"),
        ("close", "published", "closed"),
    ],
)
def test_a_button_changes_the_state_once_and_says_so(verb: str, before: str, after: str) -> None:
    lead = LeadFactory(state=before)
    browser = client_of(MemberFactory(company=lead.company, role=TeamMember.Role.EDITOR))
    address = reverse(f"offerboard:{verb}", args=[lead.slug])

    first = browser.post(address, {"state": "published"}, follow=True)
    changed = Lead.objects.values().get()
    second = browser.post(address, {"state": "published"}, follow=True)

    assert (changed["state"], changed["updated_at"], Lead.objects.values().get()) == (after, NOW, changed)
    assert first.redirect_chain == second.redirect_chain == [("/my/leads/?state=published", 302)]
    assert ['class="note ok"' in first.content.decode(), 'class="note bad"' in second.content.decode()] == [True, True]


@pytest.mark.parametrize(
    ("verb", "status"), [("publish", 405), ("pause", 405), ("resume", 405), ("renew", 200), ("close", 405)]
)
def test_a_state_changes_by_post_alone(verb: str, status: int) -> None:
    lead = LeadFactory()
    before = Lead.objects.values().get()
    browser = client_of(MemberFactory(company=lead.company))

    assert browser.get(reverse(f"offerboard:{verb}", args=[lead.slug])).status_code == status
    assert Lead.objects.values().get() == before


@pytest.mark.parametrize("verb", ["publish", "pause", "resume", "renew", "close"])
@pytest.mark.parametrize(("who", "status"), [("viewer", 403), ("stranger", 404), ("visitor", 302)])
def test_others_change_no_state(client: Client, verb: str, who: str, status: int) -> None:
    lead = LeadFactory(state={"publish": "draft", "resume": "paused"}.get(verb, "published"))
    if who == "viewer":
        client.force_login(MemberFactory(company=lead.company, role=TeamMember.Role.VIEWER))
    elif who == "stranger":
        client.force_login(MemberFactory(company=CompanyFactory()))
    before = Lead.objects.values().get()

    response = client.post(reverse(f"offerboard:{verb}", args=[lead.slug]))

    assert (response.status_code, Lead.objects.values().get()) == (status, before)


# --- staff --------------------------------------------------------------------------------------------------------


def test_a_rejection_reaches_the_author_and_the_owners_with_its_reason() -> None:
    company = CompanyFactory()
    author = MemberFactory(company=company, email="author@example.com", role=TeamMember.Role.EDITOR)
    MemberFactory(company=company, email="owner@example.com")
    MemberFactory(company=company, email="colleague@example.com", role=TeamMember.Role.EDITOR)
    MemberFactory(company=company, email="gone@example.com", state=Member.State.SUSPENDED)
    lead = LeadFactory(company=company, posted_by=author, title="Robusta & more")
    words: dict[str, Any] = {
        "kind": "lead",
        "key": lead.slug,
        "reason": "Another company’s logo.",
        "by": MemberFactory(is_staff=True),
    }

    decide(action="reject", now=NOW, **words)
    with pytest.raises(NothingToDecide):
        decide(action="reject", now=NOW, **words)

    lead.refresh_from_db()
    assert (lead.state, lead.rejection) == ("rejected", "Another company’s logo.")
    assert list(Lead.objects.public(at=NOW)) == []
    mails = Delivery.objects.order_by("to")
    assert [mail.to for mail in mails] == ["author@example.com", "owner@example.com"]  # once each
    assert mails[0].subject == "Your lead was rejected: Robusta & more"
    assert ["Another company’s logo." in text for text in (mails[0].text, mails[0].html)] == [True, True]
    assert f"/leads/{lead.slug}/edit/" in mails[0].text


def test_an_author_who_left_the_team_hears_nothing() -> None:
    lead = LeadFactory(posted_by=MemberFactory(company=CompanyFactory()))

    assert list(lead_states.people_of(lead)) == []


@pytest.mark.parametrize("state", ["draft", "rejected", "closed"])
def test_what_is_not_before_the_public_or_staff_is_not_rejected(state: str) -> None:
    lead = LeadFactory(state=state)
    before = Lead.objects.values().get()

    with pytest.raises(lead_states.NotDecidable):
        lead_states.reject_lead(lead=lead, reason="Forbidden goods.", now=NOW)

    assert Lead.objects.values().get() == before


def test_an_approved_lead_runs_from_its_approval_and_its_people_hear_of_it() -> None:
    lead = LeadFactory(state="pending", valid_days=30)
    MemberFactory(company=lead.company, email="owner@example.com")

    lead_states.approve_lead(lead=lead, now=NOW)

    assert list(Lead.objects.public(at=NOW)) == [lead]
    assert (lead.posted_at, lead.expires_at) == (NOW, NOW + timedelta(days=30))
    mail = Delivery.objects.get()
    assert (mail.to, mail.subject) == ("owner@example.com", f"Your lead is on the board: {lead.title}")
    assert lead.get_absolute_url() in mail.text


def test_an_approved_change_keeps_the_leads_place_on_the_board() -> None:
    dates = {"posted_at": NOW - timedelta(days=5), "expires_at": NOW + timedelta(days=25)}
    lead = LeadFactory(state="pending", **dates)

    lead_states.approve_lead(lead=lead, now=NOW)

    assert {"posted_at": lead.posted_at, "expires_at": lead.expires_at} == dates


def test_holds_stand_apart_and_hide_at_once() -> None:
    member = MemberFactory()
    lead = LeadFactory(posted_by=member)
    everybody_elses = LeadFactory()
    theirs = Lead.objects.filter(posted_by=member)

    counts = [
        lead_states.hold_leads(leads=theirs, hold=Lead.Hold.MEMBER, now=NOW),
        lead_states.hold_leads(leads=theirs, hold=Lead.Hold.MEMBER, now=NOW),
        lead_states.hold_leads(leads=theirs, hold=Lead.Hold.MODERATION, now=NOW),
        lead_states.release_leads(leads=theirs, hold=Lead.Hold.MEMBER, now=NOW),
    ]

    assert (counts, Lead.objects.get(pk=lead.pk).holds) == ([1, 0, 1, 1], ["moderation"])
    assert list(Lead.objects.public(at=NOW)) == [everybody_elses]
    lead_states.release_leads(leads=theirs, hold=Lead.Hold.MODERATION, now=NOW)
    assert set(Lead.objects.public(at=NOW)) == {lead, everybody_elses}


def test_a_suspended_members_leads_vanish_at_once_and_come_back_with_them() -> None:
    author = MemberFactory()
    lead, other = LeadFactory(posted_by=author), LeadFactory()

    suspend_member(member_id=author.pk, now=NOW)
    shown_meanwhile = list(Lead.objects.public(at=NOW))
    restore_member(member_id=author.pk, now=NOW)

    assert (shown_meanwhile, set(Lead.objects.public(at=NOW))) == ([other], {lead, other})


def test_moderation_finds_and_decides_leads_by_their_address() -> None:
    lead = LeadFactory(state="pending")
    MemberFactory(company=lead.company, email="owner@example.com")
    kind = moderatable("lead")
    assert kind is not None

    done = [
        kind.actions["approve"](lead.slug, "", NOW),
        kind.actions["approve"](lead.slug, "", NOW),
        kind.actions["suspend"](lead.slug, "Fraud.", NOW),
        kind.actions["suspend"](lead.slug, "Fraud.", NOW),
        kind.actions["restore"](lead.slug, "", NOW),
        kind.actions["reject"](lead.slug, "Forbidden goods.", NOW),
        kind.actions["reject"]("no-such-lead", "Forbidden goods.", NOW),
    ]

    assert done == [True, False, True, False, True, True, False]
    assert Lead.objects.get().state == "rejected"


def test_a_report_finds_what_its_reader_may_see() -> None:
    public, draft = LeadFactory(), LeadFactory(state="draft")
    owner = MemberFactory(company=draft.company, email="owner@example.com")
    readers = [None, MemberFactory(company=CompanyFactory()).pk, owner.pk, MemberFactory(is_staff=True).pk]
    kind = moderatable("lead")
    assert kind is not None

    assert [kind.find(public.slug, reader) is not None for reader in readers] == [True, True, True, True]
    assert [kind.find(draft.slug, reader) is not None for reader in readers] == [False, False, True, True]
    subject = kind.find(draft.slug, owner.pk)
    assert subject is not None
    assert (subject.key, subject.title) == (draft.slug, draft.title)
    assert list(subject.people) == [owner.pk]


# --- time ---------------------------------------------------------------------------------------------------------


def test_a_lead_is_off_the_board_the_second_it_expires_without_any_job() -> None:
    lead = LeadFactory()
    assert lead.expires_at is not None

    assert list(Lead.objects.public(at=lead.expires_at - timedelta(microseconds=1))) == [lead]
    assert list(Lead.objects.public(at=lead.expires_at)) == []


def test_what_expired_ninety_days_ago_is_closed_and_the_rest_left_alone() -> None:
    def ended(days: int, state: str = "published") -> Lead:
        end = NOW - timedelta(days=days)
        return LeadFactory(state=state, posted_at=end - timedelta(days=30), expires_at=end)

    forgotten = [ended(90), ended(91, "paused")]
    left = [ended(89), LeadFactory(), LeadFactory(state="draft"), ended(100, "rejected")]

    periodic.tidy_expired_leads()
    periodic.tidy_expired_leads()  # beat may call twice

    assert [Lead.objects.get(pk=lead.pk).state for lead in forgotten] == ["closed", "closed"]
    assert [Lead.objects.get(pk=lead.pk).state for lead in left] == ["published", "published", "draft", "rejected"]
