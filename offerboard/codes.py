"""Code lists of trade terms: delivery, payment, condition, currencies. Codes are the standards', words our own."""

from typing import TYPE_CHECKING

from babel.numbers import get_currency_name, get_currency_precision
from django.db import models
from django.utils.translation import gettext_lazy as _

from offerboard.units import UNIT_CHOICES, UNITS, Unit

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

__all__ = [
    "CURRENCIES",
    "NAMED_PLACES",
    "ORIGIN_INCOTERMS",
    "SEA_INCOTERMS",
    "UNITS",
    "UNIT_CHOICES",
    "Condition",
    "Incoterm",
    "PaymentTerms",
    "Unit",
    "currency_name",
    "minor_digits",
]


class Incoterm(models.TextChoices):
    """The eleven Incoterms 2020 rules of the International Chamber of Commerce, told in short words of our own.

    The rules' texts belong to the ICC; these words only help to recognise them.
    """

    EXW = "EXW", _("EXW · buyer collects at the seller’s door")
    FCA = "FCA", _("FCA · seller hands over to the buyer’s carrier")
    FAS = "FAS", _("FAS · seller brings the goods beside the ship")
    FOB = "FOB", _("FOB · seller loads the ship, buyer pays the transport")
    CFR = "CFR", _("CFR · seller pays the sea transport")
    CIF = "CIF", _("CIF · seller pays the sea transport and its insurance")
    CPT = "CPT", _("CPT · seller pays the transport")
    CIP = "CIP", _("CIP · seller pays the transport and its insurance")
    DAP = "DAP", _("DAP · seller delivers, buyer unloads")
    DPU = "DPU", _("DPU · seller delivers and unloads")
    DDP = "DDP", _("DDP · seller delivers with import duty paid")


# Only for goods on ships; the named place is a port.
SEA_INCOTERMS = frozenset({Incoterm.FAS, Incoterm.FOB, Incoterm.CFR, Incoterm.CIF})
# The named place lies at the seller's end; with all other rules it lies at the buyer's.
ORIGIN_INCOTERMS = frozenset({Incoterm.EXW, Incoterm.FCA, Incoterm.FAS, Incoterm.FOB})

NAMED_PLACES: "dict[Incoterm, _StrOrPromise]" = {
    Incoterm.EXW: _("Place where the buyer collects"),
    Incoterm.FCA: _("Place where the carrier takes over"),
    Incoterm.FAS: _("Port of loading"),
    Incoterm.FOB: _("Port of loading"),
    Incoterm.CFR: _("Port of arrival"),
    Incoterm.CIF: _("Port of arrival"),
    Incoterm.CPT: _("Place of arrival"),
    Incoterm.CIP: _("Place of arrival"),
    Incoterm.DAP: _("Place of delivery"),
    Incoterm.DPU: _("Place of unloading"),
    Incoterm.DDP: _("Place of delivery"),
}


class PaymentTerms(models.TextChoices):
    """How and when the buyer pays."""

    TT_ADVANCE = "tt_advance", _("T/T in advance")
    TT_DEPOSIT = "tt_deposit", _("T/T, 30 % deposit, rest against documents")
    LC_SIGHT = "lc_sight", _("L/C at sight")
    LC_USANCE = "lc_usance", _("L/C, paid later (usance)")
    DP = "dp", _("D/P, documents against payment")
    DA = "da", _("D/A, documents against acceptance")
    OPEN_ACCOUNT = "open_account", _("Open account")
    AGREEMENT = "agreement", _("By agreement")


class Condition(models.TextChoices):
    """In what state the goods are."""

    NEW = "new", _("New")
    REFURBISHED = "refurbished", _("Refurbished")
    USED = "used", _("Used")
    GRADED = "graded", _("Graded, as described")


class Samples(models.TextChoices):
    """Whether a sample can be had before an order, or is wanted."""

    FREE = "free", _("Free of charge")
    PAID = "paid", _("Against payment")
    NONE = "none", _("No samples")


# ISO 4217 codes that trade is priced in: the great ones first, the others in the order of the alphabet.
CURRENCIES: tuple[str, ...] = (
    *("USD", "EUR", "CNY", "GBP", "JPY", "INR", "AED"),
    *("AUD", "BDT", "BHD", "BRL", "CAD", "CHF", "CLP", "COP", "CZK", "DKK", "EGP", "GHS", "HKD", "HUF"),
    *("IDR", "ILS", "ISK", "JOD", "KES", "KRW", "KWD", "KZT", "LKR", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD"),
    *("OMR", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "SAR", "SEK", "SGD", "THB", "TND", "TRY", "TWD"),
    *("TZS", "UAH", "UGX", "UZS", "VND", "XAF", "XOF", "ZAR"),
)


def currency_name(code: str, *, language: str) -> str:
    """The currency's name in a BCP 47 language, such as "US Dollar"; raises babel's UnknownLocaleError."""
    return get_currency_name(code, locale=language.replace("-", "_"))


def minor_digits(code: str) -> int:
    """How many digits follow the decimal point in this currency: USD 2, JPY 0, BHD 3."""
    return get_currency_precision(code)
