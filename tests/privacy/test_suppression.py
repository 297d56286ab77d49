"""Who has left is not written to again, not even by mistake, until they come back by themselves."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import Invitation, Member
from accounts.services.invitations import invite
from directory.models import Company
from mailings.models import Delivery
from mailings.services import queue_mail
from moderation.models import Ticket
from moderation.services import answer_ticket
from privacy.models import PolicyNotice, PolicyVersion, Suppression
from privacy.selectors.suppression import any_suppressed, is_suppressed
from privacy.services.policy_notices import announce_policies
from privacy.services.suppression import lift, suppress
from tests.accounts.people import link_in, mails_to, sign_up_answers
from tests.factories import NOW, CompanyFactory, MemberFactory
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
LINH, KOFI = "linh@example.com", "kofi@example.com"
REMOVED = Suppression.Reason.REMOVED


def suppressed(value: str = LINH, kind: str = "email") -> None:
    suppress(kind=kind, value=value, reason=REMOVED, now=NOW)


def write(to: str, **changes: Any) -> Delivery:
    words = {"template": "ticket_opened", "language": "en", "context": {"reference": "T-1"}, "now": NOW}
    return queue_mail(to=to, **{**words, **changes})


# --- the list


@pytest.mark.parametrize(
    ("kind", "left", "comes_back_as"),
    [
        ("email", "linh@example.com", " Linh@EXAMPLE.com"),
        ("email", "linh@bücher.example", "linh@xn--bcher-kva.example"),
        ("email", "علي@مثال.example", "\u200fعلي@مثال.example\u202c"),
        ("phone", "+842623812345", "+84 262 381 2345"),
        ("company", "VN Đắk Hòa Co., Ltd.", "vn  ĐẮK HÒA  CO LTD"),
        ("company", "AE شركة القهوة", "AE \u202bشركة القهوة\u202c"),
        ("website", "bücher.example", "www.XN--BCHER-KVA.example"),
    ],
)
def test_what_has_left_is_known_again_in_any_spelling(kind: str, left: str, comes_back_as: str) -> None:
    suppressed(left, kind)

    assert (is_suppressed(kind, comes_back_as), is_suppressed(kind, left + "1")) == (True, False)
    assert Suppression.objects.filter(digest__icontains=left[:4]).count() == 0


def test_one_digest_is_kept_however_often_it_is_entered(settings: Any) -> None:
    suppressed()
    suppressed("LINH@example.com")
    settings.SUPPRESSION_KEYS = ["2:newer", *settings.SUPPRESSION_KEYS]
    suppressed()

    assert Suppression.objects.count() == 1


def test_nothing_is_entered_for_what_a_company_has_not_got() -> None:
    suppressed("", "website")

    assert (Suppression.objects.count(), is_suppressed("website", ""), any_suppressed([])) == (0, False, False)


def test_a_newer_key_in_front_does_not_forget_who_left_under_the_old_one(settings: Any) -> None:
    settings.SUPPRESSION_KEYS = ["1:old"]
    suppressed(LINH)
    settings.SUPPRESSION_KEYS = ["2:new", "1:old"]
    suppressed(KOFI)

    assert list(Suppression.objects.order_by("pk").values_list("key_id", flat=True)) == ["1", "2"]
    assert [is_suppressed("email", one) for one in (LINH, KOFI, "amara@example.com")] == [True, True, False]
    write(LINH)
    write(KOFI)
    assert Delivery.objects.count() == 0

    lift(kind="email", value=LINH, now=NOW)
    assert [is_suppressed("email", one) for one in (LINH, KOFI)] == [False, True]


def test_a_lost_key_forgets_and_nothing_else_can_bring_it_back(settings: Any) -> None:
    """Why docs/operation.md says never to lose one."""
    settings.SUPPRESSION_KEYS = ["1:old"]
    suppressed()
    settings.SUPPRESSION_KEYS = ["2:new"]

    assert not is_suppressed("email", LINH)


def test_a_digest_of_one_kind_is_none_of_another() -> None:
    suppressed("example.com", "website")

    assert not is_suppressed("company", "example.com")


# --- mail


@pytest.mark.promise("removed-stays-removed")
def test_no_mail_and_no_row_for_an_address_that_has_left() -> None:
    suppressed()

    for address in (LINH, "LINH@Example.com", KOFI):
        write(address)

    assert list(Delivery.objects.values_list("to", flat=True)) == [KOFI]


def test_what_its_holder_asked_for_goes_out() -> None:
    suppressed()

    write(LINH, asked_for=True)

    assert len(mails_to(LINH)) == 1


def test_an_answer_to_a_ticket_goes_out_and_a_number_that_anybody_can_cause_does_not() -> None:
    suppressed()
    staff = make_staff("privacy officer")
    Client().post(reverse("moderation:contact"), contact_form(LINH))
    ticket = Ticket.objects.get()
    assert mails_to(LINH) == []

    answer_ticket(ticket=ticket, author=staff, text="Here it is.", submission=ticket.submission, language="en", now=NOW)

    assert [mail.template for mail in mails_to(LINH)] == ["ticket_answered"]


def contact_form(email: str) -> dict[str, Any]:
    page = Client().get(reverse("moderation:contact"))
    form = page.context["form"]
    hidden = {name: str(form[name].value()) for name in ("form_token", "submission")}
    return {**hidden, "kind": "privacy", "name": "Linh", "email": email, "text": "Where is my data?"}


def test_policies_are_not_announced_to_an_address_that_nobody_confirmed() -> None:
    """And the change does not wait for that mail."""
    member = MemberFactory(email=LINH)
    other = MemberFactory(email=KOFI)
    suppressed()
    PolicyVersion.objects.create(
        kind="privacy", number=2, body="x", published_at=NOW, effective_at=NOW + timedelta(days=30), material=True,
        data_map={}, digest="x", changes=["x"],
    )  # fmt: skip

    while announce_policies(now=NOW):
        pass

    assert set(PolicyNotice.objects.values_list("member", flat=True)) == {member.pk, other.pk}
    assert list(Delivery.objects.values_list("to", flat=True)) == [KOFI]
    Delivery.objects.update(state="sent")
    announce_policies(now=NOW)
    assert PolicyVersion.objects.get(number=2).notices_done_at == NOW


# --- invitations


@pytest.fixture
def company() -> Company:
    return CompanyFactory(legal_name="Dak Hoa")


@pytest.fixture
def owner(company: Company) -> Member:
    return MemberFactory(company=company)


def invite_through_the_page(owner: Member, email: str) -> tuple[str, list[str]]:
    """What the inviter sees, with the address taken out."""
    client = Client()
    client.force_login(owner)
    page = client.post(reverse("accounts:invite"), {"email": email, "role": "editor"}, follow=True)
    said = [str(one).replace(email, "…") for one in page.context["messages"]]
    return page.redirect_chain[-1][0], [
        *said,
        *(one.email.replace(email, "…") for one in page.context["page"].invitations),
    ]


@pytest.mark.promise("removed-stays-removed")
@time_machine.travel(NOW, tick=False)
def test_an_invitation_to_somebody_who_left_sends_nothing_and_the_inviter_learns_nothing(
    company: Company, owner: Member
) -> None:
    """The inviter's own list shows what the inviter typed, as for anybody: a gap in it would tell."""
    suppressed()

    known = invite_through_the_page(owner, KOFI)
    Invitation.objects.all().delete()
    left = invite_through_the_page(owner, LINH)

    assert left == known
    assert (len(mails_to(KOFI)), mails_to(LINH)) == (1, [])
    shown = at_work(make_staff("communications")).get(reverse("admin:mailings_delivery_changelist")).content.decode()
    assert (KOFI in shown, LINH in shown) == (True, False)


