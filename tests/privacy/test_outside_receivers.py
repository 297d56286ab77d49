"""Receivers outside: given what the register, the policy in force and their kind allow, and nothing else."""

from datetime import date, timedelta
from typing import Any

import pytest

from privacy.datamap import ReceiverKind
from privacy.models import Disclosure, PolicyVersion, Receiver
from privacy.purposes import AGREEMENTS, MAILING, MODERATION
from privacy.services import disclosing
from privacy.services.disclosing import Ground, Party
from tests.factories import NOW, MemberFactory, ReceiverFactory
from tests.privacy.giving import give
from tests.privacy.publishing import IN_A_MONTH, named_all_receivers, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def carrier() -> Receiver:
    """Carries our mail since the beginning of the year, and stands in the policy."""
    found: Receiver = ReceiverFactory(kind="mail", name="Seaborne Mail", country="IE", since=date(2026, 1, 1))
    named_all_receivers()
    return found


MAIL = {"purpose": MAILING, "columns": ["mailings.Delivery.to"], "ground": Ground.SERVICE}


def test_a_registered_receiver_is_named_as_the_register_names_it(carrier: Receiver) -> None:
    carrier.name = "Somebody else"  # in memory only

    give([MemberFactory()], receiver=carrier, **MAIL)

    row = Disclosure.objects.get()
    assert (row.receiver_kind, row.receiver_key, row.receiver_name, row.receiver_country) == (
        *("mail", f"receiver:{carrier.pk}", "Seaborne Mail"),
        "IE",
    )


@pytest.mark.parametrize(
    ("since", "until", "serves"),
    [
        (date(2026, 11, 22), None, True),
        (date(2026, 11, 23), None, False),
        (date(2026, 1, 1), date(2026, 11, 22), True),  # the last day
        (date(2026, 1, 1), date(2026, 11, 21), False),
    ],
)
def test_a_receiver_gets_data_within_its_time_only(
    carrier: Receiver, since: date, until: date | None, *, serves: bool
) -> None:
    """What the register says counts, not what the caller read before."""
    member = MemberFactory()
    Receiver.objects.update(since=since, until=until)

    if serves:
        give([member], receiver=carrier, **MAIL)
    else:
        with pytest.raises(disclosing.NotRegistered):
            give([member], receiver=carrier, **MAIL)

    assert Disclosure.objects.count() == int(serves)


@pytest.mark.parametrize("kind", ["mail", "hosting"])
def test_a_new_receiver_gets_nothing_before_a_version_that_names_it_is_in_force(kind: str) -> None:
    """Although it is registered, serves, and is of a kind that the policy has always announced."""
    member, newcomer = MemberFactory(), ReceiverFactory(kind=kind, name="Newcomer", since=date(2026, 1, 1))
    version = publish()
    PolicyVersion.objects.filter(pk=version.pk).update(notices_done_at=NOW)

    for now in (NOW, IN_A_MONTH - timedelta(seconds=1)):
        with pytest.raises(disclosing.ReceiverNotInForce):
            give([member], receiver=newcomer, **(MAIL | {"now": now}))
    assert (version.changes, list(Disclosure.objects.all())) == (["New receiver: Newcomer, Norway"], [])
    give([member], receiver=newcomer, **(MAIL | {"now": IN_A_MONTH}))

    assert list(Disclosure.objects.values_list("receiver_name", flat=True)) == ["Newcomer"]


@pytest.mark.parametrize("change", [{"country": "US"}, {"transfer": "clauses"}])
def test_a_receiver_gets_nothing_elsewhere_or_on_another_ground_than_the_policy_says(
    carrier: Receiver, change: dict[str, str]
) -> None:
    member = MemberFactory()
    Receiver.objects.filter(pk=carrier.pk).update(**change)

    with pytest.raises(disclosing.ReceiverNotInForce):
        give([member], receiver=carrier, **MAIL)
    assert list(Disclosure.objects.all()) == []
    named_all_receivers()
    give([member], receiver=carrier, **MAIL)

    assert Disclosure.objects.count() == 1


def test_a_version_of_before_receivers_were_named_stops_none_of_them() -> None:
    PolicyVersion.objects.filter(kind="privacy").update(data_map={}, digest="of before")

    give([MemberFactory()], receiver=ReceiverFactory(kind="mail"), **MAIL)

    assert Disclosure.objects.count() == 1


@pytest.mark.parametrize(
    "receiver",
    [Party(ReceiverKind.MAIL, "x", "Mail on the side"), Receiver(kind="mail", name="Never saved", country="IE")],
)
def test_a_receiver_outside_who_is_not_registered_is_refused(receiver: Any) -> None:
    member = MemberFactory()

    with pytest.raises(disclosing.NotRegistered):
        give([member], receiver=receiver, **MAIL)

    assert list(Disclosure.objects.all()) == []


def test_an_authority_gets_data_by_order_and_with_the_reason_only() -> None:
    member, court = MemberFactory(), ReceiverFactory(kind="authority", name="District court")
    asked = {"receiver": court, "purpose": MODERATION, "columns": ["moderation.Report.text"]}

    for ground, reason in (("service", "x"), ("agreed", "x"), ("legal_order", "")):
        with pytest.raises(disclosing.Refused):
            give([member], **asked, ground=ground, reason=reason)
    assert list(Disclosure.objects.all()) == []
    give([member], **asked, ground="legal_order", reason="Order 12 of 2026")

    assert list(Disclosure.objects.values_list("reason", flat=True)) == ["Order 12 of 2026"]


def test_an_adviser_gets_what_proves_an_agreement_and_nothing_else() -> None:
    member, lawyer = MemberFactory(), ReceiverFactory(kind="adviser", name="Lindqvist Law")
    asked = {"receiver": lawyer, "ground": "legal_claim", "reason": "A disputed contract"}

    with pytest.raises(disclosing.UndeclaredReceiver):
        give([member], **asked)
    give([member], **asked, purpose=AGREEMENTS, columns=["privacy.PolicyAcceptance.version"])

    assert list(Disclosure.objects.values_list("purpose", flat=True)) == ["agreements"]
