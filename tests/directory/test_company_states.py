"""A company comes, hides, is suspended and comes back."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from directory import registry, services
from directory.models import Company, TeamMember
from directory.services import StateConflict
from directory.slugs import public_slug
from moderation.registry import moderatable
from tests.factories import NOW, CompanyFactory, MemberFactory

pytestmark = pytest.mark.django_db
SERVICES = {
    "list": services.list_company,
    "hide": services.hide_company,
    "show": services.show_company,
    "suspend": services.suspend_company,
    "restore": services.restore_company,
}


def test_a_new_company_is_a_draft_with_its_first_owner() -> None:
    member = MemberFactory()

    company = services.create_company(
        legal_name="Đắk Hòa Agricultural Products",
        country="VN",
        city="Buôn Ma Thuột",
        address="12 Lê Duẩn",
        phone="+84 262 381 2345",
        owner=member,
        now=NOW,
    )

    company.refresh_from_db()
    assert (company.state, company.created_at, company.updated_at) == ("draft", NOW, NOW)
    assert (company.legal_name, str(company.country), company.phone.as_e164) == (
        "Đắk Hòa Agricultural Products",
        "VN",
        "+842623812345",
    )
    assert company.slug.startswith("dak-hoa-agricultural-products-")
    assert list(company.team.values_list("member", "role")) == [(member.pk, TeamMember.Role.OWNER)]


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("Đắk Hòa & Søn, Łódź", "dak-hoa-son-lodz-"),
        ("宁波海川机床有限公司", "company-"),
        ("../../etc/passwd", "etcpasswd-"),
        ("x" * 500, "x" * 60 + "-"),
        ("- - -", "company-"),
    ],
)
def test_an_address_is_readable_and_cannot_be_guessed(name: str, start: str) -> None:
    slugs = {public_slug(name, fallback="company") for _ in range(50)}

    assert len(slugs) == 50
    assert {slug[: len(start)] for slug in slugs} == {start}
    assert {len(slug) for slug in slugs} == {len(start) + 6}


@pytest.mark.parametrize(
    ("service", "before", "after"),
    [("list", "draft", "listed"), ("hide", "listed", "hidden"), ("show", "hidden", "listed")],
)
def test_each_step_starts_from_one_state(service: str, before: str, after: str) -> None:
    for state in Company.State.values:
        company = CompanyFactory(state=state)
        if state == before:
            SERVICES[service](company=company, now=NOW)
            company.refresh_from_db()
            assert (company.state, company.updated_at) == (after, NOW)
            continue
        with pytest.raises(StateConflict):
            SERVICES[service](company=company, now=NOW)
        company.refresh_from_db()
        assert (company.state, company.updated_at) == (state, NOW - timedelta(days=80))


@pytest.mark.parametrize("before", ["draft", "listed", "hidden"])
def test_lifting_a_suspension_brings_back_what_was(before: str) -> None:
    company = CompanyFactory(state=before)

    services.suspend_company(company=company, now=NOW)
    company.refresh_from_db()
    assert company.state == "suspended"
    with pytest.raises(StateConflict):
        services.suspend_company(company=company, now=NOW)
    services.restore_company(company=company, now=NOW)

    company.refresh_from_db()
    assert (company.state, company.suspended_from) == (before, "")
    with pytest.raises(StateConflict):
        services.restore_company(company=company, now=NOW)


def test_confirming_the_e_mail_lifts_no_suspension_but_counts_afterwards() -> None:
    company = CompanyFactory(state="draft")
    services.suspend_company(company=company, now=NOW)

    services.list_company(company=company, now=NOW)
    company.refresh_from_db()
    assert company.state == "suspended"
    services.restore_company(company=company, now=NOW)

    company.refresh_from_db()
    assert company.state == "listed"


def test_an_owner_cannot_lift_a_suspension() -> None:
    company = CompanyFactory(state="hidden")
    services.suspend_company(company=company, now=NOW)

    with pytest.raises(StateConflict):
        services.show_company(company=company, now=NOW)

    company.refresh_from_db()
    assert company.state == "suspended"


def test_the_state_before_a_suspension_stands_only_beside_one() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CompanyFactory(state="listed", suspended_from="hidden")


@pytest.mark.parametrize("service", ["hide", "suspend"])
def test_page_and_listing_vanish_the_same_moment(client: Client, service: str) -> None:
    company = CompanyFactory(legal_name="Vanishing Mills")
    assert client.get(company.get_absolute_url()).status_code == 200

    SERVICES[service](company=company, now=NOW)

    assert client.get(company.get_absolute_url()).status_code == 404
    assert "Vanishing Mills" not in client.get("/companies/").content.decode()


@pytest.mark.usefixtures("bare_registry")
def test_higher_apps_hear_of_every_change() -> None:
    heard: list[tuple[int, datetime]] = []
    registry.register_company_follower("test", lambda company, now: heard.append((company.pk, now)))
    company = CompanyFactory(state="draft")

    for service in ("list", "hide", "show", "suspend", "restore"):
        SERVICES[service](company=company, now=NOW)
    with pytest.raises(StateConflict):
        services.restore_company(company=company, now=NOW)

    assert heard == [(company.pk, NOW)] * 5


@pytest.mark.usefixtures("bare_registry")
def test_a_change_that_a_higher_app_cannot_follow_does_not_happen() -> None:
    company = CompanyFactory()

    def fail(_company: Company, _now: datetime) -> None:
        raise RuntimeError

    registry.register_company_follower("test", fail)
    with pytest.raises(RuntimeError):
        services.hide_company(company=company, now=NOW)

    company.refresh_from_db()
    assert company.state == "listed"


def test_moderation_finds_a_listed_company_for_everybody_and_tells_its_owners() -> None:
    company = CompanyFactory()
    owners = [MemberFactory(company=company), MemberFactory(company=company, language="fr")]
    MemberFactory(company=company, role="editor")

    kind = moderatable("company")
    assert kind is not None
    subject = kind.find(company.slug, None)

    assert subject is not None
    assert (subject.kind, subject.key, subject.title) == ("company", company.slug, company.legal_name)
    assert subject.url == company.get_absolute_url()
    assert list(subject.people) == [owner.pk for owner in owners]


def test_moderation_tells_strangers_nothing_of_a_company_that_is_not_listed() -> None:
    company = CompanyFactory(state="suspended")
    kind = moderatable("company")
    assert kind is not None

    assert kind.find(company.slug, None) is None
    assert kind.find(company.slug, MemberFactory(company=CompanyFactory()).pk) is None
    assert kind.find(company.slug, MemberFactory(company=company).pk) is not None
    assert kind.find(company.slug, MemberFactory(is_staff=True).pk) is not None
    assert kind.find("no-such-company", None) is None


def test_staff_suspend_and_restore_once() -> None:
    company = CompanyFactory()
    kind = moderatable("company")
    assert kind is not None

    assert kind.actions["suspend"](company.slug, "A false company.", NOW) is True
    assert kind.actions["suspend"](company.slug, "A false company.", NOW) is False
    company.refresh_from_db()
    assert company.state == "suspended"
    assert kind.actions["restore"](company.slug, "", NOW) is True
    assert kind.actions["restore"](company.slug, "", NOW) is False
    company.refresh_from_db()
    assert company.state == "listed"
    assert kind.actions["suspend"]("no-such-company", "A false company.", NOW) is False
