"""Leads, what belongs to them, and the inquiries that answer them."""

from offerboard.models.inquiry import Block, Inquiry, Message, ReadMark
from offerboard.models.lead import Lead
from offerboard.models.lead_import import LeadImport, RefusedRow
from offerboard.models.picture import LeadPicture
from offerboard.models.word import Word

__all__ = ["Block", "Inquiry", "Lead", "LeadImport", "LeadPicture", "Message", "ReadMark", "RefusedRow", "Word"]
