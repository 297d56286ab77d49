"""People without an account have removed what is here about them: asked for by anybody, proved by the mailbox."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import signing
from django.test import Client
from django.urls import reverse

from directory.models import Company
from mailings.models import Delivery
from moderation.models import Decision
from privacy.forms.removals import asked_about
from privacy.models import Removal, SubjectRequest, Suppression
from privacy.selectors.removals import link_token
from privacy.selectors.suppression import is_suppressed
from privacy.services.removals import LinkClosed, ask_for_removal, expire_removals, prove_mailbox
from tests.accounts.people import mails_to
from tests.factories import NOW, CompanyFactory, InvitationFactory, LeadFactory, MemberFactory
from tests.privacy.removing import REMOVAL, ask, hidden_in, link_to, press, send, states, the_removal
from tests.world import fingerprint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
LINH, KOFI = "linh@example.com", "kofi@example.com"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def company() -> Company:
    return CompanyFactory(legal_name="Dak Hoa", website="https://www.dakhoa.example/en/")


# --- asking


def test_a_visitor_asks_without_a_cookie_and_gets_a_link_by_mail(company: Company) -> None:
    client = Client(enforce_csrf_checks=True)

    answer = send(client, about="page", page=company.get_absolute_url(), email="Linh@example.com", text="My name.")

    removal = the_removal()
    request = removal.request
    assert (answer.status_code, len(client.cookies)) == (200, 0)
    assert "<bdi>Linh@example.com</bdi>" in answer.content.decode()
    assert (request.kind, request.state, request.email) == ("removal", "received", "Linh@example.com")
    assert request.text == "My name."
    assert (removal.channel, removal.page, removal.target_kind, removal.target_key) == (
        *("form", company.get_absolute_url(), "company"),
        company.slug,
    )
    [mail] = Delivery.objects.all()
    assert (mail.template, mail.to) == ("removal_link", "Linh@example.com")


def test_the_mail_with_the_link_repeats_nothing_that_was_typed() -> None:
    """Or this market would carry anybody’s words to anybody."""
    send(about="page", page="/companies/buy-at-evil-example/", email=LINH, text="Call me under 0900 1234.")

    assert the_removal().page == "/companies/buy-at-evil-example/"
    [mail] = Delivery.objects.all()
    assert [word in mail.text + mail.html + mail.subject for word in ("evil-example", "0900 1234")] == [False, False]


def test_another_site_cannot_make_a_browser_ask() -> None:
    filled = hidden_in(Client().get(REMOVAL)) | {"about": "mail", "email": LINH}

    answer = Client().post(REMOVAL, filled, headers={"Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, states(), Delivery.objects.count()) == (403, [], 0)


def test_the_answer_does_not_tell_who_is_known_here() -> None:
    MemberFactory(email="member@example.com")
    InvitationFactory(email="invited@example.com")
    ask("gone@example.com")
    press(link_to("gone@example.com"))
    unconfirmed = MemberFactory(email="unconfirmed@example.com")
    EmailAddress.objects.filter(user=unconfirmed).update(verified=False)
    typed = ["member@example.com", "invited@example.com", "gone@example.com", unconfirmed.email, "nobody@example.com"]

    answers = [send(email=email) for email in typed]

    said = {answer.content.decode().replace(email, "…") for answer, email in zip(answers, typed, strict=True)}
    headers = {str(sorted(answer.headers)) for answer in answers}
    assert (len(said), len(headers), {answer.status_code for answer in answers}) == (1, 1, {200})
    assert [len(mails_to(email)) for email in typed] == [1, 1, 1, 1, 1]


def test_a_members_address_gets_a_mail_about_the_privacy_centre_and_nothing_else_happens() -> None:
    member = MemberFactory(email=LINH)
    before = fingerprint()

    send(email="LINH@example.com")

    [mail] = Delivery.objects.all()
    assert mail.template == "removal_of_member"
    assert ("/privacy/\n" in mail.text, "/privacy/removal/" in mail.text) == (True, False)
    assert (fingerprint(), is_suppressed("email", member.email)) == (before, False)


def test_of_two_presses_one_asks() -> None:
    filled = hidden_in(Client().get(REMOVAL)) | {"about": "mail", "email": LINH}

    answers = [Client().post(REMOVAL, filled) for _press in range(2)]

    assert ([answer.status_code for answer in answers], states(), len(mails_to(LINH))) == ([200, 200], ["received"], 1)


def test_one_address_gets_three_links_a_day_and_the_page_says_the_same() -> None:
    """Anybody can type it."""
    answers = [send(email=spelling) for spelling in (LINH, "LINH@example.com", LINH, LINH, " Linh@example.com")]

    said = {answer.content.decode().lower().replace(LINH, "…") for answer in answers}
    assert (len(said), len(states()), Delivery.objects.count()) == (1, 3, 3)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"about": ""}, "about"),
        ({"about": "page"}, "page"),
        ({"about": "page", "page": "https://other.example/companies/x/"}, "page"),
        ({"about": "page", "page": "/no/such/page/"}, "page"),
        ({"about": "page", "page": "https://[broken/"}, "page"),
        ({"about": "page", "page": "javascript:alert(1)"}, "page"),
        ({"email": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"text": "x" * 2001}, "text"),
        ({"form_token": "forged"}, "__all__"),
        ({"homepage": "https://spam.example"}, "__all__"),
        ({"submission": "x"}, "submission"),
    ],
)
def test_what_cannot_be_asked_comes_back_with_its_error(answers: dict[str, str], field: str) -> None:
    page = send(None, **answers)

    assert (page.status_code, list(page.context["form"].errors), states()) == (200, [field], [])


@pytest.mark.parametrize("host", ["http://testserver", "testserver", "HTTP://TESTSERVER", ""])
def test_an_address_is_understood_however_much_of_it_was_copied(host: str, company: Company, settings: Any) -> None:
    settings.SITE_URL = "http://testserver"

    send(about="page", page=f" \u200e{host}{company.get_absolute_url()}?from=search#leads ")

    assert the_removal().target_key == company.slug


def test_a_page_that_nobody_sees_is_taken_like_any_other() -> None:
    """An error here would tell that a draft exists."""
    draft = CompanyFactory(state="draft")

    for slug in (draft.slug, "no-such-company"):
        assert send(about="page", page=f"/companies/{slug}/").status_code == 200

    assert (states(), Delivery.objects.count()) == (["received", "received"], 2)


@pytest.mark.parametrize("kind", ["company", "lead"])
def test_public_pages_lead_to_the_form_with_their_address(kind: str, company: Company) -> None:
    thing = company if kind == "company" else LeadFactory(company=company)
    page = Client().get(thing.get_absolute_url()).content.decode()

    place = f"{REMOVAL}?page=" + thing.get_absolute_url().replace("/", "%2F")
    assert (place in page, "This is about me" in page) == (True, True)
    form = Client().get(place).context["form"]
    assert (form["page"].value(), form["about"].value()) == (thing.get_absolute_url(), "page")


def test_who_reads_the_policy_or_the_centre_finds_the_form() -> None:
    pages = [Client().get(reverse(name)).content.decode() for name in ("privacy:policy", "privacy:centre")]

    assert [page.count(f'href="{REMOVAL}"') for page in pages] == [2, 2]  # there, and in the footer


# --- the link


def test_a_scanner_that_follows_the_link_changes_nothing() -> None:
    InvitationFactory(email=LINH)
    link = ask(LINH)
    before = fingerprint()

    answers = [Client().get(link), Client().head(link), Client().get(link)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert (fingerprint(), is_suppressed("email", LINH)) == (before, False)
    assert [answer["Cache-Control"] for answer in answers] == [answers[0]["Cache-Control"]] * 3
    assert "no-store" in answers[0]["Cache-Control"]


def test_the_button_needs_no_cookie_and_no_other_site_can_press_it() -> None:
    link, client = ask(LINH), Client(enforce_csrf_checks=True)
    filled = hidden_in(client.get(link))

    foreign = client.post(link, filled, headers={"Origin": "https://evil.example"})
    bare = client.post(link, {})
    assert (foreign.status_code, bare.status_code, states()) == (403, 200, ["received"])

    client.post(link, filled)
    assert (states(), len(client.cookies)) == (["review"], 0)


@pytest.mark.parametrize("change", ["forged", "foreign", "too old", "over"])
def test_a_link_that_is_not_ours_or_too_old_does_nothing(change: str) -> None:
    InvitationFactory(email=LINH)
    link = ask(LINH)
    later = NOW
    if change == "forged":
        link = link.replace(link.split("/")[3], link.split("/")[3][:-3] + "abc")
    elif change == "foreign":
        link = reverse("privacy:prove_removal", args=[signing.dumps(str(the_removal().pk), salt="another")])
    else:
        later = NOW + timedelta(days=7)
    if change == "over":
        expire_removals(now=later)
    before = fingerprint()

    with time_machine.travel(later, tick=False):
        shown, pressed = Client().get(link), Client().post(link)

    assert (shown.status_code, pressed.status_code, shown.content == pressed.content) == (404, 404, True)
    assert (fingerprint(), Suppression.objects.count()) == (before, 0)
    with pytest.raises(LinkClosed):
        prove_mailbox(token=link.split("/")[3], now=later)


def test_a_link_of_another_kind_of_request_proves_nothing() -> None:
    member = MemberFactory()
    request = SubjectRequest.objects.create(
        kind="correction", member=member, state="received", received_at=NOW, due_at=NOW + timedelta(days=30)
    )

    with pytest.raises(LinkClosed):
        prove_mailbox(token=link_token(request), now=NOW)

    request.refresh_from_db()
    assert request.state == "received"


def test_a_double_press_does_it_once(company: Company) -> None:
    link = ask("linh@dakhoa.example", page=company.get_absolute_url())

    answers = [press(link), Client().post(link, hidden_in(Client().get(REMOVAL))), press(link), Client().get(link)]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert all("Your mailbox is removed" in answer.content.decode() for answer in answers)
    assert (states(), Suppression.objects.count(), Decision.objects.count()) == (["hidden"], 1, 1)


def test_who_joined_in_the_meantime_is_sent_to_the_privacy_centre() -> None:
    link = ask(LINH)
    MemberFactory(email=LINH)

    answer = press(link)

    assert (answer.status_code, reverse("privacy:centre") in answer.content.decode()) == (200, True)
    assert (states(), Suppression.objects.count()) == (["received"], 0)


def test_a_wish_that_nobody_proved_is_forgotten_with_the_address_that_was_typed(company: Company) -> None:
    ask(LINH, page=company.get_absolute_url(), text="A secret.")
    ask(KOFI, now=NOW + timedelta(days=1))

    assert expire_removals(now=NOW + timedelta(days=7)) == 1

    over = SubjectRequest.objects.get(state="expired")
    removal = Removal.objects.get(pk=over.pk)
    assert (over.email, over.text, over.ended_at, removal.page, removal.target_key) == (
        *("", "", NOW + timedelta(days=7)),
        *("", ""),
    )
    assert SubjectRequest.objects.get(state="received").email == KOFI


def test_the_same_number_cannot_be_used_for_two_wishes() -> None:
    number = uuid4()
    for email in (LINH, KOFI):
        ask_for_removal(asked=asked_about("", email=email, text="", language="en"), submission=number, now=NOW)

    assert (Removal.objects.count(), mails_to(KOFI)) == (1, [])


def test_a_link_proves_the_mailbox_that_it_was_mailed_to_and_no_other() -> None:
    """Whoever got hold of a number could else prove somebody else's mailbox with a link of their own."""
    ask("kofi@example.com")
    request = SubjectRequest.objects.get()
    token = link_token(request)
    SubjectRequest.objects.update(email="victim@example.com")

    with pytest.raises(LinkClosed):
        prove_mailbox(token=token, now=NOW)

    assert (SubjectRequest.objects.get().state, is_suppressed("email", "victim@example.com")) == ("received", False)
