"""The one way out for personal data: what it lets pass, what it refuses, and what it leaves behind."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from directory.models import Company
from mailings.models import Delivery
from offerboard.models import Inquiry
from offerboard.services.inquiries import Blocked, block_company, reply, send_inquiry
from privacy import datamap
from privacy.datamap import Basis, Purpose, ReceiverKind
from privacy.models import Disclosure, PolicyVersion
from privacy.purposes import ACCOUNT, WATCHING
from privacy.services import disclosing
from privacy.services.disclosing import GROUNDS, Ground, Party
from tests.factories import NOW, CompanyFactory, MemberFactory, ReceiverFactory
from tests.privacy.giving import BUYER, WRITTEN, give
from tests.privacy.publishing import IN_A_MONTH, entry_of, knew_less_before, publish, said_before

pytestmark = pytest.mark.django_db
DESK = Party(ReceiverKind.STAFF, "member:3", "Our staff: moderator")


# --- what it leaves behind -------------------------------------------------------------------------------------------


def test_a_disclosure_says_who_got_what_about_whom_and_why() -> None:
    member = MemberFactory()

    give([member], receiver=DESK, purpose=ACCOUNT, columns=["accounts.Member.email"], ground="staff", reason=" Call. ")

    assert list(Disclosure.objects.values(*(set(columns(Disclosure)) - {"id"}))) == [
        {
            "member_id": member.pk,
            "receiver_kind": "staff",
            "receiver_key": "member:3",
            "receiver_name": "Our staff: moderator",
            "receiver_country": "",
            "purpose": "account",
            "columns": ["accounts.Member.email"],
            "ground": "staff",
            "reason": "Call.",
            "day": date(2026, 11, 22),
            "at": NOW,
        }
    ]


def columns(model: Any) -> list[str]:
    """Of its table."""
    return [field.attname for field in model._meta.concrete_fields]


def test_a_days_pulls_leave_one_row_a_person_and_the_next_day_another() -> None:
    """Whatever the order in which the columns are named."""
    people = [MemberFactory(), MemberFactory()]

    for now in (NOW, NOW + timedelta(hours=11), NOW + timedelta(hours=12)):  # NOW is noon
        give(people, columns=WRITTEN, now=now)
        give(people, columns=WRITTEN[::-1], now=now)

    assert [(row.member, row.day) for row in Disclosure.objects.order_by("day", "member")] == [
        (person, date(2026, 11, day)) for day in (22, 23) for person in people
    ]


def test_another_receiver_of_the_same_name_has_a_row_of_its_own() -> None:
    member = MemberFactory()

    for key in ("company:7", "company:8"):
        give([member], receiver=Party(ReceiverKind.COUNTERPARTY, key, BUYER.name, BUYER.country))

    assert sorted(Disclosure.objects.values_list("receiver_key", flat=True)) == ["company:7", "company:8"]


def test_many_members_are_one_statement() -> None:
    people = [MemberFactory(), MemberFactory(), MemberFactory()]

    with CaptureQueriesContext(connection) as asked:
        give(people)

    assert len([query for query in asked if query["sql"].startswith("INSERT")]) == 1
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) == 2  # the policy in force is asked for
    assert Disclosure.objects.count() == 3


# --- what it refuses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refusal", "changes"),
    [
        (disclosing.UndeclaredPurpose, {"purpose": Purpose("lists", "Selling lists", Basis.CONSENT)}),
        (disclosing.UndeclaredPurpose, {"purpose": Purpose("contacting", "As it was", Basis.CONTRACT)}),
        (disclosing.UndeclaredReceiver, {"purpose": WATCHING, "columns": ["offerboard.Favourite.lead"]}),
        (
            disclosing.UndeclaredReceiver,
            {"receiver": Party(ReceiverKind.PARTNER, "x", "Lists Ltd"), "ground": "agreed"},
        ),
        (disclosing.UndeclaredColumn, {"columns": ["accounts.Member.phone"]}),
        (disclosing.UndeclaredColumn, {"columns": [*WRITTEN, "accounts.Member.phone"]}),
        (disclosing.UndeclaredColumn, {"columns": ["offerboard.Message.sent_at"]}),  # not held about anybody
        (disclosing.UndeclaredColumn, {"columns": ["offerboard.Message.nothing"]}),
        (disclosing.UndeclaredColumn, {"columns": []}),
        (disclosing.WrongGround, {"ground": "money"}),
        (disclosing.WrongGround, {"ground": Ground.SERVICE}),
        (disclosing.WrongGround, {"receiver": DESK, "ground": Ground.AGREED}),
        (disclosing.WrongGround, {"receiver": Party(ReceiverKind.TEAM, "company:7", "Own team"), "ground": "agreed"}),
        (disclosing.ReasonMissing, {"receiver": DESK, "ground": Ground.STAFF}),
        (disclosing.ReasonMissing, {"receiver": DESK, "ground": Ground.STAFF, "reason": " \n"}),
    ],
)
def test_what_is_not_declared_is_refused_and_leaves_nothing(refusal: type[Exception], changes: dict[str, Any]) -> None:
    """The same call without the change passes."""
    member = MemberFactory()

    with pytest.raises(refusal):
        give([member], **changes)

    assert list(Disclosure.objects.all()) == []
    give([member])
    assert Disclosure.objects.count() == 1


@pytest.mark.promise("no-sale")
def test_nobody_who_is_not_named_in_the_policy_can_be_given_anything() -> None:
    """Not even when registered: no purpose of the whole map is open to them, so nothing can be sold."""
    member, buyer = MemberFactory(), ReceiverFactory(kind="insurer", name="Address Lists Ltd")
    tried = 0
    uses = [(name, use.why) for name, column in datamap.columns().items() for use in column.uses]
    for (name, purpose), ground in product(uses, Ground):
        with pytest.raises(disclosing.UndeclaredReceiver):
            give([member], receiver=buyer, purpose=purpose, columns=[name], ground=ground, reason="They pay.")
        tried += 1

    assert tried > 500
    assert list(Disclosure.objects.all()) == []


def without_names(data_map: Any) -> None:
    """As versions of before stored it: columns in words alone."""
    for entry in data_map["purposes"]:
        del entry["names"]


def without_text_of_letters(data_map: Any) -> None:
    """It spoke of who writes letters, and not of what."""
    entry = entry_of(data_map, "contacting")
    entry["names"].remove("offerboard.Message.text")
    next(data for data in entry["data"] if data["what"] == "Messages that you wrote")["columns"].remove("message")


def without_text_in_words(data_map: Any) -> None:
    """The same, as versions of before stored it."""
    without_text_of_letters(data_map)
    without_names(data_map)


EARLIER: list[tuple[Callable[[Any], Any], type[disclosing.Refused]]] = [
    (lambda data_map: data_map["purposes"].remove(entry_of(data_map, "contacting")), disclosing.PurposeNotInForce),
    (lambda data_map: entry_of(data_map, "contacting")["receivers"].remove("counterparty"), disclosing.KindNotInForce),
    (without_text_of_letters, disclosing.ColumnNotInForce),
    (without_text_in_words, disclosing.ColumnNotInForce),
]


@pytest.mark.parametrize(("earlier", "refusal"), EARLIER)
def test_what_only_the_next_version_announces_is_refused_until_it_takes_effect(
    earlier: Callable[[Any], Any], refusal: type[disclosing.Refused]
) -> None:
    """A purpose, a kind of receiver, a column; also where the version in force knows columns by words alone."""
    member = MemberFactory()
    said_before(earlier)
    version = publish()
    PolicyVersion.objects.filter(pk=version.pk).update(notices_done_at=NOW)

    for now in (NOW, IN_A_MONTH - timedelta(seconds=1)):
        with pytest.raises(refusal):
            give([member], now=now)
    assert (version.material, list(Disclosure.objects.all())) == (True, [])
    give([member], now=IN_A_MONTH)

    assert Disclosure.objects.count() == 1


def test_a_version_that_knows_columns_by_words_alone_lets_pass_what_they_say() -> None:
    """The author too, who is in no list of words: it goes without saying whose letter it is."""
    said_before(without_names)

    give([MemberFactory()])

    assert list(Disclosure.objects.values_list("columns", flat=True)) == [WRITTEN]


def test_each_kind_of_receiver_has_its_own_grounds() -> None:
    assert {kind.value: sorted(grounds) for kind, grounds in GROUNDS.items()} == {
        "counterparty": ["agreed", "message", "order", "revealed"],
        "staff": ["staff"],
        "hosting": ["service"],
        "mail": ["service"],
        "partner": ["agreed"],
        "connected": ["agreed"],
        "authority": ["legal_claim", "legal_order"],
        "adviser": ["legal_claim", "service"],
        "insurer": ["legal_claim", "service"],
    }


# --- writing to a company --------------------------------------------------------------------------------------------


def write(author: Member, to: Company, **changes: Any) -> Inquiry:
    """A letter from the author's company."""
    sender = Company.objects.get(team__member=author)
    usual = {"lead": None, "subject": "Coffee", "text": "Your best price?", "submission": uuid4(), "now": NOW}
    return send_inquiry(sender=sender, author=author, recipient=to, **(usual | changes))


