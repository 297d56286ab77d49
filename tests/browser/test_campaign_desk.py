"""Staff write to many in a real browser: the count follows the filters, the page follows the campaign."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.urls import reverse
from django.utils import timezone

from mailings.models import Campaign, CampaignText, Delivery
from tests.browser.conftest import Visitor, VisitorMaker
from tests.factories import CompanyFactory, MemberFactory
from tests.mailings.campaigning import release, write
from tests.mailings.desk import OFFER, mails, place
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policies")]


@pytest.fixture(autouse=True)
def sender(settings: Any) -> None:
    settings.OPERATOR = {**settings.OPERATOR, "name": "Example Ltd", "address": "1 Example Street, Example"}


@pytest.fixture
def staff(visit: VisitorMaker) -> Visitor:
    """Somebody from communications who has logged in."""
    return logged_in(visit())


def logged_in(person: Visitor) -> Visitor:
    session = at_work(make_staff("communications")).cookies[configured.SESSION_COOKIE_NAME].value
    person.page.context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": session, "url": person.address}])
    return person


def under_way() -> Campaign:
    """A campaign of which six of ten mails have left."""
    campaign, now = release(write(), at=timezone.now(), now=timezone.now()), timezone.now()
    Campaign.objects.filter(pk=campaign.pk).update(state="sending", began_at=now)
    mails(campaign, "sent", 6, ended_at=now)
    mails(campaign, "pending", 4)
    return campaign


def test_the_number_of_readers_follows_the_filters_while_they_are_chosen(staff: Visitor) -> None:
    """By a script that comes from our own folder, under the policy of content that all of admin has."""
    for country in ("VN", "KE", "KE"):
        MemberFactory(company=CompanyFactory(country=country))
    page = staff.open(place("change", write("announcement")))
    readers = page.locator("#readers")

    page.get_by_label("Kenya").check()
    readers.get_by_text("2 people would get it now.").wait_for()
    page.get_by_label("Viet Nam").check()
    readers.get_by_text("3 people would get it now.").wait_for()
    page.get_by_label("Kind").select_option("marketing")
    readers.get_by_text("Choose a topic first").wait_for()

    assert staff.objections == []
    assert Campaign.objects.get().countries == []


def test_the_page_of_a_campaign_follows_it_to_its_end_and_survives_a_reload(staff: Visitor) -> None:
    campaign = under_way()
    page = staff.open(place("change", campaign))
    bar = page.get_by_role("progressbar")
    before = bar.get_attribute("value"), bar.get_attribute("max")

    page.reload()
    after_reload = bar.get_attribute("value")
    Delivery.objects.filter(campaign=campaign).update(state="sent", ended_at=timezone.now())
    Campaign.objects.filter(pk=campaign.pk).update(
        state="done", ended_at=timezone.now(), audience=10, sent=10, bounced=0, suppressed=0, uncertain=0, withdrawn=0
    )
    page.get_by_text("Done", exact=True).wait_for()

    assert (before, after_reload, bar.get_attribute("value")) == (("6", "10"), "6", "10")
    staff.check()


def test_every_page_about_mail_to_many(staff: Visitor) -> None:
    """Nothing serious for axe, nothing refused, nothing too wide; frames show the mail's own styles."""
    draft = write(texts={"en": {"subject": "Fair", "body": "Come.", **OFFER}})
    CampaignText.objects.create(campaign=draft, language="ar", subject="أخبار", body="في اللوحة مرشح جديد.")
    campaign = under_way()
    lists = [f"{one}_changelist" for one in ("campaign", "subscriber", "subscriptionwish", "domainbudget", "delivery")]

    for name in (*lists, "campaign_add", "opt_out", "stuck"):
        staff.open(reverse(f"admin:mailings_{name}"))
    for name in ("change", "preview", "release"):
        staff.open(place(name, draft))
    for step in ("pause", "cancel"):
        staff.open(place("step", campaign, step))
    page = staff.open(place("change", draft))
    page.locator("[name=texts-0-subject]").fill("")
    staff.press("Save")
    staff.press("Text in English, Subject")
    assert page.evaluate("location.hash") == "#id_texts-0-subject"
    page = staff.open(f"{place('preview', draft)}?language=ar")

    frame = page.frame_locator("iframe").first
    assert frame.locator("html").get_attribute("dir") == "rtl"
    assert frame.locator("h1").evaluate("h1 => getComputedStyle(h1).color") != "rgb(0, 0, 0)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_deletes_and_what_takes_back_can_be_read(visit: VisitorMaker, scheme: str) -> None:
    """As it lies there, and below a finger; Django's own style sheets write white on all of it."""
    staff, draft = logged_in(visit(scheme=scheme)), write()

    page = staff.open(place("change", draft))
    page.locator(".deletelink").hover()
    staff.check()
    page = staff.open(place("delete", draft))
    for button in (page.locator("main [type=submit]"), page.locator(".cancel-link")):
        button.hover()
        staff.check()
    page = staff.open(place("step", release(write()), "cancel"))
    page.locator(".cancel-link").hover()
    staff.check()
