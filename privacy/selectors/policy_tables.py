"""The tables of a privacy policy, in words, from the data map that was stored when it was published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Choices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from privacy.datamap import Basis, ReceiverKind, Words
from privacy.models import Receiver
from privacy.snapshot import Data

# Receivers who have no one country: where data goes by the nature of a market, and on which ground.
EVERYWHERE: Mapping[str, Words] = {
    ReceiverKind.COUNTERPARTY: gettext_lazy(
        "To the country of the company that you write to or deal with, whichever it is: needed for a contract with "
        "you, or for steps that you ask for before one (GDPR art. 49(1)(b))"
    ),
    ReceiverKind.PUBLIC: gettext_lazy(
        "To every country, since public pages are read everywhere: published because you wish it"
    ),
}


@dataclass(frozen=True, slots=True)
class PurposeTable:
    """One purpose: why the law allows it, who receives and where, and what is used how long."""

    key: str
    name: str
    basis: str
    interest: str
    receivers: list[str]
    transfers: list[str]  # those of the market's nature; receivers with a name have theirs beside it
    data: list[Data]


@dataclass(frozen=True, slots=True)
class ReceiverRow:
    """A company or authority by its name: GDPR art. 13(1)(e) and (f)."""

    name: str
    kind: str
    task: str
    country: str
    transfer: str


def purpose_tables(data_map: Mapping[str, Any]) -> list[PurposeTable]:
    """A table for each purpose; none where the version has no map."""
    return [
        PurposeTable(
            key=entry["key"],
            name=entry["name"],
            basis=basis_in_words(entry["basis"]),
            interest=entry["interest"],
            receivers=[label(ReceiverKind, kind) for kind in entry["receivers"]],
            transfers=transfers_to(entry["receivers"]),
            data=entry["data"],
        )
        for entry in data_map.get("purposes", [])
    ]


def receiver_rows(data_map: Mapping[str, Any]) -> list[ReceiverRow]:
    """The receivers that the version names."""
    return [
        ReceiverRow(
            name=one["name"],
            kind=label(ReceiverKind, one["kind"]),
            task=one["task"],
            country=countries.name(one["country"]) or one["country"],
            transfer=label(Receiver.Transfer, one["transfer"]),
        )
        for one in data_map.get("receivers", [])
    ]


def transfers_to(kinds: Iterable[str]) -> list[str]:
    """Where data goes because of the kinds of its receivers, and why it may: GDPR art. 13(1)(f) and 30(1)(e)."""
    return [str(EVERYWHERE[kind]) for kind in kinds if kind in EVERYWHERE]


def basis_in_words(letter: str) -> str:
    """“our agreement with you: GDPR art. 6(1)(b)”."""
    return _("%(words)s: GDPR art. 6(1)(%(letter)s)") % {"words": label(Basis, letter), "letter": letter}


def label(choices: type[Choices], value: str) -> str:
    """The words for a stored value; itself where today's code does not know it any more."""
    return str(dict(choices.choices).get(value, value))