def answer(author: Member, thread: Inquiry, *, hours: int) -> None:
    """Some hours after NOW, which is noon."""
    company, now = Company.objects.get(team__member=author), NOW + timedelta(hours=hours)
    reply(inquiry=thread, company=company, author=author, text=f"{hours} dollars.", submission=uuid4(), now=now)


def test_a_letter_and_its_answer_are_disclosed_to_the_other_company_once_a_day() -> None:
    """Each writer sees who read them; a second letter that day adds nothing."""
    seller, buyer = CompanyFactory(country="VN"), CompanyFactory(country="KE")
    owner, asker = MemberFactory(company=seller), MemberFactory(company=buyer)

    write(asker, seller)
    thread = write(asker, seller, text="Hello?")
    for hours in (1, 2, 13):
        answer(owner, thread, hours=hours)

    rows = Disclosure.objects.order_by("pk")
    assert [(row.member, row.receiver_key, row.receiver_name, row.receiver_country, row.day.day) for row in rows] == [
        (asker, f"company:{seller.pk}", seller.legal_name, "VN", 22),
        (owner, f"company:{buyer.pk}", buyer.legal_name, "KE", 22),
        (owner, f"company:{buyer.pk}", buyer.legal_name, "KE", 23),
    ]
    assert {(row.purpose, row.ground, *row.columns) for row in rows} == {("contacting", "message", *WRITTEN)}


