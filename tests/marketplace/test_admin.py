"""Staff's own pages: who gets in, what each group may do, and what is never shown there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from directory.models import Company
from mailings.services import queue_message
from moderation.models import Decision, Report, Ticket
from offerboard.admin import LeadAdmin
from offerboard.models import Lead, LeadPicture
from offerboard.services.pictures import change_pictures, read_uploads
from tests.factories import (
    NOW,
    PASSWORD,
    CategoryFactory,
    CompanyFactory,
    LeadFactory,
    MemberFactory,
)
from tests.offerboard.posting import picture
from tests.staff import at_work, changelist, make_staff, open_record

pytestmark = pytest.mark.django_db
REASON = "Rule 4: counterfeit goods."


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def moderator() -> Client:
    """The browser of a moderator who logged in with a second factor."""
    return at_work(make_staff("moderator"))


# --- who gets in -----------------------------------------------------------------------------------------------------


def test_staff_with_a_second_factor_get_in(moderator: Client) -> None:
    """The page begins with what waits."""
    response = moderator.get("/admin/")

    assert response.status_code == 200
    assert "Waiting for you" in response.content.decode()


def test_staff_without_a_second_factor_are_led_to_set_one_up() -> None:
    """A password alone opens nothing."""
    client = Client()
    client.post("/account/login/", {"login": make_staff("moderator").email, "password": PASSWORD})

    response = client.get("/admin/", follow=True)

    assert [place for place, _status in response.redirect_chain] == ["/admin/login/?next=/admin/", "/account/2fa/"]
    assert "Staff need a second factor." in response.content.decode()


def test_a_session_begun_before_the_factor_was_set_up_stays_outside() -> None:
    """The factor must have been used, not only owned."""
    staff = make_staff("moderator")
    old = Client()
    old.post("/account/login/", {"login": staff.email, "password": PASSWORD})

    at_work(staff)

    assert old.get(changelist("offerboard_lead")).status_code == 302


def test_the_demo_asks_for_no_second_factor(settings: Any) -> None:
    """There it would only be in the way; nothing in it is real."""
    settings.DEMO = True
    client = Client()
    client.force_login(make_staff("moderator"))

    assert client.get("/admin/").status_code == 200


def test_members_are_refused_and_visitors_log_in_on_the_sites_own_page() -> None:
    """Django's log-in form, which knows no limits, is never shown."""
    member = Client()
    member.force_login(MemberFactory())

    refused, asked = member.get("/admin/login/"), Client().get("/admin/login/?next=/admin/")

    assert (refused.status_code, asked.status_code) == (403, 302)
    assert asked.headers["Location"].startswith("/account/login/?next=")


def test_one_changes_the_password_on_the_sites_own_page(moderator: Client) -> None:
    """It asks for the old one and tells the person by mail."""
    assert moderator.get(reverse("admin:password_change")).headers["Location"] == reverse("account_change_password")


# --- the front page --------------------------------------------------------------------------------------------------


def test_the_front_page_counts_what_waits_and_the_week(moderator: Client) -> None:
    """Open reports, leads to review, open tickets; closed ones are not work."""
    LeadFactory(state="pending")
    for state in ("open", "open", "closed"):
        closed = {"closed_at": NOW} if state == "closed" else {}
        Report.objects.create(
            target_kind="lead", target_id="x", target_title="x", reason="spam", filed_at=NOW, state=state, **closed
        )
    Ticket.objects.create(
        kind="support", name="Vera", email="vera@example.com", text="Help", opened_at=NOW, state="closed"
    )

    response = moderator.get("/admin/")

    assert [(queue.name, queue.open) for queue in response.context["work"]] == [
        ("Reports", 2),
        ("Leads to review", 1),
        ("Tickets", 0),
    ]
    assert "Leads posted" in [figure.name for figure in response.context["week"]]


