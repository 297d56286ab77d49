"""Partner sites: asked about by name, and given the contact of who said yes to that name, through the gate."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Member
from privacy import datamap
from privacy.consents import Question
from privacy.models import ConsentEvent, Disclosure, Receiver
from privacy.purposes import PARTNERS
from privacy.selectors.consents import asked_of_members
from privacy.services import disclosing
from privacy.services.consent import consent_key
from privacy.services.disclosing import Ground, disclose
from tests.factories import NOW, MemberFactory, ReceiverFactory
from tests.privacy.answering import say
from tests.privacy.publishing import named_all_receivers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
PAGE = "/privacy/consents/"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def member() -> Member:
    return MemberFactory()


@pytest.fixture
def browser(client: Client, member: Member) -> Client:
    client.force_login(member)
    return client


def granted(member: Member) -> set[tuple[str, str]]:
    events = ConsentEvent.objects.of(consent_key(member=member)).current(at=NOW)
    return {(event.purpose, event.channel) for event in events if event.given}


def give(members: list[Member], site: Receiver, **what: Any) -> None:
    """Through the gate, with a reason for the grounds that want one; the policy in force names the sites there are."""
    named_all_receivers()
    disclose(members=[one.pk for one in members], receiver=site, reason="They pay.", now=NOW, **what)


def partners() -> Question | None:
    """The question as it is asked now."""
    return next((one for one in asked_of_members(at=NOW) if one.purpose.key == "partners"), None)


# --- asked -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "receiver",
    [
        None,
        {"kind": "partner", "since": date(2026, 11, 23)},  # tomorrow
        {"kind": "partner", "until": date(2026, 11, 21)},  # yesterday
        {"kind": "connected"},
    ],
)
def test_partner_sites_are_not_asked_about_while_there_are_none(
    browser: Client, member: Member, receiver: dict[str, Any] | None
) -> None:
    if receiver:
        ReceiverFactory(name="Harbour Board", **receiver)

    page = browser.get(PAGE).text
    browser.post(PAGE, {"partners-partners": "yes", "partners-partners-0f9a6a7b": "yes"})
    browser.post(PAGE, {"every": "no"})

    assert ("partner sites" in page.split("<h1>")[1], "Harbour Board" in page) == (False, False)
    assert list(ConsentEvent.objects.filter(purpose="partners")) == []
    assert granted(member) == set()


def test_partner_sites_are_asked_about_by_name_and_the_ledger_keeps_the_names(browser: Client, member: Member) -> None:
    for name in ("Savanna List", "Harbour Board"):
        ReceiverFactory(kind="partner", name=name, since=NOW.date())
    asked = partners()
    assert asked is not None

    page = browser.get(PAGE).text
    browser.post(PAGE, {asked.name: "yes"})

    assert "Today these are:<br>– Harbour Board<br>– Savanna List</span>" in page
    event = ConsentEvent.objects.select_related("words").get()
    assert (event.purpose, event.channel, event.given) == ("partners", "partners", True)
    assert event.words.text.split("\n")[2:] == [
        *("Today these are:", "– Harbour Board", "– Savanna List"),
        "On partner sites",
    ]


def test_a_yes_from_before_stays_shown_to_be_taken_back_and_cannot_be_given_again(
    browser: Client, member: Member
) -> None:
    site = ReceiverFactory(kind="partner", name="Harbour Board")
    say(consent_key(member=member), True, to=partners())
    site.delete()

    page = browser.get(PAGE).text
    assert "Show my contact to partner sites" in page
    assert "Nobody is asked for this now. You can take your yes back." in page
    browser.post(PAGE, {"partners-partners": "yes"})
    assert ConsentEvent.objects.count() == 1
    browser.post(PAGE, {"partners-partners": "no"})

    assert granted(member) == set()
    assert "Show my contact to partner sites" not in browser.get(PAGE).text
    browser.post(PAGE, {"partners-partners": "yes"})
    assert granted(member) == set()


def test_a_yes_holds_for_the_sites_that_were_named_and_a_new_one_is_asked_about(
    browser: Client, member: Member
) -> None:
    ReceiverFactory(kind="partner", name="Harbour Board")
    first = partners()
    assert first is not None
    browser.post(PAGE, {first.name: "yes"})
    ReceiverFactory(kind="partner", name="Savanna List")
    second = partners()
    assert second is not None

    page = browser.get(PAGE).text
    assert "You said it when not all of these were named" in page
    assert f'name="{second.name}" value="yes" checked' not in page
    browser.post(PAGE, {"newsletter-email": "yes"})  # the question is left open
    browser.post(PAGE, {first.name: "yes"})  # on a page that did not show the second
    assert ConsentEvent.objects.filter(purpose="partners").count() == 1
    browser.post(PAGE, {second.name: "yes"})

    texts = ConsentEvent.objects.filter(purpose="partners").order_by("id").values_list("words__text", flat=True)
    assert ["Savanna List" in text for text in texts] == [False, True]
    assert f'name="{second.name}" value="yes" checked' in browser.get(PAGE).text


# --- given -----------------------------------------------------------------------------------------------------------


@pytest.mark.promise("no-sale")
def test_a_partner_site_is_given_the_contact_that_a_member_agreed_to_and_nothing_else() -> None:
    """Not even when registered: one purpose of the whole map is open to it, on one ground."""
    member, site = MemberFactory(), ReceiverFactory(kind="partner", name="Harbour Board")
    say(consent_key(member=member), True, to=partners())
    uses = [(name, use.why) for name, column in datamap.columns().items() for use in column.uses]
    passed = []
    for (name, purpose), ground in product(uses, Ground):
        try:
            give([member], site, purpose=purpose, columns=[name], ground=ground)
        except (disclosing.UndeclaredReceiver, disclosing.WrongGround):
            continue
        passed.append((name, purpose.key, ground.value))

    assert sorted(passed) == [
        *((f"accounts.Member.{name}", "partners", "agreed") for name in ("email", "full_name", "phone")),
        ("directory.TeamMember.company", "partners", "agreed"),
    ]
    assert Disclosure.objects.count() == 4


@pytest.mark.promise("no-sale")
@pytest.mark.parametrize("said", ["never", "no", "taken back", "to another site", "to a site whose name begins alike"])
def test_a_partner_site_is_given_nobody_who_did_not_say_yes_to_it_by_name(said: str) -> None:
    """One of two is enough to refuse both."""
    willing, member = MemberFactory(), MemberFactory()
    names = {"to another site": "Savanna List", "to a site whose name begins alike": "Harbour Board Plus"}
    site = ReceiverFactory(kind="partner", name=names.get(said, "Harbour Board"))
    for given in {"never": [], "no": [False], "taken back": [True, False]}.get(said, [True]):
        say(consent_key(member=member), given, to=partners())
    Receiver.objects.filter(pk=site.pk).update(name="Harbour Board")
    say(consent_key(member=willing), True, to=partners())
    contact = {"purpose": PARTNERS, "columns": ["accounts.Member.email"], "ground": Ground.AGREED}

    with pytest.raises(disclosing.NotAgreed, match="1 of 2"):
        give([willing, member], site, **contact)

    assert list(Disclosure.objects.all()) == []
    give([willing], site, **contact)
    assert [row.member for row in Disclosure.objects.all()] == [willing]
