"""Who pulls listings, with which keys, and what has changed for them."""

from partners.models.api_key import ApiKey
from partners.models.feed import Change, Feed, Mark
from partners.models.page import PartnerPage
from partners.models.partner import Partner

__all__ = ["ApiKey", "Change", "Feed", "Mark", "Partner", "PartnerPage"]
