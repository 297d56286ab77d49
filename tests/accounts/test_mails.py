"""Members choose on a page of their own how often they are told of what."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from mailings.models import MailPreference
from tests.factories import CompanyFactory, MemberFactory

pytestmark = pytest.mark.django_db
PAGE = "/my/mails/"


@pytest.fixture
def member(client: Client) -> Member:
    member = MemberFactory(company=CompanyFactory(), email="amara@example.com")
    client.force_login(member)
    return member


def chosen() -> dict[str, str]:
    return dict(MailPreference.objects.values_list("kind", "frequency"))


def test_the_page_shows_what_holds_and_what_cannot_be_changed(client: Client, member: Member) -> None:
    MailPreference.objects.create(member=member, kind="reply", frequency="weekly")

    page = client.get(PAGE)

    fields = {name: field.initial for name, field in page.context["form"].fields.items()}
    assert (fields["inquiry"], fields["reply"], fields["approved"]) == ("instant", "weekly", "instant")
    assert '<option value="weekly" selected>Once a week</option>' in page.text
    assert {kind.key for kind in page.context["fixed"]} == {"rejected", "security", "decision", "webhook_paused"}
    for words in ("amara@example.com", "Security of your account", reverse("privacy:consents"), "/my/searches/"):
        assert words in page.text


def test_the_page_names_the_time_zone_and_leads_to_where_it_is_set(client: Client, member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(time_zone="Asia/Ho_Chi_Minh")

    page = client.get(PAGE).text

    assert 'in your time zone, Asia/Ho_Chi_Minh (<a href="/account/#id_time_zone">change it</a>)' in page


def test_choices_are_saved_and_the_page_says_so(client: Client, member: Member) -> None:
    page = client.post(PAGE, {"inquiry": "daily", "reply": "off", "approved": "instant"}, follow=True)

    assert chosen() == {"inquiry": "daily", "reply": "off"}
    assert page.redirect_chain == [(PAGE, 302)]
    assert "Your mail preferences are saved." in page.text

    client.post(PAGE, {"inquiry": "weekly", "reply": "instant"})
    assert chosen() == {"inquiry": "weekly", "reply": "instant"}


def test_what_is_not_sent_stays_as_it_is(client: Client, member: Member) -> None:
    client.post(PAGE, {"reply": "off"})

    client.post(PAGE, {"inquiry": "weekly", "reply": ""})

    assert chosen() == {"inquiry": "weekly", "reply": "off"}


@pytest.mark.parametrize(
    "wrong", [{"inquiry": "hourly"}, {"approved": "off"}, {"security": "off"}, {"rejected": "off"}, {"decision": "off"}]
)
def test_what_is_not_offered_is_refused_and_changes_nothing(
    client: Client, member: Member, wrong: dict[str, str]
) -> None:
    client.post(PAGE, {"reply": "weekly"})

    page = client.post(PAGE, wrong)

    assert chosen() == {"reply": "weekly"}
    if set(wrong) & {"inquiry", "approved"}:  # the others are no fields at all
        assert (page.status_code, list(page.context["form"].errors)) == (200, list(wrong))


def test_of_a_page_in_which_one_choice_is_wrong_none_is_saved(client: Client, member: Member) -> None:
    client.post(PAGE, {"inquiry": "daily", "approved": "off"})

    assert chosen() == {}


def test_everybody_chooses_for_themselves(client: Client, member: Member) -> None:
    other = MemberFactory()
    MailPreference.objects.create(member=other, kind="reply", frequency="weekly")

    client.post(PAGE, {"reply": "off"})

    assert dict(MailPreference.objects.values_list("member", "frequency")) == {other.pk: "weekly", member.pk: "off"}


@pytest.mark.promise("get-changes-nothing")
def test_opening_the_page_changes_nothing(client: Client, member: Member) -> None:
    client.get(f"{PAGE}?inquiry=off&reply=off")
    client.head(f"{PAGE}?inquiry=off&reply=off")

    assert chosen() == {}


@pytest.mark.parametrize("page", ["/privacy/", "/account/", PAGE])
def test_the_page_is_found_from_the_privacy_centre_and_the_account(client: Client, member: Member, page: str) -> None:
    assert f'href="{PAGE}"' in client.get(page).text
