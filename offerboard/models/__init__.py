"""Leads, what belongs to them, and the inquiries that answer them."""

from offerboard.models.alert import NewLead, Notice, SearchKey
from offerboard.models.board_entry import BoardEntry
from offerboard.models.count import LeadCount, LeadRange
from offerboard.models.document import LeadDocument
from offerboard.models.expiry import ExpiryNotice
from offerboard.models.inquiry import Block, Inquiry, Message, ReadMark
from offerboard.models.lead import Lead
from offerboard.models.lead_import import ImportDay, LeadImport, RefusedRow, SeenRow, SentFile
from offerboard.models.picture import LeadPicture
from offerboard.models.price_tier import PriceTier
from offerboard.models.revision import LeadRevision
from offerboard.models.watching import Favourite, SavedSearch
from offerboard.models.word import Word

__all__ = [
    "Block",
    "BoardEntry",
    "ExpiryNotice",
    "Favourite",
    "ImportDay",
    "Inquiry",
    "Lead",
    "LeadCount",
    "LeadDocument",
    "LeadImport",
    "LeadPicture",
    "LeadRange",
    "LeadRevision",
    "Message",
    "NewLead",
    "Notice",
    "PriceTier",
    "ReadMark",
    "RefusedRow",
    "SavedSearch",
    "SearchKey",
    "SeenRow",
    "SentFile",
    "Word",
]
