"""Harmonized System codes, edition 2022: which exist, how they are written, what they are about.

The codes are facts of the World Customs Organization's nomenclature; the words are our own. Shipped are
chapters (2 digits) and headings (4 digits); subheadings (6) and national digits (up to 10) are checked by
form only, because they differ by country beyond the sixth digit.
"""

import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EDITION = 2022
NATIONAL_CHAPTERS = frozenset({"98", "99"})  # every country fills these with what it likes
SUBHEADING = 6  # digits that are the same in all countries
LENGTHS = frozenset({2, 4, 6, 7, 8, 9, 10})  # chapter, heading, subheading, and national digits


class UnknownHsCode(ValueError):
    """Not a code of the Harmonized System 2022; `str()` says in the reader's language what is wrong."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Two digits of the system: its headings run from 01 to `last`, without the `unused` numbers."""

    code: str
    name: Promise | str
    last: int
    unused: tuple[int, ...] = ()

    def has_heading(self, number: int) -> bool:
        """Whether the chapter has a heading of this number, counted from 1."""
        return 1 <= number <= self.last and number not in self.unused


def normalise(text: str) -> str:
    """The digits of a code as a person writes it: "0901.11", "0901 11" and "٠٩٠١١١" give "090111".

    Raises UnknownHsCode when something else than digits, dots, spaces or hyphens is in it, when the number
    of digits is none that the system knows, or when its chapter or heading does not exist.
    """
    digits = "".join(character for character in text if character not in ". -\u00a0\u202f")
    if not digits.isdecimal() or len(digits) not in LENGTHS:
        raise UnknownHsCode(_("Write an HS code as 2, 4 or 6 to 10 digits, for example 0901.11."))
    digits = "".join(str(unicodedata.decimal(character)) for character in digits)
    chapter = digits[:2]
    if chapter in NATIONAL_CHAPTERS:
        raise UnknownHsCode(
            _("Chapters 98 and 99 differ from country to country. Use the code of the goods themselves.")
        )
    if chapter not in CHAPTERS:
        raise UnknownHsCode(_("HS 2022 has no chapter %(code)s.") % {"code": chapter})
    if len(digits) >= 4 and not heading_exists(digits[:4]):
        raise UnknownHsCode(_("HS 2022 has no heading %(code)s.") % {"code": display(digits[:4])})
    return digits


def heading_exists(code: str) -> bool:
    """Whether `code`, exactly four ASCII digits, is a heading of HS 2022."""
    if len(code) != 4 or not (code.isascii() and code.isdigit()):
        return False
    chapter = CHAPTERS.get(code[:2])
    return chapter is not None and chapter.has_heading(int(code[2:]))


def display(digits: str) -> str:
    """Normalised digits as customs forms print them: "090111" as "0901.11", "0901110010" as "0901.11.0010"."""
    return ".".join(part for part in (digits[:4], digits[4:6], digits[6:]) if part)


def chapter_of(digits: str) -> Chapter:
    """The chapter of a normalised code; raises KeyError for anything else."""
    return CHAPTERS[digits[:2]]