def test_the_front_page_shows_only_queues_one_may_open() -> None:
    """Communications have no moderation queue."""
    assert at_work(make_staff("communications")).get("/admin/").context["work"] == []


# --- pictures --------------------------------------------------------------------------------------------------------


NOTHING_ELSE = {
    f"{rows}-{count}_FORMS": 0 for rows in ("tiers", "documents", "revisions") for count in ("TOTAL", "INITIAL")
}


def test_a_removed_pictures_files_are_gone(
    moderator: Client, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    """The other picture keeps its own."""
    settings.MEDIA_ROOT = tmp_path
    lead = LeadFactory(posted_by=MemberFactory())
    good, _refused = read_uploads([picture(f"{colour}.jpg", colour=colour) for colour in ("red", "blue")])
    change_pictures(lead=lead, added=good, removed=[], now=NOW)
    bad, fine = lead.pictures.all()
    before = [path for path in tmp_path.rglob("*") if path.is_file()]
    inlines = {"pictures-TOTAL_FORMS": 2, "pictures-INITIAL_FORMS": 2, "pictures-0-DELETE": "on"} | NOTHING_ELSE
    rows = {"pictures-0-id": bad.pk, "pictures-1-id": fine.pk, "pictures-0-lead": lead.pk, "pictures-1-lead": lead.pk}

    with django_capture_on_commit_callbacks(execute=True):
        moderator.post(
            reverse("admin:offerboard_lead_change", args=[lead.pk]), {"category": lead.category_id, **inlines, **rows}
        )

    assert list(LeadPicture.objects.all()) == [fine]
    assert len(before) == 4
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {
        Path(fine.image.path),
        Path(fine.thumbnail.path),
    }


# --- what saving leaves alone ----------------------------------------------------------------------------------------


def test_staff_put_a_company_into_industries_and_write_nothing_else(moderator: Client) -> None:
    """Its profile is written by its owners, through the service that ends outdated checks."""
    company, industry = CompanyFactory(legal_name="Hanoi Coffee"), CategoryFactory()
    before = Company.objects.values().get()
    none = {f"{name}-{count}_FORMS": 0 for name in ("verifications", "team") for count in ("TOTAL", "INITIAL")}
    forged = {"legal_name": "x", "country": "DE", "address": "x", "description": "x", "logo-clear": "on", "phone": "x"}

    response = moderator.post(
        reverse("admin:directory_company_change", args=[company.pk]), {"industries": [industry.pk], **none, **forged}
    )

    assert (response.status_code, list(company.industries.all())) == (302, [industry])
    assert Company.objects.values().get() == before


def test_a_suspension_during_the_save_survives_it(moderator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Staff move a lead to another category while a colleague suspends it."""
    lead, elsewhere = LeadFactory(posted_by=MemberFactory()), CategoryFactory()
    none = {"pictures-TOTAL_FORMS": 0, "pictures-INITIAL_FORMS": 0} | NOTHING_ELSE
    save_form = LeadAdmin.save_form

    def suspend_then_save(*args: Any, **kwargs: Any) -> Any:
        Lead.objects.filter(pk=lead.pk).update(holds=["moderation"])
        return save_form(*args, **kwargs)

    monkeypatch.setattr(LeadAdmin, "save_form", suspend_then_save)

    moderator.post(reverse("admin:offerboard_lead_change", args=[lead.pk]), {"category": elsewhere.pk, **none})

    lead.refresh_from_db()
    assert (lead.category, lead.holds) == (elsewhere, ["moderation"])


# --- what is never shown or changed ----------------------------------------------------------------------------------


def test_the_outbox_shows_no_text_and_nothing_can_be_changed() -> None:
    """Mails may hold links that open an account."""
    row = queue_message(
        template="x",
        to="a@example.com",
        language="en",
        subject="Reset",
        text="https://example.com/secret-link",
        html="<a>secret-link</a>",
        now=NOW,
    )
    client = at_work(make_staff("communications"))
    place = reverse("admin:mailings_delivery_change", args=[row.pk])

    pages = client.get(place).content.decode() + client.get(changelist("mailings_delivery")).content.decode()
    answers = [client.post(place, {"to": "b@example.com"}).status_code]
    answers += [
        client.get(reverse(f"admin:mailings_delivery_{verb}", args=args)).status_code
        for verb, args in (("add", []), ("delete", [row.pk]))
    ]

    row.refresh_from_db()
    assert "a@example.com" in pages
    assert "secret-link" not in pages
    assert (answers, row.to) == ([403, 403, 403], "a@example.com")


@pytest.mark.parametrize("question", ["text__startswith", "html__contains", "subject__regex"])
def test_the_outbox_cannot_be_asked_for_what_it_does_not_show(question: str) -> None:
    """A list that comes back shorter would tell a text, guess by guess."""
    client = at_work(make_staff("communications"))

    assert client.get(changelist("mailings_delivery"), {"state__exact": "sent"}).status_code == 200
    assert client.get(changelist("mailings_delivery"), {question: "a"}).status_code == 400


def test_a_members_page_has_no_password_and_a_moderator_raises_nobody(moderator: Client) -> None:
    """Not even with a forged form."""
    member = MemberFactory(phone="+84 24 3825 4321")
    place = open_record(moderator, member)

    page = moderator.get(place).content.decode()
    answer = moderator.post(place, {"is_staff": "on", "is_superuser": "on", "password": "x", "full_name": "x"})

    before = member.password
    member.refresh_from_db()
    assert "password" not in page.split('id="content"')[1]
    assert [phone for phone in ("3825 4321", "38254321") if phone in page] == []
    assert (answer.status_code, member.is_staff, member.is_superuser, member.password) == (403, False, False, before)


def test_an_administrator_makes_staff_but_no_superuser() -> None:
    """Groups say what staff may do; `create_admin` alone makes a superuser."""
    client, member = at_work(make_staff("administrator")), MemberFactory()
    none = {"teams-TOTAL_FORMS": 0, "teams-INITIAL_FORMS": 0}
    values = {"full_name": member.full_name, "country": "VN", "language": "en"}
    chosen = {"is_staff": "on", "is_superuser": "on", "groups": [Group.objects.get(name="moderator").pk]}

    client.post(open_record(client, member), {**values, **chosen, **none})

    member.refresh_from_db()
    assert (member.is_staff, member.is_superuser) == (True, False)
    assert list(member.groups.values_list("name", flat=True)) == ["moderator"]


@pytest.mark.parametrize("name", ["accounts_member", "directory_company", "offerboard_lead", "moderation_decision"])
def test_nothing_of_the_market_is_deleted_here(name: str) -> None:
    """Not even by administrators: others refer to it."""
    company = CompanyFactory()
    Decision.objects.create(target_kind="lead", target_id="x", target_title="x", action="restore", decided_at=NOW)
    LeadFactory(company=company, posted_by=MemberFactory(company=company))
    client = at_work(make_staff("administrator"))

    page = client.get(changelist(name))
    pk = page.context["cl"].result_list[0].pk
    answer = client.get(reverse(f"admin:{name}_delete", args=[pk]))

    assert (page.status_code, answer.status_code) == (200, 403)
    assert "delete_selected" not in page.content.decode()


def test_every_list_of_the_admin_opens_searches_and_keeps_the_policy_of_content() -> None:
    """For administrators, who see all of them."""
    client, opened = at_work(make_staff("administrator")), 0
    LeadFactory(posted_by=MemberFactory())
    for app in client.get("/admin/").context["app_list"]:
        for model in app["models"]:
            response = client.get(f"{model['admin_url']}?q=robusta")
            assert (model["admin_url"], response.status_code) == (model["admin_url"], 200)
            assert "script-src 'self';" in response.headers["Content-Security-Policy"] + ";"
            opened += 1

    assert opened >= 10
