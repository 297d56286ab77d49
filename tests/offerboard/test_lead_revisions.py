"""The record of what the public could read, and when."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from directory.services import hide_company, show_company
from offerboard.models import Lead, LeadRevision
from offerboard.models.lead import LeadQuerySet
from offerboard.revisions import keep_revisions
from offerboard.services import lead_states
from offerboard.services.leads import LeadDetails, update_draft, update_lead
from offerboard.tiers import Tier
from tests.factories import NOW, CategoryFactory, LeadFactory, MemberFactory
from tests.staff import at_work, make_staff

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = NOW + HOUR


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def posted(**fields: Any) -> Lead:
    """A lead that went on the board at NOW for 30 days."""
    lead = LeadFactory(state="draft", **fields)
    lead_states.publish_lead(lead=lead, now=NOW)
    return lead


def only(lead: Lead) -> LeadQuerySet:
    return Lead.objects.filter(pk=lead.pk)


def times(lead: Lead) -> list[tuple[datetime, datetime]]:
    return list(lead.revisions.order_by("public_from", "pk").values_list("public_from", "public_until"))


def reworded(lead: Lead, *, now: datetime, **words: Any) -> None:
    details = LeadDetails.of(lead)
    changed = LeadDetails(**{n: getattr(details, n) for n in details.__slots__} | words)
    update_lead(lead=lead, details=changed, seen=lead.updated_at, now=now)


def test_a_publication_begins_a_record_of_trade_facts() -> None:
    lead = posted(destinations=["DE"], lead_time_days=0, posted_by=MemberFactory(full_name="Amara Okonkwo"))

    [revision] = lead.revisions.all()
    facts = revision.facts
    assert (facts["title"], facts["quantity"], facts["price"], facts["tiers"]) == (lead.title, "96", "4180", [])
    assert lead.category is not None
    assert (facts["category"], facts["origin"], facts["destinations"]) == (lead.category.slug, "VN", ["DE"])
    assert (facts["lead_time_days"], facts["incoterm"]) == (0, "FOB")
    assert times(lead) == [(NOW, NOW + timedelta(days=30))]


def test_no_person_is_in_it() -> None:
    member = MemberFactory(full_name="Amara Okonkwo")
    lead = posted(posted_by=member)

    [revision] = lead.revisions.all()
    assert [word in str(revision.facts) for word in ("Amara", member.email, "posted_by")] == [False] * 3
    member.delete()
    assert lead.revisions.count() == 1


def test_a_draft_leaves_no_record() -> None:
    lead = LeadFactory(state="draft")

    update_draft(lead=lead, details=LeadDetails.of(lead), seen=lead.updated_at, now=NOW)

    assert times(lead) == []


def test_changed_words_end_one_record_and_begin_another() -> None:
    lead = posted()

    reworded(lead, now=LATER, title="Robusta, new crop", tiers=(Tier(Decimal(10), Decimal(4180)),))

    assert times(lead) == [(NOW, LATER), (LATER, NOW + timedelta(days=30))]
    assert [revision.facts["title"] for revision in lead.revisions.all()] == [
        *("Robusta, new crop", "Robusta green coffee, grade 1, screen 18"),
    ]
    assert [revision.facts["tiers"] for revision in lead.revisions.all()] == [[["10", "4180"]], []]


def test_saving_the_same_words_again_writes_nothing() -> None:
    lead = posted()
    before = list(LeadRevision.objects.values())

    reworded(lead, now=LATER)
    keep_revisions(leads=only(lead), now=LATER)

    assert list(LeadRevision.objects.values()) == before


@pytest.mark.parametrize(
    "leave",
    [
        lambda lead: lead_states.pause_lead(lead=lead, now=LATER),
        lambda lead: lead_states.close_lead(lead=lead, now=LATER),
        lambda lead: lead_states.reject_lead(lead=lead, reason="Forbidden goods.", now=LATER),
        lambda lead: lead_states.hold_leads(leads=only(lead), hold=Lead.Hold.MODERATION, now=LATER),
        lambda lead: hide_company(company=lead.company, now=LATER),
    ],
    ids=["paused", "closed", "rejected", "hidden", "company hidden"],
)
def test_leaving_the_board_ends_the_record(leave: Callable[[Lead], object]) -> None:
    lead, other = posted(), posted()

    leave(lead)

    assert times(lead) == [(NOW, LATER)]
    assert times(other) == [(NOW, NOW + timedelta(days=30))]


def test_coming_back_begins_another() -> None:
    lead = posted()
    lead_states.pause_lead(lead=lead, now=NOW + HOUR)
    lead_states.resume_lead(lead=lead, now=NOW + 2 * HOUR)
    hide_company(company=lead.company, now=NOW + 3 * HOUR)
    show_company(company=lead.company, now=NOW + 4 * HOUR)

    assert times(lead) == [
        (NOW, NOW + HOUR),
        (NOW + 2 * HOUR, NOW + 3 * HOUR),
        (NOW + 4 * HOUR, NOW + timedelta(days=30)),
    ]


def test_an_expiry_ends_it_without_anybody_noticing() -> None:
    lead = posted()
    over = NOW + timedelta(days=30)

    lead_states.close_lead(lead=lead, now=over + HOUR)

    assert times(lead) == [(NOW, over)]


def test_a_renewal_after_expiry_leaves_the_gap_visible() -> None:
    lead = posted()
    back = NOW + timedelta(days=40)

    lead_states.renew_lead(lead=lead, now=back)

    assert times(lead) == [(NOW, NOW + timedelta(days=30)), (back, back + timedelta(days=30))]


def test_an_approval_begins_it(settings: Any) -> None:
    settings.LEADS_REVIEWED_FIRST = True
    lead = posted()
    waiting = times(lead)

    lead_states.approve_lead(lead=lead, now=LATER)

    assert (waiting, times(lead)) == ([], [(LATER, LATER + timedelta(days=30))])


def test_where_leads_are_reviewed_first_a_change_ends_it(settings: Any) -> None:
    lead = posted()
    settings.LEADS_REVIEWED_FIRST = True

    reworded(lead, now=LATER, title="Robusta, new crop")

    assert times(lead) == [(NOW, LATER)]


def test_what_fails_leaves_no_record() -> None:
    """The record and the publication are one transaction."""
    lead = LeadFactory(state="draft", quantity=None)

    with pytest.raises(lead_states.Incomplete):
        lead_states.publish_lead(lead=lead, now=NOW)

    assert times(lead) == []


@pytest.mark.parametrize("change", [{"expires_at": NOW}, {"closed_at": NOW - HOUR}, {}])
def test_the_database_holds_one_open_record_of_a_lead_that_ends_after_it_begins(change: dict[str, Any]) -> None:
    lead = posted()
    before = list(LeadRevision.objects.values())
    second = {"facts": {}, "public_from": NOW, "expires_at": LATER, "closed_at": None} | change

    with pytest.raises(IntegrityError), transaction.atomic():
        LeadRevision.objects.create(lead=lead, **second)

    assert list(LeadRevision.objects.values()) == before


@pytest.mark.parametrize("leads", [1, 30])
def test_many_leads_cost_no_more_queries(leads: int, django_assert_num_queries: Any) -> None:
    LeadFactory.create_batch(leads)

    with django_assert_num_queries(8):
        keep_revisions(leads=Lead.objects.all(), now=NOW)

    assert LeadRevision.objects.count() == leads


def page_of(lead: Lead, **changes: Any) -> dict[str, Any]:
    """What the lead's page in admin sends."""
    parts: dict[str, Any] = {
        "tiers": lead.tiers,
        "pictures": lead.pictures,
        "documents": lead.documents,
        "revisions": lead.revisions,
    }
    sent: dict[str, Any] = {"category": lead.category_id}
    for prefix, rows in parts.items():
        keys = list(rows.values_list("pk", flat=True))
        sent |= {f"{prefix}-TOTAL_FORMS": len(keys), f"{prefix}-INITIAL_FORMS": len(keys)}
        sent |= {f"{prefix}-{place}-id": key for place, key in enumerate(keys)}
    return sent | changes