_CHAPTERS = (
    Chapter("01", _("Live animals"), 6),
    Chapter("02", _("Meat and offal"), 10),
    Chapter("03", _("Fish and shellfish"), 9),
    Chapter("04", _("Dairy, eggs and honey"), 10),
    Chapter("05", _("Hair, bone, feathers and other animal goods"), 11, (3, 9)),
    Chapter("06", _("Living plants and cut flowers"), 4),
    Chapter("07", _("Vegetables and pulses"), 14),
    Chapter("08", _("Fruit and nuts"), 14),
    Chapter("09", _("Coffee, tea and spices"), 10),
    Chapter("10", _("Grain"), 8),
    Chapter("11", _("Flour, malt and starch"), 9),
    Chapter("12", _("Oilseeds, sowing seed, medicinal plants and fodder"), 14),
    Chapter("13", _("Gums, resins and plant extracts"), 2),
    Chapter("14", _("Plaiting and other plant materials"), 4, (2, 3)),
    Chapter("15", _("Oils, fats and waxes of animals, plants and microbes"), 22, (19,)),
    Chapter("16", _("Meat and fish products"), 5),
    Chapter("17", _("Sugar and sweets"), 4),
    Chapter("18", _("Cocoa and chocolate"), 6),
    Chapter("19", _("Pasta, bakery and cereal products"), 5),
    Chapter("20", _("Preserved vegetables and fruit, juices"), 9),
    Chapter("21", _("Sauces, yeast, extracts and other foods"), 6),
    Chapter("22", _("Drinks, alcohol and vinegar"), 9),
    Chapter("23", _("Feed and residues of the food industry"), 9),
    Chapter("24", _("Tobacco and nicotine"), 4),
    Chapter("25", _("Salt, sulphur, stone, lime and cement"), 30, (27,)),
    Chapter("26", _("Ores, slag and ash"), 21),
    Chapter("27", _("Coal, oil, gas and electricity"), 16),
    Chapter("28", _("Inorganic chemicals"), 53, (38, 48, 51)),
    Chapter("29", _("Organic chemicals"), 42),
    Chapter("30", _("Medicines and dressings"), 6),
    Chapter("31", _("Fertilizers"), 5),
    Chapter("32", _("Dyes, paints, inks and putty"), 15),
    Chapter("33", _("Essential oils, perfume and cosmetics"), 7),
    Chapter("34", _("Soap, detergents, waxes and candles"), 7),
    Chapter("35", _("Proteins, modified starch, glue and enzymes"), 7),
    Chapter("36", _("Explosives, fireworks and matches"), 6),
    Chapter("37", _("Photographic film and paper"), 7),
    Chapter("38", _("Other chemical products"), 27),
    Chapter("39", _("Plastics"), 26),
    Chapter("40", _("Rubber"), 17),
    Chapter("41", _("Hides and leather"), 15, (8, 9, 10, 11)),
    Chapter("42", _("Leather goods, bags and harness"), 6, (4,)),
    Chapter("43", _("Fur"), 4),
    Chapter("44", _("Wood and charcoal"), 21),
    Chapter("45", _("Cork"), 4),
    Chapter("46", _("Basketware and plaits"), 2),
    Chapter("47", _("Pulp and waste paper"), 7),
    Chapter("48", _("Paper and board"), 23, (15,)),
    Chapter("49", _("Books and printed matter"), 11),
    Chapter("50", _("Silk"), 7),
    Chapter("51", _("Wool and animal hair"), 13),
    Chapter("52", _("Cotton"), 12),
    Chapter("53", _("Flax, jute and other plant fibres"), 11, (4,)),
    Chapter("54", _("Synthetic and artificial filaments"), 8),
    Chapter("55", _("Synthetic and artificial staple fibres"), 16),
    Chapter("56", _("Wadding, felt, nonwovens and rope"), 9),
    Chapter("57", _("Carpets"), 5),
    Chapter("58", _("Pile fabric, lace, ribbon and embroidery"), 11),
    Chapter("59", _("Coated and technical fabric"), 11),
    Chapter("60", _("Knitted fabric"), 6),
    Chapter("61", _("Knitted clothing"), 17),
    Chapter("62", _("Woven clothing"), 17),
    Chapter("63", _("Linen, sacks, tents and worn clothing"), 10),
    Chapter("64", _("Footwear"), 6),
    Chapter("65", _("Hats and helmets"), 7, (3,)),
    Chapter("66", _("Umbrellas and walking sticks"), 3),
    Chapter("67", _("Worked feathers, artificial flowers and wigs"), 4),
    Chapter("68", _("Goods of stone, plaster, cement and mica"), 15),
    Chapter("69", _("Ceramics"), 14, (8,)),
    Chapter("70", _("Glass"), 20, (12,)),
    Chapter("71", _("Gems, precious metals, jewellery and coins"), 18),
    Chapter("72", _("Iron and steel"), 29),
    Chapter("73", _("Goods of iron or steel"), 26),
    Chapter("74", _("Copper"), 19, (14, 16, 17)),
    Chapter("75", _("Nickel"), 8),
    Chapter("76", _("Aluminium"), 16),
    Chapter("78", _("Lead"), 6, (3, 5)),
    Chapter("79", _("Zinc"), 7, (6,)),
    Chapter("80", _("Tin"), 7, (4, 5, 6)),
    Chapter("81", _("Tungsten, magnesium, titanium and other metals"), 13, (7,)),
    Chapter("82", _("Hand tools and cutlery"), 15),
    Chapter("83", _("Locks, fittings and small metal goods"), 11),
    Chapter("84", _("Machines and their parts"), 87, (69,)),
    Chapter("85", _("Electrical and electronic equipment"), 49, (20,)),
    Chapter("86", _("Railway equipment and shipping containers"), 9),
    Chapter("87", _("Road vehicles and parts"), 16),
    Chapter("88", _("Aircraft and drones"), 7, (3,)),
    Chapter("89", _("Ships and boats"), 8),
    Chapter("90", _("Optical, measuring and medical instruments"), 33, (9,)),
    Chapter("91", _("Clocks and watches"), 14),
    Chapter("92", _("Musical instruments"), 9, (3, 4)),
    Chapter("93", _("Arms and ammunition"), 7),
    Chapter("94", _("Furniture, bedding, lamps and prefabricated buildings"), 6),
    Chapter("95", _("Toys, games and sports goods"), 8, (1, 2)),
    Chapter("96", _("Pens, brushes, buttons and other articles"), 20),
    Chapter("97", _("Art, collectors' pieces and antiques"), 6),
)
CHAPTERS: dict[str, Chapter] = {chapter.code: chapter for chapter in _CHAPTERS}