def test_a_letter_that_is_refused_is_not_disclosed() -> None:
    seller, buyer = CompanyFactory(), CompanyFactory()
    block_company(company=seller, blocked=buyer, now=NOW)

    with pytest.raises(Blocked):
        write(MemberFactory(company=buyer), seller)

    assert list(Disclosure.objects.all()) == []


def test_a_letter_does_not_leave_when_the_gate_refuses() -> None:
    """Neither the thread nor a mail about it."""
    knew_less_before("contacting")

    with pytest.raises(disclosing.PurposeNotInForce):
        write(MemberFactory(company=CompanyFactory()), CompanyFactory())

    assert (Inquiry.objects.count(), Delivery.objects.count(), Disclosure.objects.count()) == (0, 0, 0)


# --- nobody goes around it -------------------------------------------------------------------------------------------

# Elsewhere rows are asked for by person, `Disclosure.objects.of(…)`, and never made or changed.
WRITES = re.compile(
    r"(?<!class )\bDisclosure\(|\bDisclosure\._(default|base)_manager|\bDisclosure\.objects\b(?!\.of\()"
    r"|\.disclosures\.(a?create|a?bulk_|a?get_or|a?update|add|set|clear|remove)"
)


@pytest.mark.promise("no-sale")
def test_the_gate_is_the_only_code_that_writes_disclosures() -> None:
    apps = [settings.BASE_DIR / name for name in ("accounts", "directory", "mailings", "marketplace", "moderation")]
    files = [
        path
        for folder in [*apps, settings.BASE_DIR / "offerboard", settings.BASE_DIR / "privacy"]
        for path in Path(folder).rglob("*.py")
        if "migrations" not in path.parts
    ]

    found = {str(path.relative_to(settings.BASE_DIR)) for path in files if WRITES.search(path.read_text())}

    assert len(files) > 100
    assert found == {"privacy/services/disclosing.py"}