def test_staff_read_it_and_write_nothing() -> None:
    lead = posted(title="<b>Robusta</b> & more")
    staff = at_work(make_staff("moderator"))
    address = reverse("admin:offerboard_lead_change", args=[lead.pk])
    page = staff.get(address).content.decode()
    assert "<b>title</b>: &lt;b&gt;Robusta&lt;/b&gt; &amp; more" in page
    before = list(LeadRevision.objects.values())

    hostile = {"revisions-0-DELETE": "on", "revisions-0-facts": "{}", "revisions-0-closed_at": "2020-01-01"}
    response = staff.post(address, page_of(lead, **hostile))

    assert (response.status_code, list(LeadRevision.objects.values())) == (302, before)


def test_another_category_chosen_by_staff_is_another_record() -> None:
    lead, shelf = posted(), CategoryFactory(slug="arabica")
    staff = at_work(make_staff("moderator"))

    with time_machine.travel(LATER, tick=False):
        staff.post(reverse("admin:offerboard_lead_change", args=[lead.pk]), page_of(lead, category=shelf.pk))

    lead.refresh_from_db()
    assert (lead.category, lead.category_path) == (shelf, shelf.path)
    assert [revision.facts["category"] for revision in lead.revisions.all()][:1] == ["arabica"]
    assert times(lead)[0] == (NOW, LATER)
