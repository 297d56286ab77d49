"""Two change one lead at once, and neither loses what the other wrote."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from directory.models import TeamMember
from offerboard.models import Lead
from offerboard.services.leads import ChangedMeanwhile, LeadDetails, update_draft, update_lead
from tests.factories import NOW, LeadFactory, MemberFactory
from tests.offerboard.posting import filled, picture

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)
STATES = pytest.mark.parametrize("state", ["draft", "published"])


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def said(lead: Lead, **words: Any) -> LeadDetails:
    """What the lead says, but for some words."""
    stored = LeadDetails.of(lead)
    return LeadDetails(**{name: getattr(stored, name) for name in stored.__slots__} | words)


def change(lead: Lead, *, at: Any = NOW, **words: Any) -> None:
    """As somebody does who has read the lead as it is in hand."""
    service = update_draft if lead.state == Lead.State.DRAFT else update_lead
    service(lead=lead, details=said(lead, **words), seen=lead.updated_at, now=at)


def stored() -> tuple[str, Decimal | None]:
    lead = Lead.objects.get()
    return lead.title, lead.quantity


@STATES
def test_of_two_who_read_the_same_lead_the_second_is_refused(state: str) -> None:
    """Though they change different fields: each sends the whole lead. Whoever reads it again may change it."""
    LeadFactory(state=state, title="Robusta", quantity=96)
    mine, theirs = Lead.objects.get(), Lead.objects.get()
    change(theirs, quantity=Decimal(48))

    with pytest.raises(ChangedMeanwhile) as refusal:
        change(mine, at=LATER, title="Arabica")

    assert (stored(), refusal.value.lead.quantity) == (("Robusta", Decimal(48)), Decimal(48))
    change(refusal.value.lead, at=LATER, title="Arabica")
    assert stored() == ("Arabica", Decimal(48))


@STATES
def test_who_says_what_the_lead_says_already_is_not_refused(state: str) -> None:
    """A second click sends the same form, made before the first one."""
    LeadFactory(state=state, title="Robusta")
    first, second = Lead.objects.get(), Lead.objects.get()
    change(first, title="Arabica, call +84 262 381 2345")

    change(second, at=LATER, title="Arabica, call +84 262 381 2345")

    assert stored()[0] == "Arabica, call [telephone hidden]"


# --- in browsers -----------------------------------------------------------------------------------------------------


def editor_of(lead: Lead) -> Client:
    client = Client()
    client.force_login(MemberFactory(company=lead.company, role=TeamMember.Role.EDITOR))
    return client


def address(lead: Lead) -> str:
    return reverse("offerboard:edit", args=[lead.slug])


def form_in(browser: Client, lead: Lead, **typed: Any) -> dict[str, Any]:
    """What the form that is open in the browser sends, once something is typed into it."""
    shown = browser.get(address(lead)).context
    stands = {name: shown["form"][name].value() for name in ("title", "quantity", "description", "origin", "price")}
    wish = "draft" if shown["is_draft"] else "save"
    return filled(lead.category, **{"submission": None, "action": wish, "seen": shown["seen"], **stands, **typed})


@STATES
def test_a_form_that_was_opened_before_somebody_else_saved_is_not_saved_and_not_lost(state: str) -> None:
    """It names what differs; a second press puts it in the place of theirs."""
    lead = LeadFactory(state=state, title="Robusta", quantity=96)
    browser = editor_of(lead)
    form = form_in(browser, lead, title="Arabica")
    change(Lead.objects.get(), quantity=Decimal(48))

    page = browser.post(address(lead), form)

    told = page.context["form"].non_field_errors()[0]
    assert stored() == ("Robusta", Decimal(48))
    assert told.startswith("Somebody else changed this lead meanwhile")
    assert [label in told for label in ("Title", "Quantity", "Origin")] == [True, True, False]
    assert page.context["form"]["title"].value() == "Arabica"
    browser.post(address(lead), form | {"seen": page.context["seen"]})
    assert stored() == ("Arabica", Decimal(96))


@STATES
def test_a_form_is_saved_again_and_again_while_nobody_else_changes_the_lead(state: str) -> None:
    """Also with a picture, which changes the lead too."""
    lead = LeadFactory(state=state)
    browser = editor_of(lead)

    for hour, title in enumerate(("One", "Two", "Three")):
        with time_machine.travel(NOW + timedelta(hours=hour), tick=False):
            form = form_in(browser, lead, title=title, pictures=picture())
            answers = [browser.post(address(lead), form | {"pictures": picture()}).status_code for _click in range(2)]
            assert (answers, stored()[0]) == ([302, 302], title)


def test_who_corrects_a_field_is_told_of_the_others_change_all_the_same() -> None:
    """The corrected form still says what it was made from."""
    lead = LeadFactory(title="Robusta", quantity=96)
    browser = editor_of(lead)
    form = form_in(browser, lead, title="Arabica", valid_days="many")
    change(Lead.objects.get(), quantity=Decimal(48))

    wrong = browser.post(address(lead), form)
    corrected = browser.post(address(lead), form | {"valid_days": "30", "seen": wrong.context["seen"]})

    assert corrected.context["form"].non_field_errors()
    assert stored() == ("Robusta", Decimal(48))


def test_files_that_were_chosen_are_kept_whatever_somebody_else_changed() -> None:
    """A browser cannot send them a second time."""
    lead = LeadFactory(title="Robusta")
    browser = editor_of(lead)
    form = form_in(browser, lead, title="Arabica", pictures=picture())
    change(Lead.objects.get(), quantity=Decimal(48))

    page = browser.post(address(lead), form)
    browser.post(address(lead), form | {"pictures": "", "seen": page.context["seen"]})

    assert (stored()[0], lead.pictures.count()) == ("Arabica", 1)
