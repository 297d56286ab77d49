"""Units of UN/ECE Recommendation 20 that traders use; packages are another list and belong to the packaging."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import ngettext_lazy, pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of UN/ECE Recommendation 20: its code, its word in singular and plural, and its symbol or ""."""

    code: str
    words: Any  # ngettext_lazy: `words % n` is the word that goes with n
    symbol: "_StrOrPromise" = ""

    @property
    def singular(self) -> str:
        """The word after "per", such as "tonne"."""
        return str(self.words % 1)

    @property
    def plural(self) -> str:
        """The word for an amount that nobody has counted, such as "tonnes"."""
        return str(self.words % 2)

    def beside(self, amount: Decimal | int) -> str:
        """What stands after an amount: the symbol, or the word in the number that goes with it."""
        if self.symbol:
            return str(self.symbol)
        whole = int(amount)
        return str(self.words % (whole if whole == amount else 2))

    def choice(self) -> str:
        """How a list to choose from shows it, such as "Tonne (t)"."""
        word = capfirst(self.singular)
        return f"{word} ({self.symbol})" if self.symbol else word


_ALL_UNITS = (
    # by weight
    Unit("TNE", ngettext_lazy("tonne", "tonnes"), pgettext_lazy("unit", "t")),
    Unit("KGM", ngettext_lazy("kilogram", "kilograms"), pgettext_lazy("unit", "kg")),
    Unit("GRM", ngettext_lazy("gram", "grams"), pgettext_lazy("unit", "g")),
    Unit("DTN", ngettext_lazy("quintal of 100 kg", "quintals of 100 kg"), pgettext_lazy("unit", "q")),
    Unit("LBR", ngettext_lazy("pound", "pounds"), pgettext_lazy("unit", "lb")),
    Unit("ONZ", ngettext_lazy("ounce", "ounces"), pgettext_lazy("unit", "oz")),
    Unit("APZ", ngettext_lazy("troy ounce", "troy ounces"), pgettext_lazy("unit", "oz t")),
    Unit("CTM", ngettext_lazy("metric carat", "metric carats"), pgettext_lazy("unit", "ct")),
    Unit("STN", ngettext_lazy("short ton (US)", "short tons (US)")),
    Unit("LTN", ngettext_lazy("long ton (UK)", "long tons (UK)")),
    # by count
    Unit("H87", ngettext_lazy("piece", "pieces")),
    Unit("C62", ngettext_lazy("unit", "units")),
    Unit("SET", ngettext_lazy("set", "sets")),
    Unit("PR", ngettext_lazy("pair", "pairs")),
    Unit("DZN", ngettext_lazy("dozen", "dozen")),
    Unit("DPR", ngettext_lazy("dozen pairs", "dozen pairs")),
    Unit("GRO", ngettext_lazy("gross of 144", "gross of 144")),
    Unit("CEN", ngettext_lazy("hundred", "hundred")),
    Unit("MIL", ngettext_lazy("thousand", "thousand")),
    Unit("ST", ngettext_lazy("sheet", "sheets")),
    Unit("RM", ngettext_lazy("ream", "reams")),
    Unit("KT", ngettext_lazy("kit", "kits")),
    # by length, area and volume
    Unit("MTR", ngettext_lazy("metre", "metres"), pgettext_lazy("unit", "m")),
    Unit("KMT", ngettext_lazy("kilometre", "kilometres"), pgettext_lazy("unit", "km")),
    Unit("FOT", ngettext_lazy("foot", "feet"), pgettext_lazy("unit", "ft")),
    Unit("YRD", ngettext_lazy("yard", "yards"), pgettext_lazy("unit", "yd")),
    Unit("MTK", ngettext_lazy("square metre", "square metres"), pgettext_lazy("unit", "m²")),
    Unit("FTK", ngettext_lazy("square foot", "square feet"), pgettext_lazy("unit", "ft²")),
    Unit("MTQ", ngettext_lazy("cubic metre", "cubic metres"), pgettext_lazy("unit", "m³")),
    Unit("BFT", ngettext_lazy("board foot", "board feet")),
    Unit("LTR", ngettext_lazy("litre", "litres"), pgettext_lazy("unit", "L")),
    Unit("HLT", ngettext_lazy("hectolitre", "hectolitres"), pgettext_lazy("unit", "hL")),
    Unit("LPA", ngettext_lazy("litre of pure alcohol", "litres of pure alcohol")),
    Unit("GLL", ngettext_lazy("gallon (US)", "gallons (US)")),
    Unit("BLL", ngettext_lazy("barrel (US)", "barrels (US)"), pgettext_lazy("unit", "bbl")),
    Unit("BUA", ngettext_lazy("bushel (US)", "bushels (US)")),
    # by energy and power
    Unit("WTT", ngettext_lazy("watt", "watts"), pgettext_lazy("unit", "W")),
    Unit("KWT", ngettext_lazy("kilowatt", "kilowatts"), pgettext_lazy("unit", "kW")),
    Unit("KWH", ngettext_lazy("kilowatt hour", "kilowatt hours"), pgettext_lazy("unit", "kWh")),
    Unit("MWH", ngettext_lazy("megawatt hour", "megawatt hours"), pgettext_lazy("unit", "MWh")),
    # by shipment and by work
    Unit("20", ngettext_lazy("20 ft container", "20 ft containers")),
    Unit("21", ngettext_lazy("40 ft container", "40 ft containers")),
    Unit("HUR", ngettext_lazy("hour", "hours"), pgettext_lazy("unit", "h")),
    Unit("DAY", ngettext_lazy("day", "days")),
    Unit("MON", ngettext_lazy("month", "months")),
    Unit("E48", ngettext_lazy("service", "services")),
)
UNITS: dict[str, Unit] = {unit.code: unit for unit in _ALL_UNITS}
# Lazy, so that the words come out in the reader's language and not in that of the process's start.
UNIT_CHOICES = [(unit.code, lazy(unit.choice, str)()) for unit in _ALL_UNITS]