@time_machine.travel(NOW, tick=False)
def test_inviting_again_later_sends_nothing_either(company: Company, owner: Member) -> None:
    suppressed()

    for day in range(3):
        invite(company=company, inviter=owner, email=LINH, role="viewer", now=NOW + timedelta(days=day))

    assert mails_to(LINH) == []


# --- coming back


@time_machine.travel(NOW, tick=False)
def test_who_joins_by_themselves_is_written_to_again_once_the_mailbox_is_proved(client: Client) -> None:
    suppressed()

    client.post(reverse("account_signup"), sign_up_answers(email=LINH))
    assert (is_suppressed("email", LINH), [mail.template for mail in mails_to(LINH)]) == (True, ["confirm_sign_up"])
    write(LINH)
    assert len(mails_to(LINH)) == 1  # typing an address proves nothing

    link = link_in(mails_to(LINH)[0])
    client.get(link)
    assert is_suppressed("email", LINH)  # a scanner follows links too
    client.post(link)

    assert (is_suppressed("email", LINH), Suppression.objects.count()) == (False, 0)
    assert EmailAddress.objects.get(email=LINH).verified
    write(LINH)
    assert len(mails_to(LINH)) == 2


def test_an_address_without_an_account_is_not_written_to_because_somebody_asked_for_a_password(client: Client) -> None:
    suppressed()

    answers = [client.post(reverse("account_reset_password"), {"email": one}) for one in (LINH, KOFI)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert list(Delivery.objects.values_list("to", "template")) == [(KOFI, "account_unknown")]
