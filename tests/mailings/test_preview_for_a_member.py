"""A mail is looked at as one member gets it by staff who type the address and say why; the member reads both."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import Member
from mailings.models import Campaign
from privacy.models import Disclosure
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import WORDS, write
from tests.mailings.desk import place, writer
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
TWO = {"en": WORDS, "ar": {"subject": "أخبار", "body": "في اللوحة مرشح جديد."}}
EMAIL, NAME, WHY = "amara@example.com", "Amara Okonkwo", "To see how long names are greeted"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def amara() -> Member:
    return MemberFactory(email=EMAIL, full_name=NAME, language="ar")


@pytest.fixture
def draft() -> Campaign:
    return write(texts=TWO)


def asked(email: str = EMAIL, reason: str = WHY) -> dict[str, str]:
    """The form of the preview, filled in."""
    return {"email": email, "reason": reason}


def link(client: Client, draft: Campaign) -> str:
    """Where the form leads."""
    return str(client.post(place("preview", draft), asked()).headers["Location"])


def both(client: Client, link: str) -> list[Any]:
    """The page, and the half of the mail in its frame."""
    return [client.get(link.replace("/preview/", f"/{page}/")) for page in ("preview", "mail")]


def test_it_is_shown_in_their_language_with_their_name(amara: Member, draft: Campaign) -> None:
    """The link to unsubscribe is nobody's."""
    client = writer()

    found = client.post(place("preview", draft), asked(EMAIL.upper()))
    page = client.get(found.headers["Location"]).content.decode()
    (framed,) = set(re.findall(r'src="([^"]*/mail/[^"]*)"', page))
    html = client.get(framed).content.decode()

    assert (f"Dear {NAME}," in page, "أخبار" in page) == (True, True)
    assert (f"Dear {NAME}," in html, 'dir="rtl"' in html) == (True, True)
    assert "/newsletter/unsubscribe/00000000000000000000000000000000.newsletter" in page


def test_the_member_reads_who_looked_at_what_and_why(amara: Member, draft: Campaign) -> None:
    client = writer()

    both(client, link(client, draft))

    look = Disclosure.objects.get()
    assert (look.member, look.ground, look.reason) == (amara, "staff", WHY)
    assert look.receiver_name == "Our staff: communications"
    assert look.columns == ["accounts.Member.display_name", "accounts.Member.full_name", "accounts.Member.language"]


def test_a_reason_stands_there_already() -> None:
    """Whoever writes many campaigns need not type it each time."""
    page = writer().get(place("preview", write())).content.decode()

    assert 'value="To see how a mail to many members arrives"' in page


@pytest.mark.parametrize(
    "answers",
    [asked("nobody@example.com"), asked("not an address"), asked(""), asked(reason=""), asked(reason="because")],
)
def test_without_a_members_address_and_a_reason_nobody_is_shown(
    amara: Member, draft: Campaign, answers: dict[str, str]
) -> None:
    answer = writer().post(place("preview", draft), answers)

    page = answer.content.decode()
    assert (answer.status_code, 'class="errorlist"' in page, NAME in page) == (200, True, False)
    assert Disclosure.objects.count() == 0


def test_numbers_that_are_counted_up_show_nobody(amara: Member, draft: Campaign) -> None:
    client = writer()

    answers = both(client, f"{place('preview', draft)}?member={amara.pk}")
    page = client.get(place("preview", draft), {"member": amara.pk}, follow=True).content.decode()

    assert [answer.status_code for answer in answers] == [302, 404]
    assert ("holds no longer. Type their e-mail again." in page, NAME in page) == (True, False)
    assert Disclosure.objects.count() == 0


def test_the_address_of_the_page_is_no_good_to_anybody_else_or_for_another_mail(amara: Member, draft: Campaign) -> None:
    client = writer()
    made, other = link(client, draft), write()

    answers = [*both(writer(), made), *both(client, made.replace(f"/{draft.pk}/", f"/{other.pk}/"))]

    assert [answer.status_code for answer in answers] == [302, 404, 302, 404]
    assert [answer.status_code for answer in both(client, made)] == [200, 200]


@pytest.mark.parametrize(("minutes", "statuses"), [(29, [200, 200]), (31, [302, 404])])
def test_it_is_good_for_half_an_hour(amara: Member, draft: Campaign, minutes: int, statuses: list[int]) -> None:
    client = writer()
    made = link(client, draft)

    with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
        assert [answer.status_code for answer in both(client, made)] == statuses


def test_who_has_left_is_not_shown_any_more(amara: Member, draft: Campaign) -> None:
    client = writer()
    made = link(client, draft)
    Member.objects.filter(pk=amara.pk).update(state="closed")

    assert [answer.status_code for answer in both(client, made)] == [302, 404]


def test_who_may_not_see_members_sees_no_mail_with_their_name(amara: Member, draft: Campaign) -> None:
    staff = make_staff("communications")
    client = at_work(staff)
    made = link(client, draft)
    Disclosure.objects.all().delete()
    staff.groups.clear()
    staff.user_permissions.add(Permission.objects.get(codename="view_campaign"))

    answers = [client.post(place("preview", draft), asked()), *both(client, made)]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert client.get(place("preview", draft)).status_code == 200
    assert Disclosure.objects.count() == 0
