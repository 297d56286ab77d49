"""Where goods are delivered to: for each country that buys, its port and an inland place."""

from random import Random

from marketplace.seed.catalogue import Firm
from offerboard.codes import ORIGIN_INCOTERMS, SEA_INCOTERMS, Incoterm
from offerboard.models import Lead

ARRIVALS: dict[str, tuple[str, str]] = {  # ISO 3166-1 alpha-2: (port, inland place)
    "AE": ("Jebel Ali", "Sharjah"),
    "AU": ("Melbourne", "Dandenong"),
    "BD": ("Chattogram", "Dhaka"),
    "BE": ("Antwerp", "Ghent"),
    "BR": ("Santos", "Campinas"),
    "CN": ("Shanghai", "Suzhou"),
    "DE": ("Hamburg", "Kassel"),
    "DZ": ("Algiers", "Blida"),
    "EG": ("Alexandria", "10th of Ramadan City"),
    "ES": ("Valencia", "Zaragoza"),
    "ET": ("Djibouti", "Modjo dry port"),
    "FR": ("Le Havre", "Lyon"),
    "GB": ("Felixstowe", "Leicester"),
    "GH": ("Tema", "Accra"),
    "HK": ("Hong Kong", "Kwai Chung"),
    "ID": ("Jakarta (Tanjung Priok)", "Bekasi"),
    "IN": ("Nhava Sheva", "Pune"),
    "IT": ("Genoa", "Bologna"),
    "JP": ("Yokohama", "Saitama"),
    "KE": ("Mombasa", "Nairobi"),
    "KR": ("Busan", "Daegu"),
    "LT": ("Klaipėda", "Kaunas"),
    "MA": ("Casablanca", "Settat"),
    "MX": ("Manzanillo", "Querétaro"),
    "NL": ("Rotterdam", "Venlo"),
    "PE": ("Callao", "Lima"),
    "PK": ("Karachi", "Lahore"),
    "PL": ("Gdańsk", "Łódź"),
    "SA": ("Jeddah", "Riyadh"),
    "SE": ("Gothenburg", "Borås"),
    "TR": ("Mersin", "Gaziantep"),
    "US": ("New York", "Atlanta"),
    "VN": ("Hải Phòng", "Bắc Ninh"),
    "ZA": ("Durban", "Johannesburg"),
}


def named_place(firm: Firm, kind: Lead.Kind, rule: str, rng: Random) -> str:
    """The place after an Incoterms rule in a firm's lead: its own end of the way, or the other one."""
    if not rule:
        return ""
    by_sea = Incoterm(rule) in SEA_INCOTERMS
    at_sellers = Incoterm(rule) in ORIGIN_INCOTERMS
    if at_sellers == (kind == Lead.Kind.SELL_OFFER):
        return firm.port if by_sea else firm.city
    if at_sellers:
        return "port of loading" if by_sea else "seller’s works"
    port, inland = ARRIVALS[rng.choice(firm.markets)]
    return port if by_sea else inland
